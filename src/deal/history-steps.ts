/** What each event of a client adds to its history, and which event cannot come then. */
import type { ClientEvent, EventOf } from './client-event.ts'
import {
  type ClientHistory,
  type DealHistory,
  type ProposalHistory,
  proposalStateAt,
  type ProposerHistory,
} from './client-history.ts'
import { contradiction, demand, demandAmount } from './contradiction.ts'
import { costOf } from './cost.ts'
import { accountsAfter, type Accounts, type LedgerEntry } from './ledger.ts'

export interface Draft extends ClientHistory {
  owner: string
  pendingOwner: string | undefined
  paused: boolean
  readonly proposers: Map<string, ProposerHistory>
  readonly proposals: Map<string, ProposalHistory>
  readonly deals: Map<bigint, DealHistory>
  readonly ledger: LedgerEntry[]
  accounts: Accounts
  escrowSeen: ClientHistory['escrowSeen']
  /** The event before this one. */
  previous: ClientEvent | undefined
  newestDeal: bigint
  /** Deals that were found gone since the last look at the escrow. */
  found: bigint[]
}

export const NOBODY = '0x0000000000000000000000000000000000000000'

/* OWNER AND PROPOSERS */

export function transfer(draft: Draft, event: EventOf<'OwnershipTransferred'>): void {
  demand(event, event.from === draft.owner, 'it is not the owner who hands the ownership over')
  if (draft.owner !== NOBODY)
    demand(event, event.to === draft.pendingOwner, 'the ownership was not offered to who takes it')
  draft.owner = event.to
  draft.pendingOwner = undefined
}

export function setProposer(
  draft: Draft,
  { proposer, limit, window }: EventOf<'ProposerSet'>,
): void {
  const { spent, current } = draft.proposers.get(proposer) ?? { spent: 0n, current: 0n }
  draft.proposers.set(proposer, { limit, window, spent, current })
}

/** What a proposer reserves counts in the window of its epoch; the owner's does not. @see Proposers.sol `_spend` */
function spend(draft: Draft, event: EventOf<'ProposalMade'>): void {
  demand(event, !draft.paused, 'new proposals are paused')
  if (event.proposer === draft.owner) return
  const before = draft.proposers.get(event.proposer)
  if (before === undefined || before.limit === 0n)
    throw contradiction(`${event.proposer} may not propose`, event)
  const current = event.epoch / before.window
  const spent = current === before.current ? before.spent : 0n
  // A limit may have been set below what was spent. Then only what costs nothing may be proposed.
  const left = before.limit > spent ? before.limit - spent : 0n
  demand(event, event.reserved <= left, `${event.proposer} passes its limit`)
  draft.proposers.set(event.proposer, { ...before, spent: spent + event.reserved, current })
}

/* PROPOSALS */

/** Of a proposal that is there, or of the one that the next event tells of. */
export function announce(draft: Draft, event: EventOf<'DealProposalCreate'>): void {
  const proposal = draft.proposals.get(event.proposalId)
  if (proposal === undefined) return
  demand(event, isOpen(proposal, event.epoch), 'the proposal is not open')
  const announcedAt = [...proposal.announcedAt, event.epoch]
  draft.proposals.set(event.proposalId, { ...proposal, announcedAt })
}

export function propose(draft: Draft, event: EventOf<'ProposalMade'>): void {
  const { epoch, proposalId, proposer, reserved, terms } = event
  const { previous } = draft
  const announced = previous?.name === 'DealProposalCreate' && previous.proposalId === proposalId
  demand(event, announced, 'the proposal was not announced')
  demand(event, !draft.proposals.has(proposalId), 'there is such a proposal already')
  demandAmount(event, costOf(terms).total, reserved)
  spend(draft, event)
  draft.proposals.set(proposalId, {
    proposalId,
    proposer,
    madeAt: epoch,
    announcedAt: [epoch],
    terms,
    dealIds: [],
    closed: undefined,
  })
  book(draft, { kind: 'reserved', epoch, amount: reserved, proposalId })
}

export function close(
  draft: Draft,
  event: EventOf<'ProposalCancelled' | 'ProposalReleased'>,
  how: 'cancelled' | 'released',
): void {
  const { epoch, proposalId, released } = event
  const proposal = knownProposal(draft, event)
  const { state } = proposalStateAt(proposal, epoch)
  demand(event, state === (how === 'cancelled' ? 'open' : 'lapsed'), `the proposal is ${state}`)
  demand(event, proposal.closed === undefined, 'its reservation has ended before')
  const missing = BigInt(proposal.terms.replicas - proposal.dealIds.length)
  demandAmount(event, costOf(proposal.terms).perReplica * missing, released)
  draft.proposals.set(proposalId, { ...proposal, closed: { how, epoch, released } })
  book(draft, { kind: 'released', epoch, amount: released, proposalId })
}

