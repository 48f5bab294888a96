/**
 * A store whose numbers are easy to reckon with: 3 copies of 1 GiB, deals of 1,000 epochs that are renewed 100 before their
 * end, 20 epochs for an offer. A copy costs 10,000 attoFIL at the first offer, and 10,000 more at each of 8 steps.
 */
import type { Decision } from '../../../src/keep/decide.ts'
import { type DealFacts, type Facts, type Standing, UNLISTED } from '../../../src/keep/facts.ts'

export const TERM = 1000
/** attoFIL. */
export const COPY = 10_000n

const STORE: Facts = {
  epoch: 1000,
  replicas: 3,
  term: TERM,
  lead: 100,
  startDelay: 20,
  cancelled: false,
  step: 0,
  openCopies: 0,
  openSince: 0,
  openStart: 0,
  crowded: false,
  deals: [],
  eligible: UNLISTED,
  pieceSize: 2 ** 30,
  price: 10n,
  maxPrice: 90n,
  money: 1_000_000n,
  openReserve: 0n,
}

export function storeOf(facts: Partial<Facts>): Facts {
  return { ...STORE, ...facts }
}

/** Each at a provider of its own, f01001, f01002 …; a number is the start of an active one. */
export function dealsOf(...made: readonly (number | Partial<DealFacts>)[]): DealFacts[] {
  return made.map((one, i) => {
    const given = typeof one === 'number' ? { startEpoch: one } : one
    const startEpoch = given.startEpoch ?? 500
    return {
      dealId: BigInt(100 - i),
      provider: BigInt(1001 + i),
      startEpoch,
      endEpoch: startEpoch + TERM,
      standing: 'active',
      closed: false,
      ...given,
    }
  })
}

export function deal(standing: Standing, startEpoch: number, closed = false): Partial<DealFacts> {
  return { standing, startEpoch, closed }
}

/** What a decision says when nothing is done. */
export const NOTHING: Omit<Decision, 'reason'> = {
  endsOpen: false,
  settles: false,
  copies: 0,
  startEpoch: 0,
  endEpoch: 0,
  step: 0,
  dueAt: 0,
}
