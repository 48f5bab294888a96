/** The wording of the tasks: one place for every description, label and hint that more than one file shows. */

export const labels = {
  preparing: 'preparing',
  downloading: 'downloading',
  hashing: 'computing the commitment',
} as const

export const defaults = {
  stateFolder: '.sealift',
  deploymentsFolder: 'deployments',
  depotHost: '127.0.0.1',
  depotPort: '3300',
  nodePort: '8545',
  dashboardPort: '3400',
  providers: '2',
  pushOnly: '1',
  epochSeconds: '1',
  replicas: '1',
  every: '6h',
  maxCost: '0.1FIL',
  minProfit: '0FIL',
  minPayment: '0FIL',
  tries: '5',
  closeAt: '16GiB',
  closeAfter: '6h',
  minPieceSize: '1GiB',
  maxPieceSize: '32GiB',
  deadline: '7d',
  network: 'calibration',
  fundsTimeout: '30min',
} as const

/** Told where `@chainsafe/hashtree` has no build for the platform. */
export const slowHashing =
  'hashing with as-sha256 (WebAssembly): no native build of @chainsafe/hashtree for this platform, expect a twentieth of the speed'

/** What each task does, for `npx hardhat --help`. */
export const descriptions = {
  prepare: 'Turns files and folders into a piece in the depot, or into several if they are larger',
  aggregate:
    'Joins many files, or pieces in the depot, to one piece that one deal stores, with a proof for each',
  pieceCid: "Computes the piece commitment of a file's bytes as they are",
  depot: 'Serves the pieces of the depot over HTTP until Ctrl-C',
  initWallet:
    'First use: puts a new key into the keystore, encrypted, or takes yours; shows its addresses and the faucets, and waits for FIL',
  deploy:
    'Deploys your client contract and writes deployments/<network>/*.json, in the folder SEALIFT_DEPLOYMENTS if set; resumes where it stopped',
  makeDeal: 'Proposes a storage deal for a file, a folder or a piece in the depot',
  aggregator:
    'Follows the requests of a hub, stores what they name in shared deals and completes them with proofs, until Ctrl-C',
  keeper:
    'Looks after storage that is kept, for pay: renews, repairs and settles the stores of a PerpetualStorage, until Ctrl-C',
  request: 'Asks the aggregators of a hub to store a piece or other content',
  store:
    'Keeps a file, a folder or a piece in the depot: copies are renewed and repaired as long as there is money (see docs/perpetual.md)',
  stores: 'Shows stores that are kept: copies, why, what is next, and for how long the money lasts',
  topUp: 'Adds money to the purse that a store draws on',
  providers:
    'Compares storage providers that can be used, best first, with the reasons; no key is needed',
  dashboard:
    'Serves a page about your deals, money and depot to browsers on this machine until Ctrl-C; it only reads unless started with --write',
  push: 'Offers a proposal to providers directly (MK12), and shows what each answers',
  reannounce:
    'Announces proposals again until they are taken or lapse, and offers them to the providers that they name',
  doctor:
    'Checks what providers and the market check: machine, money, contract, depot and a proposal; exit code 1 when something would be refused',
  explain: 'Explains a code of doctor (SL-D301) or of an error (NO_KEY), or lists them all',
  deals:
    'Shows proposals and deals: their states, what happened to each replica, from which source that is known, and why it waits',
  watch:
    'Follows proposals and deals: tells each step as it comes, until nothing is awaited any more. Exit code 0: all are active; 2: not all, or it was stopped',
  retrieve:
    'Fetches content back from the depot or a provider, verifies and unpacks it; with --receipt one file out of an aggregate, and nothing else of it',
  receipt:
    'Writes a receipt for a file in an aggregate: which bytes of which deal it is, with the proof. For an aggregate one for each of its files',
  verifyReceipt:
    'Checks a receipt: by itself, and with --network also on chain. Exit code 1: it is not sound; 2: it is, but its deal is over',
  localnet: 'Runs a local Filecoin with providers and a depot until Ctrl-C',
  localnetMine: 'Lets epochs of a running localnet pass at once',
  localnetPublish: 'A miner of a running localnet publishes a proposal of your client contract',
  localnetActivate: 'The miner of a deal commits a sector with its piece, so that it is active',
  localnetSkipActivation:
    'Lets the start epoch of a published deal pass, so that it can never be active',
  localnetFault: 'Declares the sector of a deal faulty; the deal goes on',
  localnetRecover: 'Declares a faulty sector of a deal recovered',
  localnetTerminate: 'Gives the sector of a deal up before its time, which ends the deal',
  localnetExpire: 'Lets the end epoch of a deal come',
  localnetNullRounds:
    'Lets epochs of a running localnet pass without a block, as happens on Filecoin',
  makeDealProposal: 'Starter kit: proposes a deal with every field given by hand (see make-deal)',
  getDealProposal: 'Starter kit: shows a proposal as providers read it from the contract',
  getDealStatus:
    'Starter kit: shows the state of the deals of a piece, a proposal or a deal (see deals)',
  cidToBytes:
    'Starter kit: prints a CID as the bytes that contracts store, and such bytes as a CID',
  getAddress: 'Starter kit: shows your account in every spelling: 0x, f4 and f0',
} as const

