/** Declares the tasks; `tasks` goes into hardhat.config.ts. What a task does is loaded when it runs. */
import { task } from 'hardhat/config'
import { ArgumentType } from 'hardhat/types/arguments'
import type { TaskDefinition } from 'hardhat/types/tasks'
import { contract, depot, json, maybe, preset } from './declare.ts'
import { localnetTasks } from './localnet-tasks.ts'
import { defaults, descriptions, options, positionals } from './messages.ts'

const yes = { name: 'yes', description: options.yes } as const
const skipDoctor = { name: 'skipDoctor', description: options.skipDoctor } as const
const pieceSize = maybe('pieceSize', options.pieceSize)
const url = maybe('url', options.url)
const hub = maybe('hub', options.hub)
const perpetual = maybe('contract', options.perpetualContract)

const prepare = task('prepare', descriptions.prepare)
  .addVariadicArgument({ name: 'paths', description: positionals.paths })
  .addFlag({ name: 'wrap', description: options.wrap })
  .addFlag({ name: 'followSymlinks', description: options.followSymlinks })
  .addOption(pieceSize)
  .addOption(depot)
  .addFlag(json)
  .setAction(() => import('./prepare.ts'))
  .build()

const aggregate = task('aggregate', descriptions.aggregate)
  .addVariadicArgument({ name: 'paths', description: positionals.segments, defaultValue: [] })
  .addFlag({ name: 'whole', description: options.whole })
  .addFlag({ name: 'followSymlinks', description: options.followSymlinks })
  .addOption(maybe('cid', options.segmentCids))
  .addOption(maybe('pieceSize', options.aggregateSize))
  .addOption(maybe('price', options.sharedPrice))
  .addOption(maybe('minDealSize', options.minDealSize))
  .addOption(maybe('proofs', options.proofs))
  .addOption(maybe('out', options.aggregateOut))
  .addOption(depot)
  .addFlag(json)
  .setAction(() => import('./aggregate.ts'))
  .build()

const pieceCid = task('piece-cid', descriptions.pieceCid)
  .addPositionalArgument({ name: 'file', description: positionals.hashedFile })
  .addFlag(json)
  .setAction(() => import('./piece-cid.ts'))
  .build()

const serve = task('depot', descriptions.depot)
  .addOption(preset('port', options.depotPort, defaults.depotPort))
  .addOption(preset('host', options.host, defaults.depotHost))
  .addOption(depot)
  .addFlag(json)
  .setAction(() => import('./depot.ts'))
  .build()

const deploy = task('deploy', descriptions.deploy)
  .addFlag({ name: 'hub', description: options.hubToo })
  .addFlag({ name: 'perpetual', description: options.perpetualToo })
  .addFlag({ name: 'verify', description: options.verify })
  .addFlag(yes)
  .addFlag(json)
  .setAction(() => import('./deploy.ts'))
  .build()

const initWallet = task('init-wallet', descriptions.initWallet)
  .addFlag({ name: 'force', description: options.forceKey })
  .addFlag({ name: 'wait', description: options.waitForFunds })
  .addOption(preset('timeout', options.fundsTimeout, defaults.fundsTimeout))
  .addFlag(json)
  .setAction(() => import('./init-wallet.ts'))
  .build()

const makeDeal = task('make-deal', descriptions.makeDeal)
  .addOption(maybe('file', options.file))
  .addOption(maybe('cid', options.cid))
  .addFlag({ name: 'wrap', description: options.wrap })
  .addFlag({ name: 'followSymlinks', description: options.followSymlinks })
  .addOption(pieceSize)
  .addFlag({ name: 'wait', description: options.wait })
  .addOption(maybe('timeout', options.timeout))
  .addOption(preset('replicas', options.replicas, defaults.replicas))
  .addOption(maybe('provider', options.provider))
  .addOption(maybe('duration', options.duration))
  .addOption(maybe('startIn', options.startIn))
  .addOption(maybe('startEpoch', options.startEpoch))
  .addOption(maybe('endEpoch', options.endEpoch))
  .addOption(maybe('price', options.price))
  .addOption(maybe('maxTotal', options.maxTotal))
  .addOption(maybe('providerCollateral', options.providerCollateral))
  .addOption(maybe('clientCollateral', options.clientCollateral))
  .addOption(maybe('label', options.label))
  .addOption(url)
  .addOption(depot)
  .addOption(contract)
  .addFlag({ name: 'dryRun', description: options.dryRun })
  .addFlag(skipDoctor)
  .addFlag(yes)
  .addFlag(json)
  .setAction(() => import('./make-deal.ts'))
  .build()

