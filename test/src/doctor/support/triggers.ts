/** For each code: the facts that make it say something, all else being well. */
import type { Verdict } from '../../../../src/doctor/check.ts'
import { type Facts, known, type OfferFacts, type UrlFacts } from '../../../../src/doctor/facts.ts'
import { OFFER, PLAN, SETUP, STANDING, URL_FACTS } from './good-facts.ts'

export interface Trigger {
  readonly code: string
  readonly what: string
  readonly verdict: Verdict
  /** With which nothing is wrong. */
  readonly good: Facts
  readonly bad: Facts
}

const HEAD = 4_000_000n
const MIB = 2 ** 20

function of(
  good: Facts,
  code: string,
  what: string,
  change: Partial<Facts>,
  verdict: Verdict = 'refused',
): Trigger {
  return { code, what, verdict, good, bad: { ...good, ...change } }
}

const plan = (code: string, what: string, change: Partial<Facts>, verdict?: Verdict) =>
  of(PLAN, code, what, change, verdict)
const setup = (code: string, what: string, change: Partial<Facts>, verdict?: Verdict) =>
  of(SETUP, code, what, change, verdict)
const offer = (code: string, what: string, change: Partial<OfferFacts>, verdict?: Verdict) =>
  plan(code, what, { offer: { ...OFFER, ...change } }, verdict)
const url = (code: string, what: string, change: Partial<UrlFacts>, verdict?: Verdict) =>
  plan(code, what, { url: { ...URL_FACTS, ...change } }, verdict)
const head = (code: string, what: string, change: object, verdict?: Verdict) =>
  url(
    code,
    what,
    {
      head: known({
        status: 200,
        length: String(URL_FACTS.size),
        encoding: undefined,
        redirects: [],
        ...change,
      }),
    },
    verdict,
  )
const range = (what: string, change: object, size = 20 * MIB, verdict?: Verdict): Trigger => ({
  ...url('SL-D418', what, {
    size,
    range: known({
      first: 100,
      last: 199,
      status: 206,
      contentRange: `bytes 100-199/${size}`,
      length: 100,
      encoding: undefined,
      ...change,
    }),
  }),
  verdict: verdict ?? 'refused',
})
const standing = (
  code: string,
  what: string,
  change: Partial<NonNullable<Facts['chain']>>,
  verdict?: Verdict,
) => of(STANDING, code, what, { chain: { ...STANDING.chain, ...change } }, verdict)
const outside = { host: 'cdn.example', inside: false }
const [PROVIDER] = PLAN.providers
const ask = (code: string, what: string, change: object) =>
  plan(code, what, {
    providers: [{ ...PROVIDER, ask: known({ ...PROVIDER.ask.value, ...change }) }],
  })
const miner = (code: string, what: string, change: object, verdict?: Verdict) =>
  plan(
    code,
    what,
    { providers: [{ ...PROVIDER, miner: known({ ...PROVIDER.miner.value, ...change }) }] },
    verdict,
  )
const account = (code: string, what: string, change: object, verdict?: Verdict) =>
  plan(code, what, { account: known({ ...PLAN.account.value, ...change }) }, verdict)
const contract = (code: string, what: string, change: object) =>
  plan(code, what, { contract: { ...PLAN.contract, ...change } })
const node = (code: string, what: string, change: object, verdict?: Verdict) =>
  plan(code, what, { node: { ...PLAN.node, ...change } }, verdict)
const machine = (code: string, what: string, change: object, verdict?: Verdict) =>
  setup(code, what, { machine: { ...PLAN.machine, ...change } }, verdict)

