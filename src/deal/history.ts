/**
 * The whole history of a client from its logs alone: who may do what, every proposal and deal, and where the money went.
 *
 * f05 writes no log that a client could show, so the fold expects of the escrow what the client's own events explain, and
 * books the difference when the contract says the next time what f05 holds (`EscrowSeen`, the last event of every
 * settlement and observation). With ΔE = escrow seen - expected and ΔL = locked seen - expected:
 *
 *   given              = max(0, ΔE)
 *   paidElsewhere      = max(0, -ΔE)
 *   refundedElsewhere  = -ΔL - paidElsewhere
 *
 * Between two looks others can give g, have x paid and have r refunded: ΔE = g - x and ΔL = -x - r, three unknowns in two
 * equations. So a gift and a payment of one interval offset each other: `given` and `paidElsewhere` are then too small
 * and `refundedElsewhere` is too large, each by the smaller of g and x. Where g or x is 0 all three are exact, and
 * in every case given - paidElsewhere = g - x and paidElsewhere + refundedElsewhere = x + r.
 *
 * What a closed deal got back is certain only where this client's settlement made f05 close it (`Closing.certain`).
 * Elsewhere an outcome is what was likely when somebody looked, and the money may have been seen to move long before.
 * @see contracts/interfaces/IDealClient.sol
 */
import type { ClientEvent } from './client-event.ts'
import type { ClientHistory } from './client-history.ts'
import { contradiction, demand } from './contradiction.ts'
import {
  activate,
  announce,
  book,
  close,
  closeDeal,
  type Draft,
  look,
  NOBODY,
  propose,
  publish,
  setProposer,
  settle,
  transfer,
} from './history-steps.ts'
import { EMPTY_ACCOUNTS } from './ledger.ts'

/**
 * @param events All of one client from its creation on, in the order of the chain. A part from the beginning on gives the
 *   history up to there, if it does not end within a transaction.
 * @throws ARGUMENT_INVALID for events that no client can emit in this order, such as those of a range that starts late
 */
export function foldHistory(events: Iterable<ClientEvent>): ClientHistory {
  const draft: Draft = {
    owner: NOBODY,
    pendingOwner: undefined,
    paused: false,
    proposers: new Map(),
    proposals: new Map(),
    deals: new Map(),
    ledger: [],
    accounts: EMPTY_ACCOUNTS,
    escrowSeen: undefined,
    previous: undefined,
    newestDeal: -1n,
    found: [],
  }
  for (const event of events) {
    requireOrder(draft, event)
    apply(draft, event)
    draft.previous = event
  }
  if (draft.owner === NOBODY) throw contradiction('no event tells of the creation of the client')
  requireAnnounced(draft, undefined)
  const { previous: _, newestDeal: __, found: ___, ...history } = draft
  return history
}

function apply(draft: Draft, event: ClientEvent): void {
  switch (event.name) {
    case 'OwnershipTransferStarted':
      demand(event, event.from === draft.owner, 'it is not the owner who offers the ownership')
      draft.pendingOwner = event.to === NOBODY ? undefined : event.to
      return
    case 'OwnershipTransferred':
      return transfer(draft, event)
    case 'ProposerSet':
      return setProposer(draft, event)
    case 'PausedSet':
      draft.paused = event.paused
      return
    case 'DealProposalCreate':
      return announce(draft, event)
    case 'ProposalMade':
      return propose(draft, event)
    case 'ProposalCancelled':
      return close(draft, event, 'cancelled')
    case 'ProposalReleased':
      return close(draft, event, 'released')
    case 'DealPublished':
      return publish(draft, event)
    case 'DealActivated':
      return activate(draft, event)
    case 'DealSettled':
      return settle(draft, event)
    case 'DealClosed':
      return closeDeal(draft, event)
    case 'EscrowSeen':
      return look(draft, event)
    case 'EscrowDeposited':
      return book(draft, { kind: 'deposited', epoch: event.epoch, amount: event.amount })
    case 'EscrowWithdrawn':
      return book(draft, { kind: 'escrowWithdrawn', epoch: event.epoch, amount: event.amount })
    case 'Received': {
      const { epoch, amount, from } = event
      return book(draft, { kind: 'received', epoch, amount, from })
    }
    case 'Withdrawn': {
      const { epoch, amount, to } = event
      return book(draft, { kind: 'withdrawn', epoch, amount, to })
    }
    default:
      event satisfies never
  }
}

/* ORDER */

function requireOrder(draft: Draft, event: ClientEvent): void {
  const { previous, owner } = draft
  demand(event, previous === undefined || event.epoch >= previous.epoch, 'epochs go back')
  // A clone that nobody initialised yet can be sent money and be looked at, no more.
  const early = ['OwnershipTransferred', 'Received', 'EscrowSeen'].includes(event.name)
  demand(event, owner !== NOBODY || early, 'the creation of the client was not told before')
  requireAnnounced(draft, event)
}

/** A first announcement and what was proposed come together. */
function requireAnnounced({ previous, proposals }: Draft, next: ClientEvent | undefined): void {
  if (previous?.name !== 'DealProposalCreate' || proposals.has(previous.proposalId)) return
  const told = next?.name === 'ProposalMade' && next.proposalId === previous.proposalId
  demand(previous, told, 'what was proposed is not told')
}