const aggregator = task('aggregator', descriptions.aggregator)
  .addFlag({ name: 'once', description: options.once })
  .addOption(hub)
  .addOption(maybe('fromBlock', options.fromBlock))
  .addOption(maybe('state', options.state))
  .addOption(maybe('source', options.source))
  .addOption(maybe('gateway', options.gateway))
  .addOption(preset('minPayment', options.minPayment, defaults.minPayment))
  .addOption(preset('tries', options.tries, defaults.tries))
  .addOption(preset('closeAt', options.closeAt, defaults.closeAt))
  .addOption(preset('closeAfter', options.closeAfter, defaults.closeAfter))
  .addOption(preset('minPieceSize', options.minPieceSize, defaults.minPieceSize))
  .addOption(preset('maxPieceSize', options.maxPieceSize, defaults.maxPieceSize))
  .addOption(preset('replicas', options.replicas, defaults.replicas))
  .addOption(maybe('provider', options.provider))
  .addOption(maybe('duration', options.duration))
  .addOption(maybe('startIn', options.startIn))
  .addOption(maybe('price', options.price))
  .addOption(maybe('providerCollateral', options.providerCollateral))
  .addOption(maybe('clientCollateral', options.clientCollateral))
  .addOption(url)
  .addOption(depot)
  .addOption(contract)
  .addFlag(yes)
  .addFlag(json)
  .setAction(() => import('./aggregator.ts'))
  .build()

const keeper = task('keeper', descriptions.keeper)
  .addFlag({ name: 'once', description: options.keepOnce })
  .addOption(preset('minProfit', options.minProfit, defaults.minProfit))
  .addOption(maybe('metrics', options.metrics))
  .addFlag({ name: 'logJson', description: options.logJson })
  .addFlag({ name: 'trustLocations', description: options.trustLocations })
  .addOption(maybe('state', options.keeperState))
  .addOption(url)
  .addOption(depot)
  .addOption(perpetual)
  .addFlag(yes)
  .addFlag(json)
  .setAction(() => import('./keeper.ts'))
  .build()

const request = task('request', descriptions.request)
  .addPositionalArgument({ name: 'cid', description: positionals.requestedCid })
  .addOption(hub)
  .addOption(maybe('pay', options.pay))
  .addOption(preset('deadline', options.deadline, defaults.deadline))
  .addOption(maybe('storedFor', options.storedFor))
  .addOption(maybe('aggregator', options.aggregator))
  .addFlag(yes)
  .addFlag(json)
  .setAction(() => import('./request.ts'))
  .build()

const store = task('store', descriptions.store)
  .addOption(maybe('file', options.file))
  .addOption(maybe('cid', options.cid))
  .addFlag({ name: 'wrap', description: options.wrap })
  .addFlag({ name: 'followSymlinks', description: options.followSymlinks })
  .addOption(pieceSize)
  .addOption(maybe('policy', options.policy))
  .addOption(maybe('replicas', options.storeReplicas))
  .addOption(maybe('provider', options.provider))
  .addOption(maybe('term', options.storeTerm))
  .addOption(maybe('price', options.storePrice))
  .addOption(maybe('maxPrice', options.storeMaxPrice))
  .addOption(maybe('reward', options.reward))
  .addOption(maybe('fund', options.fund))
  .addFlag({ name: 'wait', description: options.storeWait })
  .addOption(maybe('timeout', options.storeTimeout))
  .addOption(url)
  .addOption(depot)
  .addOption(perpetual)
  .addFlag(skipDoctor)
  .addFlag(yes)
  .addFlag(json)
  .setAction(() => import('./store.ts'))
  .build()

