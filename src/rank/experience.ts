/** What a client's own proposals, deals and pushes say of one provider. */
import type { DealState, ProposalState } from '../deal/state.ts'
import type { Experience } from './facts.ts'

export interface KnownProposal {
  readonly proposalId: string
  readonly state: ProposalState
  /** Actor ids that may publish; empty: any. */
  readonly providers: readonly bigint[]
  /** Epoch; undefined where the logs are not to be had. */
  readonly madeAt: bigint | undefined
  readonly deals: readonly {
    readonly provider: bigint
    readonly publishedAt: bigint
    readonly activatedAt: bigint | undefined
    readonly state: DealState
  }[]
}

/** One answer to a proposal that was offered directly. @see src/relay/push-record.ts */
export interface KnownPush {
  readonly proposalId: string
  readonly provider: bigint
  /** Unix milliseconds. */
  readonly at: number
  readonly outcome: 'accepted' | 'refused' | 'unreachable' | 'unclear'
  readonly reason: string
}

const KEPT: ReadonlySet<DealState> = new Set(['active', 'ended'])
const LOST: ReadonlySet<DealState> = new Set(['missed', 'terminated'])

export function experienceOf(
  provider: bigint,
  proposals: readonly KnownProposal[],
  pushes: readonly KnownPush[],
): Experience {
  const deals = proposals.flatMap((proposal) =>
    proposal.deals
      .filter((deal) => deal.provider === provider)
      .map((deal) => ({ ...deal, madeAt: proposal.madeAt })),
  )
  const answers = lastOfEach(pushes.filter((push) => push.provider === provider))
  const refusals = answers.filter(({ outcome }) => outcome === 'refused')
  const ignored = proposals.filter(
    ({ state, providers, deals: all }) =>
      state === 'lapsed' &&
      providers.includes(provider) &&
      !all.some((deal) => deal.provider === provider),
  )
  return {
    kept: deals.filter(({ state }) => KEPT.has(state)).length,
    lost: deals.filter(({ state }) => LOST.has(state)).length,
    pending: deals.filter(({ state }) => state === 'published').length,
    accepted: answers.filter(({ outcome }) => outcome === 'accepted').length,
    refused: refusals.length,
    unreachable: answers.filter(({ outcome }) => outcome === 'unreachable').length,
    lastRefusal: refusals.toSorted((a, b) => a.at - b.at).at(-1)?.reason,
    // A refusal said in words is one already.
    ignored: ignored.filter(
      ({ proposalId }) => !refusals.some((push) => push.proposalId === proposalId),
    ).length,
    toPublish: ascending(
      deals.flatMap(({ publishedAt, madeAt }) =>
        madeAt === undefined ? [] : publishedAt - madeAt,
      ),
    ),
    toActive: ascending(
      deals.flatMap(({ publishedAt, activatedAt }) =>
        activatedAt === undefined ? [] : activatedAt - publishedAt,
      ),
    ),
  }
}

/** A proposal that was pushed again counts once, as it was answered last. */
function lastOfEach(pushes: readonly KnownPush[]): KnownPush[] {
  const last = new Map<string, KnownPush>()
  for (const push of pushes.toSorted((a, b) => a.at - b.at)) last.set(push.proposalId, push)
  return [...last.values()]
}

function ascending(epochs: readonly bigint[]): bigint[] {
  return epochs.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
