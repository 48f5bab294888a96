/**
 * What is to be done for a store, and why: pure rules, line by line those of the contract, which alone acts on them.
 *
 * A copy is good while it is published or active and its end is more than `lead` away. What is not good, and not on offer,
 * is missing:
 *
 *   missing = replicas − good − on offer
 *
 * An offer has `startDelay` epochs to find its providers; then it is ended and made anew, one step dearer. A store has one
 * offer at a time. If no copy was lost, the new deals start where the old ones end, so that no epoch is paid twice; else as
 * soon as may be.
 * @see contracts/perpetual/KeepRules.sol
 */
import type { Facts } from './facts.ts'
import { offerPerEpoch, STEPS } from './offer.ts'
import type { Reason } from './reason.ts'

export interface Decision {
  readonly reason: Reason
  /** Ends the open attempt: cancels it, or releases what it reserved. */
  readonly endsOpen: boolean
  /** Has f05 settle what failed, and writes down how deals went. */
  readonly settles: boolean
  /** To propose; 0: nothing. */
  readonly copies: number
  /** Of the proposal, epochs; 0 without one. */
  readonly startEpoch: number
  readonly endEpoch: number
  /** Of the offer, 0 to 8. */
  readonly step: number
  /** Now if something is to be done; else the first epoch at which time alone changes the decision; 0: it does not. */
  readonly dueAt: number
}

/** Whether a poke would do something, and be paid. */
export function isDue({ copies, settles, endsOpen }: Decision): boolean {
  return copies > 0 || settles || endsOpen
}

/** What `count` finds in the deals. */
interface Count {
  good: number
  live: number
  /** Of copies near their end, the first; 0: none. */
  firstEnd: number
  failed: boolean
  settles: boolean
  dueAt: number
}

export function decide(f: Facts): Decision {
  const counted = count(f)
  const offerFails =
    f.openCopies > 0 && (f.epoch > f.openStart || f.epoch > f.openSince + f.startDelay)
  const endsOpen = offerFails || (f.openCopies > 0 && f.cancelled)
  const step = offerFails && f.step < STEPS ? f.step + 1 : f.step
  const nothing = {
    endsOpen,
    settles: counted.settles,
    copies: 0,
    startEpoch: 0,
    endEpoch: 0,
    step,
  }
  const done = endsOpen || counted.settles
  const dueAt = done ? f.epoch : counted.dueAt

  if (f.cancelled) return { ...nothing, reason: 'cancelled', dueAt }
  const onOffer = endsOpen ? 0 : f.openCopies
  const missing = Math.max(f.replicas - counted.good - onOffer, 0)
  let reason: Reason
  if (onOffer > 0) reason = 'awaiting'
  else if (missing === 0) reason = 'healthy'
  else if (f.crowded) reason = 'crowded'
  else if (f.eligible === 0) reason = 'no-providers'
  else {
    const proposed = propose(f, nothing, missing, counted, offerFails)
    if (proposed !== undefined) return proposed
    reason = 'no-money'
  }
  return { ...nothing, reason: done ? 'close' : reason, dueAt }
}

function count(f: Facts): Count {
  const c: Count = { good: 0, live: 0, firstEnd: 0, failed: false, settles: false, dueAt: 0 }
  if (f.openCopies > 0) c.dueAt = Math.min(f.openSince + f.startDelay, f.openStart) + 1
  for (const { closed, standing, startEpoch, endEpoch } of f.deals) {
    if (closed) continue
    if (standing === 'published' || standing === 'active') {
      c.live++
      if (standing === 'published') c.dueAt = earlier(c.dueAt, startEpoch + 1)
      if (endEpoch - f.epoch > f.lead) {
        c.good++
        c.dueAt = earlier(c.dueAt, endEpoch - f.lead)
      } else {
        c.firstEnd = earlier(c.firstEnd, endEpoch)
        c.dueAt = earlier(c.dueAt, endEpoch)
      }
    } else if (standing === 'ended') {
      // Nothing is freed by settling it: the provider asks f05 for its pay, or the next proposal does.
      if (f.cancelled) c.settles = true
    } else {
      c.settles = c.failed = true
    }
  }
  return c
}

/** Undefined when the money does not cover a copy. */
function propose(
  f: Facts,
  { endsOpen, step: raised }: Pick<Decision, 'endsOpen' | 'step'>,
  missing: number,
  { live, firstEnd, failed }: Count,
  offerFails: boolean,
): Decision | undefined {
  const renews = live >= f.replicas && firstEnd !== 0
  let reason: Reason
  if (offerFails) reason = f.step < STEPS ? 'retry' : 'at-ceiling'
  else if (failed) reason = 'repair'
  else reason = renews ? 'renewal' : 'missing'
  // A market that took the last offer may take a lower one.
  const step = reason === 'renewal' && raised > 0 ? raised - 1 : raised

  const cost = offerPerEpoch(f.price, f.maxPrice, step, f.pieceSize) * BigInt(f.term)
  const money = endsOpen ? f.money + f.openReserve : f.money
  const wanted = Math.min(missing, f.eligible)
  const copies = cost > 0n ? least(wanted, money / cost) : wanted
  if (copies === 0) return undefined
  const soonest = f.epoch + f.startDelay
  const startEpoch = renews && firstEnd > soonest ? firstEnd : soonest
  return {
    reason,
    endsOpen,
    // What is written down now need not be guessed when f05 has forgotten it.
    settles: f.deals.length > 0,
    copies,
    startEpoch,
    endEpoch: startEpoch + f.term,
    step,
    dueAt: f.epoch,
  }
}

/** 0 is never. */
function earlier(a: number, b: number): number {
  return a === 0 || b < a ? b : a
}

function least(a: number, b: bigint): number {
  return b < BigInt(a) ? Number(b) : a
}