const stores = task('stores', descriptions.stores)
  .addPositionalArgument({
    name: 'id',
    description: positionals.storeId,
    type: ArgumentType.STRING_WITHOUT_DEFAULT,
  })
  .addOption(maybe('account', options.account))
  .addOption(perpetual)
  .addFlag(json)
  .setAction(() => import('./stores.ts'))
  .build()

const topUp = task('top-up', descriptions.topUp)
  .addPositionalArgument({ name: 'id', description: positionals.toppedUp })
  .addPositionalArgument({ name: 'amount', description: positionals.topUpAmount })
  .addOption(perpetual)
  .addFlag(yes)
  .addFlag(json)
  .setAction(() => import('./top-up.ts'))
  .build()

const providers = task('providers', descriptions.providers)
  .addVariadicArgument({ name: 'ids', description: positionals.providerIds, defaultValue: [] })
  .addOption(maybe('list', options.providerList))
  .addOption(maybe('pieceSize', options.fitPieceSize))
  .addOption(maybe('price', options.fitPrice))
  .addOption(contract)
  .addFlag(json)
  .setAction(() => import('./providers.ts'))
  .build()

const push = task('push', descriptions.push)
  .addPositionalArgument({ name: 'proposal', description: positionals.proposal })
  .addOption(maybe('provider', options.pushedTo))
  .addOption(contract)
  .addFlag(json)
  .setAction(() => import('./push.ts'))
  .build()

const reannounce = task('reannounce', descriptions.reannounce)
  .addPositionalArgument({
    name: 'proposal',
    description: positionals.reannounced,
    type: ArgumentType.STRING_WITHOUT_DEFAULT,
  })
  .addFlag({ name: 'once', description: options.reannounceOnce })
  .addOption(preset('every', options.every, defaults.every))
  .addOption(preset('maxCost', options.maxCost, defaults.maxCost))
  .addOption(contract)
  .addFlag(yes)
  .addFlag(json)
  .setAction(() => import('./reannounce.ts'))
  .build()

const deals = task('deals', descriptions.deals)
  .addPositionalArgument({
    name: 'id',
    description: positionals.dealOrProposal,
    type: ArgumentType.STRING_WITHOUT_DEFAULT,
  })
  .addFlag({ name: 'follow', description: options.follow })
  .addOption(depot)
  .addOption(contract)
  .addFlag(json)
  .setAction(() => import('./deals.ts'))
  .build()

const dashboard = task('dashboard', descriptions.dashboard)
  .addOption(preset('port', options.dashboardPort, defaults.dashboardPort))
  .addFlag({ name: 'write', description: options.write })
  .addOption(depot)
  .addOption(contract)
  .addFlag(yes)
  .addFlag(json)
  .setAction(() => import('./dashboard.ts'))
  .build()

const doctor = task('doctor', descriptions.doctor)
  .addPositionalArgument({
    name: 'proposal',
    description: positionals.examined,
    type: ArgumentType.STRING_WITHOUT_DEFAULT,
  })
  .addOption(maybe('cid', options.doctorCid))
  .addOption(maybe('url', options.doctorUrl))
  .addOption(maybe('provider', options.doctorProvider))
  .addFlag({ name: 'commitment', description: options.commitment })
  .addOption(depot)
  .addOption(contract)
  .addFlag(json)
  .setAction(() => import('./doctor.ts'))
  .build()

const explain = task('explain', descriptions.explain)
  .addPositionalArgument({
    name: 'code',
    description: positionals.code,
    type: ArgumentType.STRING_WITHOUT_DEFAULT,
  })
  .addFlag(json)
  .setAction(() => import('./explain-code.ts'))
  .build()

const watch = task('watch', descriptions.watch)
  .addPositionalArgument({
    name: 'id',
    description: positionals.dealOrProposal,
    type: ArgumentType.STRING_WITHOUT_DEFAULT,
  })
  .addFlag({ name: 'follow', description: options.follow })
  .addFlag({ name: 'stay', description: options.stay })
  .addOption(maybe('timeout', options.watchTimeout))
  .addOption(maybe('webhook', options.webhook))
  .addOption(maybe('metrics', options.metrics))
  .addOption(maybe('state', options.watchState))
  .addOption(depot)
  .addOption(contract)
  .addFlag(json)
  .setAction(() => import('./watch.ts'))
  .build()

