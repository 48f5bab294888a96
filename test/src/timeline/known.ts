/** Facts written by hand: one proposal on Calibration for two replicas, and what can become of it. */
import type { ClientEvent } from '../../../src/deal/client-event.ts'
import type { DealTerms } from '../../../src/deal/terms.ts'
import type {
  DealKnown,
  FetchKnown,
  ProposalKnown,
  PushKnown,
  Surroundings,
  TracedEvent,
} from '../../../src/timeline/facts.ts'

export const CLIENT = '0x5fbdb2315678afecb367f032d93f642f64180aa3'
export const OWNER = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266'
export const ID = `0x${'1a'.repeat(32)}`
export const OTHER = `0x${'2b'.repeat(32)}`
const PIECE = 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy'
const ROOT = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
export const GIB = 2 ** 30

/** Epoch 4,000,000 of Calibration: 1667326380 + 30 · 4,000,000 s. */
export const START = 4_005_760n
export const MADE_AT = 4_000_000n
export const MADE_TIME = '2026-08-21T15:33:00.000Z'

export function around(epoch: bigint = MADE_AT, changes: Partial<Surroundings> = {}): Surroundings {
  return {
    epoch,
    client: CLIENT,
    genesis: 1667326380,
    isLocal: false,
    transactionLink: (hash) => `https://explorer.example/tx/${hash}`,
    dealLink: (dealId) => `https://explorer.example/deal/${dealId}`,
    ...changes,
  }
}

const TERMS: DealTerms = {
  pieceCid: PIECE,
  size: 2 * GIB,
  pieceSize: 4 * GIB,
  label: `abc-1/ipfs/${ROOT}`,
  url: 'https://depot.example/piece/x',
  startEpoch: START,
  endEpoch: START + 518_400n,
  pricePerEpoch: 1n,
  providerCollateral: 1n,
  clientCollateral: 0n,
  replicas: 2,
  providers: [],
  skipIpniAnnounce: false,
  removeUnsealedCopy: false,
}

export function known(changes: Partial<ProposalKnown> = {}): ProposalKnown {
  return {
    ...TERMS,
    proposalId: ID,
    state: 'open',
    deals: [],
    events: [announced(MADE_AT, '0xaa'), made(MADE_AT, '0xaa')],
    pushes: [],
    fetches: [],
    ...changes,
  }
}

export function announced(epoch: bigint, tx: string): TracedEvent {
  const event: ClientEvent = {
    name: 'DealProposalCreate',
    epoch,
    proposalId: ID,
    pieceSize: 4 * GIB,
    pricePerEpoch: 1n,
  }
  return { event, tx }
}

export function made(epoch: bigint, tx: string): TracedEvent {
  const event: ClientEvent = {
    name: 'ProposalMade',
    epoch,
    proposalId: ID,
    proposer: OWNER,
    reserved: 1n,
    terms: TERMS,
  }
  return { event, tx }
}

export function deal(changes: Partial<DealKnown> = {}): DealKnown {
  return {
    dealId: 7n,
    provider: 1000n,
    publishedAt: MADE_AT + 100n,
    activatedAt: undefined,
    startEpoch: START,
    endEpoch: START + 518_400n,
    state: 'published',
    ...changes,
  }
}

export function push(changes: Partial<PushKnown> = {}): PushKnown {
  return {
    provider: 1000n,
    dealUuid: '6a09e667-f3bc-4908-b2fb-1366ea957d3e',
    url: 'https://sp.example:12310/?token=hush',
    at: Date.UTC(2026, 7, 21, 16, 34),
    outcome: 'accepted',
    reason: '',
    ...changes,
  }
}

export function fetch(changes: Partial<FetchKnown> = {}): FetchKnown {
  return {
    by: 'f01000',
    reader: 'by' in changes ? (changes.by ?? 'somebody-1') : 'f01000',
    from: '10.1.2.3',
    bytes: Math.ceil(2 * GIB * 0.62),
    size: 2 * GIB,
    first: Date.UTC(2026, 7, 21, 16, 35),
    last: Date.UTC(2026, 7, 21, 16, 40),
    ...changes,
  }
}
