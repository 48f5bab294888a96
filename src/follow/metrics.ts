/** What is followed in numbers, in the text format of Prometheus. */
import { EPOCH_SECONDS } from '../deal/units.ts'
import type { DealsDocument } from '../flow/documents.ts'

export interface FollowMeasured {
  /** Of the last look; undefined before the first. */
  readonly document: DealsDocument | undefined
  /** Looks that failed, and steps that a listener did not take at once, since it began. */
  readonly failedLooks: number
  readonly failedTells: number
}

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

const PROPOSAL_STATES = ['open', 'filled', 'lapsed', 'cancelled'] as const
const DEAL_STATES = ['published', 'active', 'missed', 'ended', 'terminated'] as const

export function followMetrics({ document, failedLooks, failedTells }: FollowMeasured): string {
  const lines: string[] = []
  const add = (
    name: string,
    help: string,
    samples: readonly Sample[],
    kind: 'gauge' | 'counter' = 'gauge',
  ): void => {
    const full = `sealift_follow_${name}`
    lines.push(`# HELP ${full} ${help}`, `# TYPE ${full} ${kind}`)
    for (const [labels, value] of samples) lines.push(`${full}${labelText(labels)} ${value}`)
  }
  add('failed_looks_total', 'Looks at the chain that failed.', one(failedLooks), 'counter')
  add('failed_tells_total', 'Steps that a webhook did not take.', one(failedTells), 'counter')
  if (document === undefined) return `${lines.join('\n')}\n`

  const { epoch, proposals, timelines } = document
  const deals = proposals.flatMap((proposal) => proposal.deals)
  add('last_epoch', 'Newest epoch that was seen.', one(epoch))
  add('proposals', 'Proposals by state.', count(proposals, PROPOSAL_STATES))
  add('deals', 'Deals by state.', count(deals, DEAL_STATES))

  const replicas = timelines.flatMap(({ proposalId, replicas: all }) =>
    all.map((replica) => ({ proposal: proposalId, ...replica })),
  )
  add(
    'waiting_seconds',
    'Chain time since the last thing that happened to a replica that waits.',
    replicas.flatMap(({ proposal, replica, waiting }): Sample[] =>
      waiting === null || waiting.since === null
        ? []
        : [
            [
              { proposal, replica: String(replica), for: waiting.for },
              Math.max(0, epoch - waiting.since) * EPOCH_SECONDS,
            ],
          ],
    ),
  )
  const days = replicas.flatMap(({ daysLeft }) => daysLeft ?? [])
  add(
    'days_left_min',
    'Days until the first active deal ends.',
    days.length === 0 ? [] : one(Math.min(...days)),
  )
  const refused = timelines
    .flatMap(({ steps, replicas: all }) => [...steps, ...all.flatMap((each) => each.steps)])
    .filter(({ step }) => step === 'refused')
  add('pushes_refused', 'Different refusals of providers.', one(refused.length))
  add(
    'fetch_percent',
    'What of a piece was sent to a reader, by the log of the depot.',
    timelines.flatMap(({ proposalId, fetches }) =>
      fetches.map(({ reader, percent }): Sample => [{ proposal: proposalId, reader }, percent]),
    ),
  )
  return `${lines.join('\n')}\n`
}

function one(value: number): Sample[] {
  return [[{}, value]]
}

function count(all: readonly { readonly state: string }[], states: readonly string[]): Sample[] {
  return states.map((state) => [{ state }, all.filter((each) => each.state === state).length])
}

/** @see https://prometheus.io/docs/instrumenting/exposition_formats */
function labelText(labels: Labels): string {
  const all = Object.entries(labels).map(([name, value]) => {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    return `${name}="${escaped}"`
  })
  return all.length === 0 ? '' : `{${all.join(',')}}`
}