export const TRIGGERS: readonly Trigger[] = [
  machine('SL-D001', 'Node.js 20', { node: '20.9.0' }),
  machine('SL-D001', 'Node.js 22.12', { node: '22.12.0' }),
  machine('SL-D002', 'WebAssembly', { hashBackend: 'as-sha256' }, 'warning'),
  machine('SL-D003', '100 MiB free', { freeBytes: known(100 * MIB) }, 'warning'),
  machine('SL-D004', 'no URL', { depotUrl: '' }),
  node('SL-D100', 'no answer', { chainId: { known: false, why: 'ECONNREFUSED' } }),
  node('SL-D101', 'the main network', { chainId: known(314n) }),
  node('SL-D102', 'Ethereum alone', { lotus: known(false) }, 'warning'),
  node('SL-D103', 'a head of an hour ago', {
    head: known({ epoch: HEAD, time: PLAN.node.now - 3_600 }),
  }),
  node('SL-D103', 'a head of the future', {
    head: known({ epoch: HEAD, time: PLAN.node.now + 600 }),
  }),
  node('SL-D104', 'a later upgrade', { networkVersion: known(30) }, 'warning'),
  plan('SL-D111', 'no key', { account: known({ missing: 'no private key is configured' }) }),
  account('SL-D112', 'an empty account', { balance: known(0n) }),
  account('SL-D112', 'little gas', { balance: known(10n ** 15n + 10n ** 13n) }, 'warning'),
  account('SL-D113', 'two wait', { pending: known(2) }, 'warning'),
  // 1.6e9 attoFIL an epoch for 1,051,200 epochs are 1,681,920,000,000,000.
  account('SL-D114', 'one attoFIL too little', { balance: known(1_681_919_999_999_999n) }),
  of(STANDING, 'SL-D115', 'one attoFIL too little', {
    money: { ...PLAN.money, unlocked: known(1_681_919_999_999_999n) },
  }),
  contract('SL-D201', 'nothing deployed', { address: { known: false, why: 'not deployed' } }),
  contract('SL-D202', 'no code', { code: known(false) }),
  contract('SL-D203', 'another contract', { owner: known(undefined) }),
  contract('SL-D204', 'paused', { paused: known(true) }),
  contract('SL-D205', 'a stranger', { owner: known(`0x${'33'.repeat(20)}`) }),
  contract('SL-D206', 'no actor', { actorId: known(undefined) }),
  standing('SL-D211', 'lapsed', { state: 'lapsed' }),
  standing('SL-D211', 'cancelled', { state: 'cancelled' }),
  standing('SL-D212', 'a longer header than needed', {
    proposalBytes: known('not minimal at byte 3'),
  }),
  standing('SL-D213', 'five fields', { extraBytes: known('an array of 5') }),
  standing('SL-D214', 'another price', { differences: known(['price']) }),
  standing('SL-D215', 'an f0 address', { client: known({ stated: 't01234', own: 't410fabc' }) }),
  standing('SL-D216', 'a refusal', {
    auth: [{ provider: 1000n, verdict: known({ ok: false, reason: 'ProviderNotAllowed' }) }],
  }),
  standing(
    'SL-D217',
    'no event for a day',
    { announced: known({ epoch: undefined, looked: 2_880n }) },
    'warning',
  ),
  offer('SL-D218', 'a twin', { twins: known(['0x01']) }),
  offer('SL-D221', 'bytes', { label: Uint8Array.of(1, 2) }),
  // 257 bytes in 129 characters: it is the bytes that count.
  offer('SL-D222', '257 bytes', {
    label: `${'é'.repeat(121)}abc/ipfs/bafkqaaa`.padStart(257 - 121, 'x'),
  }),
  offer('SL-D223', 'half a character', { label: '\ud800/ipfs/bafkqaaa' }),
  offer('SL-D224', 'no CID', { label: 'my backup' }),
  offer('SL-D224', 'no CID after /ipfs/', { label: 'bafkqaaa/ipfs/nothing' }),
  offer('SL-D225', 'a root CID', {
    pieceCid: Uint8Array.of(0x01, 0x55, 0x12, 0x20, ...new Uint8Array(32)),
  }),
  offer('SL-D225', 'a byte too many', { pieceCid: Uint8Array.of(...OFFER.pieceCid, 0) }),
  offer('SL-D226', 'no power of two', { pieceSize: 3n << 30n }),
  offer('SL-D226', '64 bytes', { pieceSize: 64n }),
  offer('SL-D227', '128 GiB', { pieceSize: 128n << 30n }),
  offer('SL-D228', 'twice the size', { pieceSize: 64n << 30n }),
  offer('SL-D228', 'no bytes', { size: 0n }),
  offer('SL-D229', 'two replicas, one provider', { replicas: 2 }),
  offer('SL-D229', 'the same one twice', { replicas: 2, providers: [1000n, 1000n] }),
  offer('SL-D230', 'DataCap', { verified: true }),
  offer('SL-D301', 'an end at the start', { endEpoch: OFFER.startEpoch }),
  offer('SL-D302', 'the epochs of the old tutorial', {
    startEpoch: 520_000n,
    endEpoch: 1_555_200n,
  }),
  offer('SL-D303', 'a day less one epoch', { startEpoch: HEAD + 2_879n }),
  offer('SL-D304', 'fifteen days and an epoch', { startEpoch: HEAD + 43_201n }),
  offer('SL-D305', '959 epochs', { startEpoch: HEAD + 959n }),
  offer('SL-D306', '479 epochs', { startEpoch: HEAD + 479n }),
  offer('SL-D307', '180 days less an epoch', { endEpoch: OFFER.startEpoch + 518_399n }),
  offer('SL-D307', '1278 days and an epoch', { endEpoch: OFFER.startEpoch + 3_680_641n }),
  offer('SL-D308', '1278 days from the start', { endEpoch: OFFER.startEpoch + 3_680_640n }),
  offer('SL-D311', 'more than there is', { pricePerEpoch: 2_000_000_001n * 10n ** 18n }),
  offer('SL-D312', 'none, as in the old tutorials', { providerCollateral: 0n }),
  offer('SL-D312', 'one attoFIL below', { providerCollateral: 999n }),
  offer('SL-D313', 'more than twice', { providerCollateral: 2_001n }),
  offer('SL-D313', 'above the maximum', { bounds: known({ min: 1_000n, max: 1_100n }) }),
  ask('SL-D314', 'a dearer provider', { pricePerGib: 50_000_001n }),
  plan('SL-D314', 'no price, for whoever asks the default', {
    offer: { ...OFFER, pricePerEpoch: 0n, providers: [] },
    providers: [],
  }),
  ask('SL-D315', 'a provider of large pieces', { minPieceSize: 64n << 30n }),
  plan(
    'SL-D315',
    '8 GiB, for whoever runs Curio with its default',
    { offer: { ...OFFER, pieceSize: 8n << 30n }, providers: [] },
    'warning',
  ),
  ask('SL-D316', 'a provider of small pieces', { maxPieceSize: 16n << 30n }),
  offer('SL-D317', 'client collateral', { clientCollateral: 1n }, 'warning'),
  url('SL-D401', 'a quote', { text: 'https://depot.example/a"b' }),
  url('SL-D401', 'a space', { text: 'https://depot.example/a b' }),
  url('SL-D401', 'a letter beyond ASCII', { text: 'https://depot.example/ä' }),
  url('SL-D402', 'libp2p', { text: 'libp2p://12D3KooW/piece' }),
  url('SL-D402', 'no host', { text: 'https:///piece' }),
  url('SL-D403', '4097 characters', { text: `https://depot.example/${'a'.repeat(4_097 - 22)}` }),
  url('SL-D404', 'a password', { text: 'https://me:secret@depot.example/piece' }),
  url('SL-D404', 'a token', { text: 'https://depot.example/piece?token=secret' }, 'warning'),
  url('SL-D405', 'loopback', {
    text: 'http://127.0.0.1:3300/piece',
    addresses: known([{ address: '127.0.0.1', inside: true, literal: true }]),
  }),
  url('SL-D406', 'localhost', {
    text: 'http://localhost:3300/piece',
    addresses: known([{ address: '127.0.0.1', inside: true, literal: false }]),
  }),
  url('SL-D411', 'nobody there', { reach: { ok: false, kind: 'other', why: 'ECONNREFUSED' } }),
  url('SL-D412', 'an expired certificate', {
    reach: { ok: false, kind: 'tls', why: 'certificate has expired' },
  }),
  head('SL-D413', 'HEAD not allowed', { status: 405 }),
  head('SL-D414', 'another size', { length: '7' }),
  head('SL-D414', 'no size', { length: undefined }),
  head('SL-D415', 'two redirects', { redirects: [outside, outside] }),
  head('SL-D416', 'four redirects', { redirects: [outside, outside, outside, outside] }),
  head('SL-D416', 'a redirect inside', { redirects: [{ host: '10.0.0.1', inside: true }] }),
  head('SL-D417', 'gzip', { encoding: 'gzip' }),
  range('20 MiB without ranges', { status: 200, contentRange: undefined }),
  range('1 MiB without ranges', { status: 200, contentRange: undefined }, MIB, 'warning'),
  range('another range', { contentRange: `bytes 0-99/${20 * MIB}` }),
  range('another total', { contentRange: 'bytes 100-199/7' }),
  range('one byte too many', { length: 101 }),
  url('SL-D419', 'no CAR', { car: known(undefined) }),
  plan('SL-D421', 'an empty depot', { depot: { piece: known(undefined), damage: '' } }),
  plan('SL-D422', 'a broken record', {
    depot: { piece: { known: false, why: 'broken' }, damage: 'the record is of another piece' },
  }),
  plan('SL-D422', 'another size', {
    depot: { piece: known({ size: 1, pieceSize: 128 }), damage: '' },
  }),
  url('SL-D423', 'a login page', { ours: known(false) }),
  url('SL-D424', 'other bytes', { commitment: known('baga6ea4seaq-another') }),
  plan('SL-D501', 'an account', { providers: [{ ...PROVIDER, miner: known(undefined) }] }),
  miner('SL-D502', 'sectors of 512 MiB', { sectorSize: 512n << 20n }),
  miner('SL-D503', 'no HTTP address', { urls: [] }, 'warning'),
  plan('SL-D504', 'nobody named', { offer: { ...OFFER, providers: [] } }, 'warning'),
]