/* DEALS */

export function publish(draft: Draft, event: EventOf<'DealPublished'>): void {
  const { epoch, proposalId, dealId, provider } = event
  const proposal = knownProposal(draft, event)
  const { terms, dealIds } = proposal
  demand(event, isOpen(proposal, epoch), 'the proposal is not open')
  demand(event, dealId > draft.newestDeal, 'deal ids do not ascend')
  const listed = terms.providers.length === 0 || terms.providers.includes(provider)
  demand(event, listed, `f0${provider} is not listed`)
  const again = dealIds.some((id) => draft.deals.get(id)?.provider === provider)
  demand(event, !again, `f0${provider} has a copy already`)
  draft.newestDeal = dealId
  draft.proposals.set(proposalId, { ...proposal, dealIds: [...dealIds, dealId] })
  draft.deals.set(dealId, {
    dealId,
    proposalId,
    provider,
    publishedAt: epoch,
    activatedAt: undefined,
    settledAt: [],
    paid: 0n,
    closed: undefined,
  })
  book(draft, { kind: 'locked', epoch, amount: costOf(terms).perReplica, dealId })
}

export function activate(draft: Draft, event: EventOf<'DealActivated'>): void {
  const deal = runningDeal(draft, event)
  demand(event, deal.activatedAt === undefined, 'the activation was recorded before')
  draft.deals.set(deal.dealId, { ...deal, activatedAt: event.activatedAt })
}

export function settle(draft: Draft, event: EventOf<'DealSettled'>): void {
  const { epoch, dealId, paid } = event
  const deal = runningDeal(draft, event)
  const settledAt = [...deal.settledAt, epoch]
  draft.deals.set(dealId, { ...deal, settledAt, paid: deal.paid + paid })
  book(draft, { kind: 'paid', epoch, amount: paid, dealId })
}

export function closeDeal(draft: Draft, event: EventOf<'DealClosed'>): void {
  const { epoch, dealId, outcome } = event
  const deal = runningDeal(draft, event)
  const refund = refundOf(draft, event)
  draft.deals.set(dealId, { ...deal, closed: { outcome, epoch, certain: refund !== undefined } })
  if (refund === undefined) draft.found.push(dealId)
  else book(draft, { kind: 'refunded', epoch, amount: refund, dealId })
}

/** What f05 unlocked when this client's settlement, the event before, closed the deal; undefined when it did not. */
function refundOf(
  { previous, deals, proposals }: Draft,
  { dealId, outcome }: EventOf<'DealClosed'>,
): bigint | undefined {
  if (previous?.name !== 'DealSettled' || previous.dealId !== dealId) return undefined
  const terms = proposals.get(deals.get(dealId)?.proposalId ?? '')?.terms
  if (terms === undefined) return undefined
  if (outcome === 'ended' && previous.completed) return terms.clientCollateral
  const timedOut = outcome === 'missed' && !previous.completed && previous.paid === 0n
  return timedOut ? costOf(terms).perReplica : undefined
}

/* MONEY */

/** Books what others did at f05 since the last look. */
export function look(draft: Draft, event: EventOf<'EscrowSeen'>): void {
  const { epoch, escrow, locked } = event
  const gap = escrow - draft.accounts.escrow
  if (gap > 0n) book(draft, { kind: 'given', epoch, amount: gap })
  else book(draft, { kind: 'paidElsewhere', epoch, amount: -gap })
  const amount = draft.accounts.locked - locked
  demand(event, amount >= 0n, 'f05 locks more than was published')
  book(draft, { kind: 'refundedElsewhere', epoch, amount, found: draft.found })
  draft.escrowSeen = { epoch, escrow, locked }
  draft.found = []
}

export function book(draft: Draft, entry: LedgerEntry): void {
  if (entry.amount === 0n) return
  draft.ledger.push(entry)
  draft.accounts = accountsAfter(draft.accounts, entry)
}

function isOpen(proposal: ProposalHistory, epoch: bigint): boolean {
  return proposalStateAt(proposal, epoch).state === 'open'
}

function knownProposal(
  { proposals }: Draft,
  event: ClientEvent & { readonly proposalId: string },
): ProposalHistory {
  const proposal = proposals.get(event.proposalId)
  if (proposal === undefined) throw contradiction('the proposal is not known', event)
  return proposal
}

/** One that was not closed. */
function runningDeal(
  { deals }: Draft,
  event: ClientEvent & { readonly dealId: bigint },
): DealHistory {
  const deal = deals.get(event.dealId)
  if (deal === undefined) throw contradiction('the deal is not known', event)
  demand(event, deal.closed === undefined, 'the deal was closed before')
  return deal
}
