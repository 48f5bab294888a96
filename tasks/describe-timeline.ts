/**
 * A timeline as a person reads it, 80 columns wide, without colours:
 *
 *     replica 1 of 2, f01000, deal 7
 *       2026-08-21 16:23  published by f01000 as deal 7
 *                         event DealPublished of 0x5fbd…, transaction 0x12ab…
 *       waits for active  f01000 seals it, of which the chain shows nothing …
 *                         usual: Boost plans 24 h …
 */
import type { StepDocument } from '../src/follow/step-document.ts'
import type { ProposalTimeline, ReplicaTimeline, Step, Waiting } from '../src/timeline/timeline.ts'
import { formatCount } from '../src/terminal/format.ts'

const WIDTH = 80
const INDENT = 2
const COLUMN = 18
/** Below it a line would hold no word. */
const LEAST_WIDTH = 20

export function describeTimeline(timeline: ProposalTimeline, genesis?: number): string[] {
  const count = timeline.replicas.length
  return [
    ...timeline.steps.flatMap((step) => describeStep(step, genesis)),
    ...timeline.replicas.flatMap((replica) => ['', ...describeReplica(replica, count, genesis)]),
  ]
}

function describeReplica(
  { replica, provider, dealId, steps, waiting, daysLeft }: ReplicaTimeline,
  count: number,
  genesis: number | undefined,
): string[] {
  const head = [
    count > 1 ? `replica ${replica} of ${count}` : `replica ${replica}`,
    provider ?? 'no provider yet',
    ...(dealId === null ? [] : [`deal ${dealId}`]),
    ...(daysLeft === null ? [] : [`${formatCount(daysLeft)} days left`]),
  ]
  const lines = [head.join(', '), ...steps.flatMap((step) => describeStep(step, genesis))]
  if (waiting === null) return lines
  lines.push(...row('waits', `for ${waiting.for}: ${waiting.why}`))
  lines.push(...row('', `usual: ${waiting.usual}`))
  if (waiting.until !== null)
    lines.push(...row('', `at the latest: epoch ${whenOf(waiting.until, genesis)}`))
  return lines
}

function describeStep(step: Step, genesis?: number): string[] {
  return [
    ...row(timeOf(step, genesis), step.text),
    ...row('', step.source),
    ...(step.link === undefined ? [] : row('', step.link)),
  ]
}

/** As it is told live, in one line. */
export function stepLine(told: StepDocument): string {
  const { proposalId, replica, epoch, at, text, source, link } = told
  const time = at?.slice(0, 16).replace('T', ' ') ?? (epoch === null ? 'now' : `epoch ${epoch}`)
  const of = `${proposalId.slice(0, 10)}${replica === null ? '' : ` replica ${replica}`}`
  return `${time}  ${of}  ${text} [${source}]${link === undefined ? '' : ` ${link}`}`
}

/** What a replica waits for now, in one line. */
export function waitingLine(proposalId: string, replica: number, waiting: Waiting): string {
  return `${proposalId.slice(0, 10)} replica ${replica} waits for ${waiting.for}: ${waiting.why}. Usual: ${waiting.usual}`
}

function timeOf({ epoch, at }: Step, genesis: number | undefined): string {
  if (at !== null) return at.slice(0, 16).replace('T', ' ')
  if (epoch === null) return ''
  return genesis === undefined ? `epoch ${formatCount(epoch)}` : whenOf(epoch, genesis)
}

const EPOCH_MS = 30_000

function whenOf(epoch: number, genesis: number | undefined): string {
  if (genesis === undefined) return formatCount(epoch)
  const date = new Date(genesis * 1000 + epoch * EPOCH_MS)
  return `${formatCount(epoch)} (${date.toISOString().slice(0, 16).replace('T', ' ')} UTC)`
}

/** A name, and a text that goes on under itself. A word that is longer than a line has one of its own. */
function row(name: string, text: string): string[] {
  const left = ' '.repeat(INDENT + COLUMN)
  const width = Math.max(LEAST_WIDTH, WIDTH - left.length)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  const first = `${' '.repeat(INDENT)}${name.padEnd(COLUMN)}`
  return lines.map((one, index) => `${index === 0 ? first : left}${one}`)
}
