/** A client contract in memory, for what watches it. */
import type { Chain, DealView, ProposalView } from '../../../src/chain/chain.ts'
import type { DealState } from '../../../src/deal/state.ts'
import { StorageError } from '../../../src/errors.ts'

export const ID = `0x${'ab'.repeat(32)}`

export const PROPOSAL: ProposalView = {
  proposalId: ID,
  pieceCid: 'baga6ea4seaqkxk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xky',
  pieceSize: 262_144,
  size: 200_000,
  label: 'l',
  url: 'https://depot.example/x',
  startEpoch: 5760n,
  endEpoch: 600_000n,
  pricePerEpoch: 1n,
  providerCollateral: 0n,
  clientCollateral: 0n,
  skipIpniAnnounce: false,
  removeUnsealedCopy: false,
  replicas: 2,
  published: 0,
  providers: [],
  dealIds: [],
  state: 'open',
}

export class FakeChain implements Chain {
  head = 100n
  looks = 0
  known: ProposalView[] = [PROPOSAL]
  deal: DealView[] = []
  failures: unknown[] = []

  /** A deal of the first proposal with id 7, 8, … in the given state. */
  publish(...states: DealState[]): void {
    this.deal = states.map((state, index) => ({
      dealId: BigInt(7 + index),
      proposalId: ID,
      provider: BigInt(1000 + index),
      publishedAt: 90n,
      activatedAt: state === 'active' ? 95n : undefined,
      startEpoch: PROPOSAL.startEpoch,
      endEpoch: PROPOSAL.endEpoch,
      state,
    }))
    this.known = [
      {
        ...PROPOSAL,
        published: states.length,
        dealIds: this.deal.map(({ dealId }) => dealId),
        state: states.length === PROPOSAL.replicas ? 'filled' : 'open',
      },
    ]
  }

  async epoch(): Promise<bigint> {
    this.looks += 1
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    return this.head
  }

  async proposals(ids?: readonly string[]): Promise<ProposalView[]> {
    const found = this.known.filter(({ proposalId }) => ids?.includes(proposalId) ?? true)
    if (ids !== undefined && found.length < ids.length)
      throw new StorageError('PROPOSAL_NOT_FOUND', { what: 'no such proposal' })
    return found
  }

  async deals(ids?: readonly bigint[]): Promise<DealView[]> {
    return this.deal.filter(({ dealId }) => ids?.includes(dealId) ?? true)
  }
}