/** What each option means, with its unit and, unless Hardhat shows it, its default. One meaning, one text. */
export const options = {
  json: 'Print exactly one JSON value on standard output and nothing else there',
  yes: 'Send on the main network without being asked',
  depot: `Folder of the depot. Default: SEALIFT_DEPOT or ${defaults.stateFolder}/depot in the project`,
  wrap: 'Put a folder around a single input, so that its name is kept inside',
  pieceSize:
    'Largest piece in padded bytes, such as 32GiB or 512MiB; larger inputs become several pieces. Default: 32GiB',
  followSymlinks: 'Store what symbolic links point to, instead of refusing links',
  whole: 'Take each PATH as one segment, a folder too, instead of each file in it',
  segmentCids:
    'Root or piece CIDs of pieces that are already in the depot, with commas between them, instead of PATH',
  aggregateSize:
    'Padded bytes of the aggregate, exactly, such as 32GiB or 512MiB; what does not fit goes into further ones. Default: the least that holds all, at most 32GiB',
  sharedPrice:
    'Price per epoch (30 s) for the whole aggregate, with its unit, such as 5nanoFIL: shows what each input costs in 365 days. Default: no costs are shown',
  minDealSize:
    'Padded bytes of the smallest piece that your provider takes, such as 1GiB, for the cost of a deal of its own. Default: 256 bytes, as Boost has it',
  proofs:
    'Folder for the proofs, <piece CID>.json each; --json leaves them out then. Default: they are in the JSON',
  aggregateOut:
    'File to write the bytes of the whole aggregate to. Default: they are served from its pieces and written nowhere',
  host: 'Address to listen on; 0.0.0.0 lets other machines in',
  depotPort: 'TCP port of the depot; 0 takes a free one',
  dashboardPort: 'TCP port of the page, on 127.0.0.1; 0 takes a free one',
  write:
    'Let the page send too, with your key: announce again, record, settle and cancel, each after a question. It takes a token that is made and printed, or that the environment variable SEALIFT_DASHBOARD_TOKEN holds',
  nodePort: 'TCP port of the JSON-RPC node; 0 takes a free one',
  localProviders: 'Number of pocket providers that watch the chain; they take pushed proposals too',
  localPushOnly:
    'Number of pocket providers behind those that watch no chain and take pushed proposals only, as Curio does',
  manual:
    'Providers follow proposals, download and serve, but publish and activate nothing by themselves: the subtasks publish and activate do',
  epochSeconds: 'Seconds until an epoch passes though nobody sends anything',

  epochs: 'Number of epochs (30 s of chain time each) to let pass. Default: 1',
  toEpoch: 'Epoch (30 s) at which the chain shall stand, instead of --epochs',
  publisher: 'Miner that publishes, such as f01000. Default: the first of the localnet',
  sectorMiner: 'Miner of the sector, such as f01000. Default: that of DEAL',
  sector: 'Number of the sector at --miner. Default: the one that holds DEAL',
  settle: 'Settle the deal too: the last payment flows, what was locked is free',

  doctorCid: 'Piece or root CID of a piece in the depot to check too',
  doctorUrl:
    'URL to check as a provider would fetch it, with --cid or PROPOSAL against that piece; of the address of a depot a piece is asked. Default: that of PROPOSAL',
  doctorProvider: 'Providers to look at, such as f01000,f01001. Default: those of PROPOSAL',
  commitment:
    'Download everything from the URL and compare the piece commitment, as a provider does before it publishes',
  skipDoctor:
    'Send without the checks of doctor, though providers or the market may refuse; see doctor and explain',
  verify:
    'Hand the sources to Blockscout and Sourcify too, for 10 minutes at most; exit code 2 when they do not show them then',
  forceKey:
    'Make a new key though there is one, which is overwritten: what it owns is lost without a copy',
  waitForFunds: 'Wait until the account has FIL; so it does on a terminal unless --json',
  fundsTimeout: 'Longest wait for FIL, such as 10min or 2h; 0min looks once',

  hubToo:
    'Deploy a hub of storage requests (AggregationHub) too, with you as its aggregator; see aggregator and request',
  perpetualToo:
    'Deploy storage that is kept (PerpetualStorage) too, which nobody owns: contracts store in it, keepers look after it; see keeper',

  keepOnce:
    'Do what is due and return when it is mined; exit code 2 when messages still wait after 20 looks',
  minProfit:
    'What a poke must bring above its gas, with its unit, such as 0.001FIL; --min-profit=-0.01FIL pokes also where that costs as much',
  follow:
    'Tell each step as it comes. With --json that is one JSON value a line (NDJSON), kind "step", and at the end one of kind "followed"',
  webhook:
    'URL that gets each new step as a POST with JSON, again until it answers 2xx; id tells repetitions. With SEALIFT_WEBHOOK_SECRET set, X-Sealift-Signature is the HMAC-SHA256 of the body. Default: SEALIFT_WEBHOOK, which no list of processes shows, else none',
  stay: 'Go on when nothing is awaited any more, until Ctrl-C: deals end, are lost and are renewed',
  watchState: `Folder that remembers what was told, so that a restart neither loses nor repeats a step. Default: none; with a webhook ${defaults.stateFolder}/watch/<network>-<client> in the project`,
  watchTimeout: 'Longest wait, such as 90min or 12h. Default: none',
  metrics:
    'Serve metrics for Prometheus on this TCP port of 127.0.0.1, at /metrics; 0 takes a free one. Default: none',
  keeperState: `Folder of the journal; one for each keeper, moved with it. Default: ${defaults.stateFolder}/keeper/<network>-<contract>-<account> in the project`,
  perpetualContract:
    'Address of the PerpetualStorage, 0x and 40 hexadecimal digits. Default: the one that deploy wrote to deployments/<network>',
  trustLocations:
    'Poke without making sure that the piece can be fetched from where the policy says, and repair no locations',
  logJson: 'Write what is decided and found to standard error as lines of JSON',
  once: 'Do what is due and return; exit code 2 when requests still wait',
  hub: 'Address of the hub, 0x and 40 hexadecimal digits. Default: the one that deploy wrote to deployments/<network>',
  fromBlock:
    'Epoch from which on the hub is read. Default: that of its deployment, where deploy wrote it',
  state: `Folder of the journal and the proofs; one for each aggregator, moved with it. Default: ${defaults.stateFolder}/aggregator/<network>-<hub> in the project`,
  source:
    'URLs of depots or providers to fetch pieces from, such as https://a.example,https://b.example. Default: the depot alone',
  gateway:
    'URLs of trustless IPFS gateways to fetch other content from, one after the other. Default: the depot alone',
  minPayment:
    'What a request must offer to be served, with its unit, such as 0.01FIL: a deal is at your cost, and anyone may ask',
  tries: 'Times that every source is asked before a request is refused',
  closeAt: 'Padded bytes that wait at which a batch closes, such as 16GiB',
  closeAfter: 'How long the oldest request of a batch waits at most, such as 6h',
  minPieceSize: 'Smallest aggregate in padded bytes, such as 1GiB',
  maxPieceSize: 'Largest aggregate in padded bytes, such as 32GiB',
  pay: 'What the aggregator gets when the deal is active, with its unit, such as 0.01FIL. Default: nothing',
  deadline: 'Time from now after which a payment can be taken back, such as 7d',
  storedFor: 'Time from now until the deal may end at the earliest, such as 180d. Default: any',
  aggregator:
    'Address of the only aggregator that is paid, 0x and 40 hexadecimal digits. Default: the one of the hub, or for a piece whoever stores it first',

  pushedTo:
    'Providers to offer it to, such as f01000,f01001. Default: those that the proposal names',
  reannounceOnce: 'Announce each once and return',
  every: 'Time between two announcements, such as 6h; each costs gas',
  maxCost: 'Gas that all announcements together may cost, with its unit, such as 0.1FIL',

  file: 'File or folder to prepare and store, instead of --cid',
  cid: 'Root or piece CID of a piece that is already in the depot, instead of --file',
  wait: 'Wait until every replica is active, not only until the proposal is on chain',
  timeout: 'Longest wait, such as 90min or 12h. Default: until the start epoch has passed',
  replicas: 'Number of copies, each at another provider',
  provider: 'Providers that may take the deal, such as f01000,f01001. Default: any',
  duration:
    'How long to store, such as 18mo or 540d, 180d to 1278d; a month (mo) is 30 days, a year (y) 365. Default: 365d',
  startIn: 'Time from now until the deal starts at the latest, such as 3d. Default: 2d',
  startEpoch: 'Epoch (30 s) by which the deal must be active, instead of --start-in',
  endEpoch: 'Epoch (30 s) at which the deal ends, instead of --duration',
  price:
    'Price of each replica, with its unit: by padded size and time, such as 0.02FIL/TiB/mo (30 days) or 50picoFIL/GiB/epoch, or per epoch (30 s) for the whole piece, such as 5nanoFIL. Default: the highest ask of the providers that --provider names, else 50picoFIL/GiB/epoch',
  maxTotal:
    'What all replicas together may cost, with what is locked for them, with its unit, such as 1FIL; nothing is sent if they cost more. Default: no limit',
  dryRun: 'Show everything that would be sent, and what it costs, and send nothing; needs no key',
  providerCollateral:
    'What each provider locks, with its unit, such as 0.01FIL. Default: 1.2 times the least that the market accepts',
  clientCollateral: 'What you lock for each replica, with its unit. Default: 0',
  label:
    'Text in the deal, at most 256 bytes, that ends with the root CID. Default: <piece>-<attempt>/ipfs/<root CID>',
  url: `URL at which providers reach the depot. Default: SEALIFT_DEPOT_URL; on localnet http://${defaults.depotHost}:${defaults.depotPort}`,

  providerList:
    'JSON file with providers, in the form that docs/providers.md shows, beside those that are known otherwise. Default: none',
  fitPieceSize:
    'Padded bytes of a piece that providers must take, such as 32GiB or 512MiB. Default: any',
  fitPrice:
    'Price that they must not ask more than, with its unit, such as 0.02FIL/TiB/mo. Default: any',

  out: 'Where to unpack to; existing files are never overwritten. Default: the CID, in the current folder',
  receipt:
    'Receipt of a file in an aggregate, of which its own bytes alone are downloaded. Default: what CID names',
  receiptOut:
    'File for the receipt of the newest deal, or folder for all of them. Default: <root or piece CID>.json in the current folder',
  receiptFile:
    'The file itself, or its CAR, to check that the receipt is of it. Default: no file is looked at',
  from: 'URL of one server to fetch from. Default: the depot, then the providers of active deals',

  contract:
    'Address of the client contract, 0x and 40 hexadecimal digits. Default: the one that deploy wrote to deployments/<network>',
  policy:
    'JSON file with the terms, field by field as docs/perpetual.md has them; options go before it. Default: terms that providers with default settings accept',
  storeReplicas: 'Copies, each at another provider, 1 to 8. Default: 3',
  storeTerm: 'Length of each deal, such as 365d, 180d to 1263d. Default: 365d',
  storePrice:
    'First offer per GiB of padded bytes and epoch (30 s) for a copy, with its unit. Default: 50picoFIL',
  storeMaxPrice: 'Highest offer per GiB and epoch, with its unit. Default: four times the first',
  reward: 'What a keeper gets above its gas for a poke that changed something. Default: 0.001FIL',
  fund: 'Money for the purse, with its unit, such as 5FIL; what is left can be withdrawn. Default: what the first deals and one renewal cost at the first offer and the purse lacks',
  storeWait: 'Wait until all copies are active, not only until the store is on chain',
  storeTimeout: 'Longest wait, such as 90min or 12h. Default: what the terms give providers',
  account: 'Account whose stores are shown, 0x and 40 hexadecimal digits. Default: yours',

  proposalId: 'Id of the proposal, 32 bytes of hexadecimal as make-deal prints it',
  dealId: 'Number of the deal in the storage market',
  statusPieceCid: 'Piece CID whose deals are shown',

  kitPieceCid: 'Piece CID to store, version 1 or 2, as text or as the hexadecimal of cid-to-bytes',
  kitPieceSize: 'Padded size of the piece in bytes, a power of two',
  kitVerifiedDeal: 'true or false; only false is possible, DataCap has ended. Default: false',
  kitLabel: 'Text in the deal, at most 256 bytes, that carries the root CID (not the piece CID)',
  kitStartEpoch: 'Epoch (30 s) by which the deal must be active. Default: 2 days from now',
  kitEndEpoch: 'Epoch (30 s) at which the deal ends. Default: 365 days after the start',
  kitPrice: 'Price in attoFIL per epoch for the whole piece. Default: 50000000 attoFIL per GiB',
  kitProviderCollateral:
    'attoFIL that the provider locks. Default: 1.2 times the least that the market accepts',
  kitClientCollateral: 'attoFIL that you lock. Default: 0',
  kitLocationRef: 'URL of the CAR, http or https, that the provider downloads',
  kitCarSize: 'Size of the CAR in bytes, as the URL serves it',
  kitSkipIpniAnnounce:
    'true: the provider does not announce the content to the network indexer. Default: false',
  kitRemoveUnsealedCopy: 'true: the provider keeps no copy for fast retrieval. Default: false',
} as const