const retrieve = task('retrieve', descriptions.retrieve)
  .addPositionalArgument({
    name: 'cid',
    description: positionals.retrievedCid,
    type: ArgumentType.STRING_WITHOUT_DEFAULT,
  })
  .addOption(maybe('receipt', options.receipt))
  .addOption(maybe('out', options.out))
  .addOption(maybe('from', options.from))
  .addOption(depot)
  .addOption(contract)
  .addFlag(json)
  .setAction(() => import('./retrieve.ts'))
  .build()

const receipt = task('receipt', descriptions.receipt)
  .addPositionalArgument({ name: 'cid', description: positionals.receiptOf })
  .addOption(maybe('out', options.receiptOut))
  .addOption(depot)
  .addOption(contract)
  .addFlag(json)
  .setAction(() => import('./receipt.ts'))
  .build()

const verifyReceipt = task('verify-receipt', descriptions.verifyReceipt)
  .addPositionalArgument({ name: 'path', description: positionals.receipt })
  .addOption(maybe('file', options.receiptFile))
  .addFlag(json)
  .setAction(() => import('./verify-receipt.ts'))
  .build()

const makeDealProposal = task('make-deal-proposal', descriptions.makeDealProposal)
  .addOption(maybe('pieceCid', options.kitPieceCid))
  .addOption(maybe('pieceSize', options.kitPieceSize))
  .addOption(preset('verifiedDeal', options.kitVerifiedDeal, 'false'))
  .addOption(maybe('label', options.kitLabel))
  .addOption(maybe('startEpoch', options.kitStartEpoch))
  .addOption(maybe('endEpoch', options.kitEndEpoch))
  .addOption(maybe('storagePricePerEpoch', options.kitPrice))
  .addOption(maybe('providerCollateral', options.kitProviderCollateral))
  .addOption(maybe('clientCollateral', options.kitClientCollateral))
  .addOption(maybe('locationRef', options.kitLocationRef))
  .addOption(maybe('carSize', options.kitCarSize))
  .addOption(preset('skipIpniAnnounce', options.kitSkipIpniAnnounce, 'false'))
  .addOption(preset('removeUnsealedCopy', options.kitRemoveUnsealedCopy, 'false'))
  .addOption(contract)
  .addFlag(skipDoctor)
  .addFlag(yes)
  .addFlag(json)
  .setAction(() => import('./make-deal-proposal.ts'))
  .build()

const getDealProposal = task('get-deal-proposal', descriptions.getDealProposal)
  .addOption(maybe('proposalId', options.proposalId))
  .addOption(contract)
  .addFlag(json)
  .setAction(() => import('./get-deal-proposal.ts'))
  .build()

const getDealStatus = task('get-deal-status', descriptions.getDealStatus)
  .addOption(maybe('pieceCid', options.statusPieceCid))
  .addOption(maybe('proposalId', options.proposalId))
  .addOption(maybe('dealId', options.dealId))
  .addOption(contract)
  .addFlag(json)
  .setAction(() => import('./get-deal-status.ts'))
  .build()

const cidToBytes = task('cid-to-bytes', descriptions.cidToBytes)
  .addPositionalArgument({ name: 'cid', description: positionals.anyCid })
  .addFlag(json)
  .setAction(() => import('./cid-to-bytes.ts'))
  .build()

const getAddress = task('get-address', descriptions.getAddress)
  .addFlag(json)
  .setAction(() => import('./get-address.ts'))
  .build()

export const tasks: TaskDefinition[] = [
  prepare,
  aggregate,
  pieceCid,
  serve,
  initWallet,
  deploy,
  makeDeal,
  push,
  reannounce,
  aggregator,
  request,
  keeper,
  store,
  stores,
  topUp,
  providers,
  deals,
  dashboard,
  doctor,
  explain,
  watch,
  retrieve,
  receipt,
  verifyReceipt,
  ...localnetTasks,
  makeDealProposal,
  getDealProposal,
  getDealStatus,
  cidToBytes,
  getAddress,
]
