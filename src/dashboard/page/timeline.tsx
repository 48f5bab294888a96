/** What happened to a proposal and each of its replicas, as lists that can be read aloud. */
import type { ProposalTimeline, ReplicaTimeline, Step, Waiting } from '../../timeline/timeline.ts'
import { formatPlural } from '../../terminal/format.ts'
import type { ShownDeal } from '../documents.ts'
import { type Dates, Epoch, Instant, Mark, Outside } from './parts.tsx'
import { AWAITED, capital, type Tone, toneOf } from './words.ts'

interface Props {
  readonly timeline: ProposalTimeline
  readonly deals: readonly ShownDeal[]
  readonly dates: Dates
}

export function Timeline({ timeline, deals, dates }: Props) {
  return (
    <>
      <section aria-labelledby="proposal-steps">
        <h2 id="proposal-steps">The proposal</h2>
        <Steps steps={timeline.steps} waiting={null} dates={dates} />
      </section>
      {timeline.replicas.map((replica) => (
        <Replica
          key={replica.replica}
          replica={replica}
          deal={deals.find(({ dealId }) => dealId === replica.dealId)}
          dates={dates}
        />
      ))}
    </>
  )
}

interface ReplicaProps {
  readonly replica: ReplicaTimeline
  readonly deal: ShownDeal | undefined
  readonly dates: Dates
}

function Replica({ replica, deal, dates }: ReplicaProps) {
  const id = `copy-${replica.replica}`
  const { provider, dealId, daysLeft } = replica
  return (
    <section aria-labelledby={id} class="replica">
      <h2 id={id}>
        Replica {replica.replica}
        <small>
          {provider === null ? ' at nobody yet' : ` at ${provider}`}
          {dealId === null ? null : (
            <>
              {', '}
              <Outside href={deal?.link ?? null}>deal {dealId}</Outside>
            </>
          )}
          {daysLeft === null ? null : `, ${formatPlural(Math.floor(daysLeft), 'day')} left`}
        </small>
      </h2>
      <Steps steps={replica.steps} waiting={replica.waiting} dates={dates} />
    </section>
  )
}

interface StepsProps {
  readonly steps: readonly Step[]
  readonly waiting: Waiting | null
  readonly dates: Dates
}

function Steps({ steps, waiting, dates }: StepsProps) {
  if (steps.length === 0 && waiting === null) return <p>Nothing is known.</p>
  return (
    <ol class="timeline">
      {steps.map((step) => (
        <StepItem key={step.id} step={step} dates={dates} />
      ))}
      {waiting === null ? null : <WaitingItem waiting={waiting} dates={dates} />}
    </ol>
  )
}

/** What the mark says, for whoever hears the page. */
const TOLD: Readonly<Record<Tone, string>> = {
  good: 'done',
  wait: 'under way',
  bad: 'problem',
  over: 'over',
}

function StepItem({ step, dates }: { step: Step; dates: Dates }) {
  const tone = toneOf(step.step)
  return (
    <li class={tone}>
      <Mark tone={tone} />
      <div>
        <p>
          <span class="unseen">{TOLD[tone]}: </span>
          {capital(step.text)}
        </p>
        <p class="source">
          <When step={step} dates={dates} />
          <Outside href={step.link ?? null}>{step.source}</Outside>
        </p>
      </div>
    </li>
  )
}

function When({ step, dates }: { step: Step; dates: Dates }) {
  if (step.epoch !== null)
    return (
      <>
        <Epoch epoch={step.epoch} dates={dates} /> ·{' '}
      </>
    )
  if (step.at === null) return null
  return (
    <>
      <Instant at={new Date(step.at)} /> ·{' '}
    </>
  )
}

function WaitingItem({ waiting, dates }: { waiting: Waiting; dates: Dates }) {
  return (
    <li class="wait">
      <Mark tone="wait" />
      <div>
        <p>
          <strong>Waits for {AWAITED[waiting.for]}:</strong> {waiting.why}
        </p>
        <p class="source">Usual: {waiting.usual}</p>
        {waiting.until === null ? null : (
          <p class="source">
            At the latest: <Epoch epoch={waiting.until} dates={dates} />
          </p>
        )}
      </div>
    </li>
  )
}
