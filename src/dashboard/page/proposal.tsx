/** One proposal: its timeline, its terms, and what may be done about it. */
import { useEffect } from 'preact/hooks'
import { formatDuration, formatFil } from '../../deal/units.ts'
import { formatBytes } from '../../terminal/format.ts'
import type { OverviewDocument, ProposalDocument } from '../documents.ts'
import { Actions } from './actions.tsx'
import { useApi } from './api.ts'
import {
  Code,
  type Dates,
  Epoch,
  Fact,
  Facts,
  Outside,
  ProblemNote,
  StandingMark,
} from './parts.tsx'
import { Timeline } from './timeline.tsx'

interface Props {
  readonly id: string
  readonly overview: OverviewDocument
  readonly revision: number
  /** Told the name once it is known: the heading stands above. */
  readonly onName: (named: { id: string; name: string }) => void
}

export function Proposal({ id, overview, revision, onName }: Props) {
  const { data, failure } = useApi<ProposalDocument>(`/api/proposals/${id}`, revision)
  const name = data?.name
  useEffect(() => {
    if (name !== undefined) onName({ id, name })
  }, [id, name, onName])
  if (failure !== undefined && overview.chain.asOf !== null)
    return (
      <p class="note">
        This client has no proposal <Code>{id}</Code>
      </p>
    )
  if (data === undefined || data.proposal.proposalId !== id) return <p>Loading…</p>
  const dates = overview.epoch
  return (
    <>
      <p class="lead">
        <StandingMark standing={data.standing} /> <span>{data.why}</span>
      </p>
      {data.timelineProblem === null ? null : (
        <ProblemNote problem={data.timelineProblem} what="The timeline cannot be read" />
      )}
      {data.timeline === null ? null : (
        <Timeline timeline={data.timeline} deals={data.deals} dates={dates} />
      )}
      <Terms data={data} dates={dates} />
      <Actions data={data} overview={overview} />
    </>
  )
}

function Terms({ data, dates }: { data: ProposalDocument; dates: Dates }) {
  const { proposal, openUrl } = data
  const epochs = BigInt(proposal.endEpoch - proposal.startEpoch)
  const price = BigInt(proposal.pricePerEpoch)
  return (
    <section aria-labelledby="terms">
      <h2 id="terms">Terms</h2>
      <Facts>
        <Fact name="Piece">
          <Code>{proposal.pieceCid}</Code>
          <br />
          padded {formatBytes(proposal.pieceSize)}
        </Fact>
        <Fact name="Label">
          <Code>{proposal.label}</Code>
        </Fact>
        <Fact name="Fetched from">
          <Outside href={openUrl}>
            <Code>{proposal.url}</Code>
          </Outside>
        </Fact>
        <Fact name="Starts by">
          <Epoch epoch={proposal.startEpoch} dates={dates} />
        </Fact>
        <Fact name="Ends">
          <Epoch epoch={proposal.endEpoch} dates={dates} />, after {formatDuration(epochs)}
        </Fact>
        <Fact name="Price">
          {formatFil(price)} per epoch (30 s), {formatFil(price * epochs)} in all for a copy
        </Fact>
        <Fact name="Collateral">
          provider {formatFil(BigInt(proposal.providerCollateral))}, client{' '}
          {formatFil(BigInt(proposal.clientCollateral))} for a copy
        </Fact>
        <Fact name="Replicas">
          {data.deals.length} of {proposal.replicas} published
        </Fact>
        <Fact name="Proposal">
          <Code>{proposal.proposalId}</Code>
        </Fact>
      </Facts>
    </section>
  )
}
