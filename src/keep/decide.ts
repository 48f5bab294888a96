/**
 * What is to be done for a store, and why: pure rules, line by line those of the contract, which alone acts on them.
 *
 * A copy is good while it is published or active and its end is more than `lead` away. What is not good, and not on offer,
 * is missing:
 *
 *   missing = replicas − good − on offer
 *
 * An offer has `startDelay` epochs to find its providers; then it is ended and made anew, one step dearer. What failed at the
 * ceiling has twice as long each time, up to 15 days, unless other copies wait: attempts cost a keeper's pay. A store has one
 * offer at a time. If no copy was lost, new deals start `startDelay + 1` epochs before the old ones end: a provider that
 * never activates is found out in time for one more attempt. Else they start as soon as may be.
 * @see contracts/perpetual/KeepRules.sol
 */
import { type DealFacts, type Facts, isLive } from './facts.ts'
import { offerPerEpoch, STEPS } from './offer.ts'
import type { Reason } from './reason.ts'

/** Boost declines a start further away (node/config/def.go: MaxDealStartDelay). */
const LONGEST_DELAY = 43_200
/** Three doublings make of the least delay the longest. */
const MAX_STEP = STEPS + 3

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
  /** Of the offer, 0 to 8; up to 11: at the ceiling, with more time. */
  readonly step: number
  /** Now if something is to be done; else the first epoch at which time alone changes the decision; 0: it does not. */
  readonly dueAt: number
}

/** Whether a poke would do something, and be paid. */
export function isDue({ copies, settles, endsOpen }: Decision): boolean {
  return copies > 0 || settles || endsOpen
}

/** What there is, counted. */
interface Tally {
  good: number
  /** Published or active. */
  live: number
  /** Of those, what stores now, or will by the time at which a new deal could start. */
  covering: number
  /** End epochs of live copies that are not good. */
  nearEnds: number[]
  /** A copy was missed or lost, and that is not written down. */
  failed: boolean
  /** When time alone changes something; 0: never. */
  dueAt: number
}

/** What a decision says that is made before anything is proposed. */
type Idle = Omit<Decision, 'reason' | 'dueAt'>

export function decide(f: Facts): Decision {
  const t = tally(f)
  const offerFails = hasFailed(f, t.good)
  const endsOpen = offerFails || (f.openCopies > 0 && f.cancelled)
  const step = offerFails && !f.cancelled && f.step < MAX_STEP ? f.step + 1 : f.step
  const settles = t.failed
  const idle: Idle = { endsOpen, settles, copies: 0, startEpoch: 0, endEpoch: 0, step }
  const acts = endsOpen || settles
  const dueAt = acts ? f.epoch : t.dueAt
  if (f.cancelled) return { ...idle, reason: 'cancelled', dueAt }

  const onOffer = endsOpen ? 0 : f.openCopies
  const missing = Math.max(f.replicas - t.good - onOffer, 0)
  let reason: Reason
  if (onOffer > 0) reason = 'awaiting'
  else if (missing === 0) reason = 'healthy'
  else if (f.crowded) reason = 'crowded'
  else if (f.eligible === 0) reason = 'no-providers'
  else {
    const proposed = propose(f, idle, t, missing, offerFails)
    if (proposed !== undefined) return proposed
    reason = 'no-money'
  }
  return { ...idle, reason: acts ? 'close' : reason, dueAt }
}

/** Whether the open offer has had its time. */
export function hasOfferFailed(f: Facts): boolean {
  return hasFailed(f, f.deals.filter((deal) => isGood(f, deal)).length)
}

function hasFailed(f: Facts, good: number): boolean {
  const { epoch, openCopies, openStart, openSince } = f
  return openCopies > 0 && (epoch > openStart || epoch > openSince + patienceFor(f, good))
}

/** What asks for fewer copies than are missing by now has no longer time than any other offer: the others wait for it. */
function patienceFor(f: Facts, good: number): number {
  return good + f.openCopies < f.replicas ? f.startDelay : delayOf(f, f.step)
}

function isGood({ epoch, lead }: Facts, deal: DealFacts): boolean {
  return isLive(deal) && deal.endEpoch - epoch > lead
}

/** Epochs that providers have for an offer at `step`. */
export function delayOf({ startDelay }: Pick<Facts, 'startDelay'>, step: number): number {
  return step <= STEPS ? startDelay : Math.min(startDelay * 2 ** (step - STEPS), LONGEST_DELAY)
}

function tally(f: Facts): Tally {
  const t: Tally = { good: 0, live: 0, covering: 0, nearEnds: [], failed: false, dueAt: 0 }
  for (const deal of f.deals) {
    const { startEpoch, endEpoch } = deal
    if (isLive(deal)) {
      t.live++
      if (startEpoch <= f.epoch + f.startDelay) t.covering++
      if (deal.standing === 'published') t.dueAt = earlier(t.dueAt, startEpoch + 1)
      if (isGood(f, deal)) {
        t.good++
        t.dueAt = earlier(t.dueAt, endEpoch - f.lead)
      } else {
        t.nearEnds.push(endEpoch)
        t.dueAt = earlier(t.dueAt, endEpoch)
      }
    } else if (!deal.closed && failed(deal, f.epoch)) t.failed = true
  }
  if (f.openCopies > 0) {
    const patience = f.openSince + patienceFor(f, t.good)
    t.dueAt = earlier(t.dueAt, Math.min(patience, f.openStart) + 1)
  }
  return t
}

/**
 * What ended did not fail, and is not settled for itself: it frees nothing, and its provider can ask f05. That a deal was
 * missed is only certain before its end: what f05 has forgotten afterwards may have been stored all the time.
 */
function failed({ standing, endEpoch }: DealFacts, epoch: number): boolean {
  return standing === 'terminated' || (standing === 'missed' && epoch < endEpoch)
}

/** Undefined when the money does not cover a copy. */
function propose(
  f: Facts,
  { endsOpen, step: raised }: Idle,
  t: Tally,
  missing: number,
  offerFails: boolean,
): Decision | undefined {
  const renewal = t.covering >= f.replicas && t.live - f.replicas < t.nearEnds.length
  let reason: Reason = renewal ? 'renewal' : 'missing'
  if (t.failed) reason = 'repair'
  if (offerFails) reason = f.step < STEPS ? 'retry' : 'at-ceiling'
  // A market that took the last offer may take a lower one.
  let step = reason === 'renewal' && raised > 0 ? Math.min(raised, STEPS) - 1 : raised

  const money = endsOpen ? f.money + f.openReserve : f.money
  let affordable = affordableAt(f, step, money)
  // Rather a lower offer than none.
  while (affordable === 0 && step > 0) affordable = affordableAt(f, --step, money)
  const copies = Math.min(missing, f.eligible, affordable)
  if (copies === 0) return undefined
  // Copies near their end wait for no dear offer.
  let startEpoch = f.epoch + (t.nearEnds.length > 0 ? f.startDelay : delayOf(f, step))
  if (renewal) {
    // The ends before this one have been followed by new deals already.
    const end = t.nearEnds.toSorted((a, b) => a - b)[t.live - f.replicas] ?? 0
    startEpoch = Math.max(startEpoch, end - f.startDelay - 1)
  }
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

/** Copies that the money covers, at most all. */
function affordableAt(f: Facts, step: number, money: bigint): number {
  const cost = offerPerEpoch(f.price, f.maxPrice, step, f.pieceSize) * BigInt(f.term)
  return money >= cost * BigInt(f.replicas) ? f.replicas : Number(money / cost)
}

/** 0 is never. */
function earlier(a: number, b: number): number {
  return a === 0 || b < a ? b : a
}
