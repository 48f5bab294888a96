/**
 * What a client contract tells in its logs, decoded: the names and the order of fields are the contract's.
 * @see contracts/interfaces/IDealClient.sol, contracts/client/Owned.sol, Proposers.sol
 */
import type { DealState } from './state.ts'
import type { DealTerms } from './terms.ts'

/** How a deal can be over. */
export type Outcome = Extract<DealState, 'missed' | 'ended' | 'terminated'>

/** Amounts are attoFIL, accounts 0x addresses in one spelling throughout, proposal ids 0x and 64 hex digits. */
type Told =
  | { readonly name: 'OwnershipTransferStarted'; readonly from: string; readonly to: string }
  /** `from` is the zero address once: when the client is created. */
  | { readonly name: 'OwnershipTransferred'; readonly from: string; readonly to: string }
  | {
      readonly name: 'ProposerSet'
      readonly proposer: string
      /** Per window; 0: no proposer. */
      readonly limit: bigint
      /** Epochs. */
      readonly window: bigint
    }
  | { readonly name: 'PausedSet'; readonly paused: boolean }
  | {
      readonly name: 'DealProposalCreate'
      readonly proposalId: string
      /** Padded bytes. */
      readonly pieceSize: number
      readonly pricePerEpoch: bigint
    }
  | {
      readonly name: 'ProposalMade'
      readonly proposalId: string
      readonly proposer: string
      /** For all replicas. */
      readonly reserved: bigint
      /** The request, decoded; its piece CID is one of version 1. */
      readonly terms: DealTerms
    }
  | {
      readonly name: 'ProposalCancelled' | 'ProposalReleased'
      readonly proposalId: string
      readonly released: bigint
    }
  | {
      readonly name: 'DealPublished'
      readonly proposalId: string
      readonly dealId: bigint
      /** Actor id. */
      readonly provider: bigint
    }
  | { readonly name: 'DealActivated'; readonly dealId: bigint; readonly activatedAt: bigint }
  | {
      readonly name: 'DealSettled'
      readonly dealId: bigint
      readonly paid: bigint
      readonly completed: boolean
    }
  | { readonly name: 'DealClosed'; readonly dealId: bigint; readonly outcome: Outcome }
  | { readonly name: 'EscrowSeen'; readonly escrow: bigint; readonly locked: bigint }
  | { readonly name: 'EscrowDeposited' | 'EscrowWithdrawn'; readonly amount: bigint }
  | { readonly name: 'Received'; readonly from: string; readonly amount: bigint }
  | { readonly name: 'Withdrawn'; readonly to: string; readonly amount: bigint }

export type ClientEvent = Told & { readonly epoch: bigint }

export type EventOf<Name extends ClientEvent['name']> = Extract<
  ClientEvent,
  { readonly name: Name }
>