/** What each positional argument means. */
export const positionals = {
  paths: 'Files or folders; several get one folder around them',
  segments:
    'Files, and folders whose every file becomes a segment of its own; a .car is taken as it is',
  hashedFile: 'File whose bytes are taken as they are, such as a CAR',
  dealOrProposal: 'Deal number, proposal id, piece or root CID. Default: all',
  retrievedCid: 'Root CID of the content, or the piece CID; or --receipt',
  receiptOf:
    'Root or piece CID of a file in an aggregate of the depot, or piece CID of the aggregate',
  receipt: 'File with the receipt',
  requestedCid: 'Piece CID (version 2, bafkz…, with a payment) or root CID of what is to be stored',
  anyCid:
    'CID as text, or its bytes in hexadecimal, with or without 0x and the 00 that the starter kit put before',
  proposal: 'Id of the proposal, as make-deal and deals print it',
  providerIds:
    'Providers such as f01000. Default: those that your deals, a list or the localnet tell of',
  examined:
    'Id of a proposal on chain, as make-deal and deals print it. Default: what every proposal needs',
  code: 'Code such as SL-D301 or NO_KEY. Default: all',
  reannounced: 'Id of the proposal, as make-deal and deals print it. Default: all that are open',
  deal: 'Number of the deal in the market f05',
  dealOfSector: 'Number of a deal in the sector. Default: what --miner and --sector name',
  nullRounds: 'Number of epochs (30 s) without a block',
  storeId: 'Number of the store. Default: all of the account',
  toppedUp: 'Number of the store',
  topUpAmount: 'Amount with its unit, such as 5FIL',
} as const

/** What to do about failures that several tasks of the localnet know. */
export const hints = {
  onlyLocalnet: 'Controls work on a localnet only: start one, and name it with --network localnet.',
  heldProviders:
    'Providers of the localnet publish and activate by themselves, unless it was started with --manual.',
  dealUnknown: 'The market has given out no such number yet.',
  dealOver: 'The deal is over: it was settled, terminated or never activated.',
} as const

/** `--network` of the next command, left out where it is the default. */
export function onNetwork(name: string): string {
  return name === defaults.network ? '' : ` --network ${name}`
}
