/**
 * Why a decision is what it is, in words: a sentence for each reason, and a line for a person with the numbers.
 * @see contracts/perpetual/KeepRules.sol for what each means, ReasonText.sol for the same sentences
 */
import { formatDuration, formatFil } from '../deal/units.ts'
import type { Decision } from './decide.ts'
import { type DealFacts, type Facts, isLive } from './facts.ts'
import { offerPerEpoch, STEPS } from './offer.ts'

const SENTENCES = {
  healthy: 'all copies are stored, and none is near its end',
  awaiting: 'a proposal waits for providers',
  first: 'the first proposal',
  retry: 'too few providers took the last offer: a higher one is due',
  'at-ceiling': 'too few providers took the highest offer that the policy allows',
  repair: 'a copy was lost, or never activated: it is replaced',
  renewal: 'a deal is near its end: it is renewed',
  missing: 'copies are missing: they are proposed',
  close: 'what failed is settled; nothing can be proposed now',
  'no-money': 'copies are missing, and the money does not cover one: top up',
  'no-providers': 'copies are missing, and every listed provider holds one',
  crowded: 'copies are missing, and too many attempts are under way',
  cancelled: 'the account has ended this store',
} as const

export type Reason = keyof typeof SENTENCES

/** In the order of the contract's enum. */
export const REASONS = Object.keys(SENTENCES) as readonly Reason[]

/** The contract's `why`. */
export function reasonText(reason: Reason): string {
  return SENTENCES[reason]
}

/**
 * One line: the reason, which copies there are and how long, what is proposed, and what is next and when. Not settled: that
 * anything of it is done.
 */
export function explain(facts: Facts, decision: Decision): string {
  return [
    reasonText(decision.reason),
    copiesLine(facts),
    ...proposalLine(facts, decision),
    nextLine(facts, decision),
  ].join('; ')
}

function copiesLine({ replicas, lead, epoch, deals, openCopies, openStart }: Facts): string {
  const live = deals.filter(isLive)
  const good = live.filter(({ endEpoch }) => endEpoch - epoch > lead).length
  const each = deals.filter(({ closed }) => !closed).map((deal) => dealText(deal))
  const open = openCopies === 0 ? [] : [`${openCopies} on offer to start at epoch ${openStart}`]
  const list = [...each, ...open]
  return `${good} of ${replicas} copies good${list.length === 0 ? '' : ` (${list.join(', ')})`}`
}

function dealText({ provider, standing, startEpoch, endEpoch }: DealFacts): string {
  const from = standing === 'published' ? ` from epoch ${startEpoch}` : ''
  return `f0${provider} ${standing}${from} until epoch ${endEpoch}`
}

function proposalLine(facts: Facts, { copies, startEpoch, endEpoch, step }: Decision): string[] {
  if (copies === 0) return []
  const price = offerPerEpoch(facts.price, facts.maxPrice, step, facts.pieceSize)
  const cost = price * BigInt(facts.term) * BigInt(copies)
  return [
    `${copies} more from epoch ${startEpoch} to ${endEpoch} at step ${Math.min(step, STEPS)} of ${STEPS}, for ${formatFil(cost)}`,
  ]
}

function nextLine({ epoch }: Facts, { reason, dueAt }: Decision): string {
  if (dueAt === 0)
    return reason === 'no-money'
      ? 'nothing more until there is money'
      : 'time alone changes nothing'
  if (dueAt <= epoch) return `due now, at epoch ${epoch}`
  return `next at epoch ${dueAt}, in ${formatDuration(BigInt(dueAt - epoch))}`
}
