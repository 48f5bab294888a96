/** What watching needs of a chain: the port behind which the client contract stands, and fakes in tests. */
import type { DealState, ProposalState } from '../deal/state.ts'
import type { DealTerms } from '../deal/terms.ts'

/** A proposal as the client contract tells it; its piece CID is one of version 1. */
export interface ProposalView extends DealTerms {
  /** 0x and 64 hex digits. */
  readonly proposalId: string
  /** Replicas published so far. */
  readonly published: number
  readonly dealIds: readonly bigint[]
  readonly state: ProposalState
}

export interface DealView {
  readonly dealId: bigint
  readonly proposalId: string
  /** Actor id. */
  readonly provider: bigint
  /** Epoch. */
  readonly publishedAt: bigint
  /** Epoch; undefined while never seen active. */
  readonly activatedAt: bigint | undefined
  readonly startEpoch: bigint
  readonly endEpoch: bigint
  readonly state: DealState
}

export interface Chain {
  /** The newest epoch. @throws NODE_UNREACHABLE */
  epoch(): Promise<bigint>
  /** Those named, or all, in the order of creation. @throws PROPOSAL_NOT_FOUND, NODE_UNREACHABLE */
  proposals(ids?: readonly string[]): Promise<ProposalView[]>
  /** Those named, or all, in the order of publication. @throws CONTRACT_REFUSED, NODE_UNREACHABLE */
  deals(ids?: readonly bigint[]): Promise<DealView[]>
}
