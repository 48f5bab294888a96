/**
 * Progress of long work: on a terminal one bar that is redrawn in place, elsewhere a plain line every few seconds. Work of
 * less than a second leaves no trace.
 */
import { formatBytes, formatDuration, formatRate, printable } from './format.ts'
import type { TextStream } from './stream.ts'

interface ProgressState {
  /** What is going on, e.g. `preparing`. A new label closes the previous bar. */
  readonly label: string
  readonly bytes: number
  /** Undefined: not known. */
  readonly total?: number | undefined
  /** What is being worked on right now, such as the path of a file: its end is shown where there is room. */
  readonly detail?: string | undefined
}

export interface Progress {
  update(state: ProgressState): void
  /** One line of text that stays, above the bar. */
  line(text: string): void
  /** Closes the bar with what it amounted to. Harmless when there is none. */
  done(): void
  /** Takes the bar away without a word: the work failed. */
  drop(): void
}

interface ProgressOptions {
  readonly isTerminal: boolean
  /** Milliseconds, monotonic. */
  readonly now?: () => number
}

const REDRAW_MS = 100
const LINE_MS = 3000
/** Quicker work needs no closing line. */
const WORTH_TELLING_MS = 1000
/** Earlier a rate is chance. */
const RATE_AFTER_MS = 500
const BAR_WIDTH = 24
const DEFAULT_COLUMNS = 80
/** Fewer characters of a path tell nothing. */
const LEAST_DETAIL = 10
const ERASE_LINE = '\r\u001b[2K'

export function createProgress(stream: TextStream, options: ProgressOptions): Progress {
  const { isTerminal, now = () => performance.now() } = options
  let current: { state: ProgressState; startedAt: number; drawnAt: number } | undefined

  const draw = (): void => {
    if (current === undefined) return
    current.drawnAt = now()
    const parts = describe(current.state, now() - current.startedAt, isTerminal)
    const width = (stream.columns ?? DEFAULT_COLUMNS) - 1
    const { detail } = current.state
    stream.write(isTerminal ? ERASE_LINE + fit(parts, detail, width) : plain(parts, detail))
  }

  const drop = (): void => {
    if (current !== undefined && isTerminal) stream.write(ERASE_LINE)
    current = undefined
  }

  const done = (): void => {
    if (current === undefined) return
    const { state, startedAt } = current
    drop()
    const took = now() - startedAt
    if (took >= WORTH_TELLING_MS) stream.write(`${summary(state, took)}\n`)
  }

  return {
    update(state) {
      if (current !== undefined && current.state.label !== state.label) done()
      if (current === undefined) {
        current = { state, startedAt: now(), drawnAt: now() }
        if (isTerminal) draw()
        return
      }
      current.state = state
      if (now() - current.drawnAt >= (isTerminal ? REDRAW_MS : LINE_MS)) draw()
    },
    line(text) {
      if (current !== undefined && isTerminal) stream.write(ERASE_LINE)
      stream.write(`${printable(text)}\n`)
      if (isTerminal) draw()
    },
    done,
    drop,
  }
}

/** What a bar says, the most important first. */
function describe(state: ProgressState, elapsedMs: number, isTerminal: boolean): string[] {
  const { bytes, total } = state
  const label = printable(state.label)
  const rate = elapsedMs >= RATE_AFTER_MS ? (bytes * 1000) / elapsedMs : 0
  const speed = rate > 0 ? `, ${formatRate(rate)}` : ''
  if (total === undefined) return [`${label}: ${formatBytes(bytes)}`, speed]
  const share = total === 0 ? 1 : Math.min(1, bytes / total)
  const amounts = `${formatBytes(bytes)} of ${formatBytes(total)}`
  const left =
    rate > 0 && bytes < total ? `, ${formatDuration(((total - bytes) * 1000) / rate)} left` : ''
  const percent = `${Math.floor(share * 100)} %`
  if (!isTerminal) return [`${label}: ${percent}, ${amounts}`, speed, left]
  const full = Math.round(share * BAR_WIDTH)
  const bar = '━'.repeat(full) + '─'.repeat(BAR_WIDTH - full)
  return [`${label} ${bar} ${percent.padStart(5)}  ${amounts}`, speed, left]
}

function plain(parts: readonly string[], detail: string | undefined): string {
  return `${parts.join('')}${detail === undefined ? '' : `, ${printable(detail)}`}\n`
}

/** As many whole parts as the line holds; behind all of them, the end of the detail. */
function fit(
  [first = '', ...more]: readonly string[],
  detail: string | undefined,
  width: number,
): string {
  let line = [...first].slice(0, width).join('')
  for (const part of more) {
    if (line.length + part.length > width) return line
    line += part
  }
  const room = width - line.length - 2
  if (detail === undefined || room < LEAST_DETAIL) return line
  const text = printable(detail)
  return `${line}, ${text.length > room ? `…${text.slice(1 - room)}` : text}`
}

function summary(state: ProgressState, elapsedMs: number): string {
  return `${printable(state.label)}: ${formatBytes(state.bytes)} in ${formatDuration(elapsedMs)}`
}
