/** Facts of a proposal with which nothing is wrong, on Calibration. Figures are of the rules' sources, not of the code. */
import { type Facts, known, type OfferFacts, type UrlFacts } from '../../../../src/doctor/facts.ts'

const GIB = 1n << 30n
const HEAD = 4_000_000n
/** 2026-01-01 00:00 UTC. */
const NOW = 1_767_225_600
const OWNER = '0x2222222222222222222222222222222222222222'
const PIECE_CID = 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy'
/** The most raw bytes that a piece of 32 GiB holds: 127 of each 128. */
const SIZE = (32 * 2 ** 30 * 127) / 128

export const OFFER: OfferFacts = {
  pieceCid: Uint8Array.of(
    0x01,
    0x81,
    0xe2,
    0x03,
    0x92,
    0x20,
    0x20,
    ...new Uint8Array(32).fill(0xab),
  ),
  size: BigInt(SIZE),
  pieceSize: 32n * GIB,
  verified: false,
  label: 'abc-1/ipfs/bafkqaaa',
  // Two days from the head, for a year.
  startEpoch: HEAD + 5_760n,
  endEpoch: HEAD + 5_760n + 365n * 2_880n,
  // 5e7 attoFIL for each GiB.
  pricePerEpoch: 32n * 50_000_000n,
  providerCollateral: 1_200n,
  clientCollateral: 0n,
  replicas: 1,
  published: 0,
  providers: [1000n],
  bounds: known({ min: 1_000n, max: 10n ** 18n }),
  twins: known([]),
}

export const URL_FACTS: UrlFacts = {
  text: 'https://depot.example/piece/baga',
  addresses: known([{ address: '93.184.216.34', inside: false, literal: false }]),
  reach: { ok: true },
  head: known({ status: 200, length: String(SIZE), encoding: undefined, redirects: [] }),
  range: known({
    first: 100,
    last: 199,
    status: 206,
    contentRange: `bytes 100-199/${SIZE}`,
    length: 100,
    encoding: undefined,
  }),
  car: known(1),
  size: SIZE,
  ours: known(true),
  commitment: known(PIECE_CID),
  pieceCid: PIECE_CID,
}

/** Before anything is sent. */
export const PLAN = {
  network: {
    name: 'calibration',
    chainId: 314_159n,
    local: false,
    option: '',
    sectorSize: 64n * GIB,
    startWindow: { minLead: 2_880n, maxLead: 43_200n },
  },
  machine: {
    node: '24.1.0',
    hashBackend: 'hashtree',
    freeBytes: known(100 * 2 ** 30),
    depotUrl: 'https://depot.example',
  },
  node: {
    chainId: known(314_159n),
    head: known({ epoch: HEAD, time: NOW - 30 }),
    now: NOW,
    lotus: known(true),
    networkVersion: known(28),
  },
  account: known({ address: OWNER, balance: known(10n ** 18n), pending: known(0) }),
  contract: {
    address: known('0x1111111111111111111111111111111111111111'),
    code: known(true),
    owner: known(OWNER),
    paused: known(false),
    allowance: known(0n),
    actorId: known(1234n),
  },
  money: { available: known(0n), balance: known(0n), unlocked: known(10n ** 18n) },
  offer: OFFER,
  url: URL_FACTS,
  depot: { piece: known({ size: SIZE, pieceSize: 32 * 2 ** 30 }), damage: '' },
  providers: [
    {
      id: 1000n,
      miner: known({ urls: ['https://sp.example'], sectorSize: 32n * GIB }),
      ask: known({
        pricePerGib: 50_000_000n,
        minPieceSize: 16n * GIB,
        maxPieceSize: 32n * GIB,
        source: 'GET https://sp.example/market/mk12/ask',
      }),
    },
  ],
} as const satisfies Facts

/** The proposal that came of it. */
export const STANDING = {
  ...PLAN,
  chain: {
    proposalId: `0x${'1a'.repeat(32)}`,
    state: 'open',
    proposalBytes: known(''),
    extraBytes: known(''),
    differences: known([]),
    client: known({ stated: 't410fabc', own: 't410fabc' }),
    announced: known({ epoch: HEAD - 10n, looked: 2_880n }),
    auth: [{ provider: 1000n, verdict: known({ ok: true, reason: '' }) }],
  },
} as const satisfies Facts

/** Nothing is known of a proposal yet. */
export const SETUP = {
  network: PLAN.network,
  machine: PLAN.machine,
  node: PLAN.node,
  account: PLAN.account,
  contract: PLAN.contract,
  money: PLAN.money,
} as const satisfies Facts
