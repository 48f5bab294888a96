/**
 * The manners of every task. With `--json` standard output gets exactly one JSON value, the error document included;
 * progress goes to standard error. Exit code 0: done; 1: failed; 2: incomplete, that is declined, waiting for others, or
 * stopped by a deadline or an interruption after something was sent.
 */
import { isStorageError, StorageError } from '../src/errors.ts'
import type { ErrorDocument } from '../src/flow/documents.ts'
import type { FlowEvent } from '../src/flow/events.ts'
import { printable } from '../src/terminal/format.ts'
import { createProgress, type Progress } from '../src/terminal/progress.ts'
import { explain } from './explain.ts'
import { followFlow } from './follow.ts'
import { processIo, type TaskIo } from './io.ts'
import { redact } from './redact.ts'

export interface Outcome<D = unknown> {
  /** What `--json` prints. */
  readonly document: D
  /** What a person reads instead. */
  readonly text: readonly string[]
  /** Exit code 2: what was asked for is done, but is not what one hoped for. */
  readonly isIncomplete?: boolean
  /** Exit code 1: what was asked for is done, and its answer is no. */
  readonly isRefused?: boolean
  /** Runs after printing, until interrupted: a server. */
  readonly serve?: () => Promise<void>
}

/** What a task's function has at hand. */
export interface Run {
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** Shows a flow's progress, and remembers that something was sent. */
  readonly follow: (event: FlowEvent) => void
  /** Prints at once, before the outcome: with `--json` one more JSON value on a line of its own. */
  emit(document: unknown, text: readonly string[]): void
  /** Remembers that something was sent. */
  sends(): void
  /** Runs `then` when everything is sent and only others are waited for. */
  onceItWaits(then: () => void): void
  /** The network that the task speaks to, for the hints of errors. */
  usesNetwork(name: string): void
  /** Unix seconds of epoch 0 of that network: what is followed has dates then. */
  datesFrom(genesis: number | undefined): void
  /** Text that must not appear in what is printed. */
  hides(secret: string): void
  /** What a person is told of an error, without secrets. */
  tell(error: unknown): ErrorDocument
  /** Errors: DECLINED when the answer is no, or nobody can answer. */
  confirm(question: string): Promise<void>
}

export interface Manners {
  readonly json: boolean
  /** Print the causes of unexpected errors. */
  readonly verbose: boolean
}

const INCOMPLETE = 2
/** Events of what others do, after all that a command sends. */
const WAITS = /^(deal|store):(waiting|published|active)$/

export async function runTask(
  manners: Manners,
  act: (run: Run) => Promise<Outcome>,
  io: TaskIo = processIo(),
): Promise<void> {
  const claimed = manners.json ? io.claimStdout() : undefined
  const stdout = claimed?.stdout ?? io.stdout
  const progress = createProgress(io.stderr, { isTerminal: io.stderr.isTTY === true, now: io.now })
  const interruption = new AbortController()
  const stopListening = io.onInterrupt(() => {
    interruption.abort(new StorageError('ABORTED', { what: 'the task was interrupted' }))
  })
  const secrets = new Set([io.env['PRIVATE_KEY'] ?? ''])
  const state: State = {
    network: undefined,
    genesis: undefined,
    sent: false,
    printed: false,
    onceItWaits: [],
  }
  const write = (document: unknown, text: readonly string[]): void => {
    const lines = manners.json ? [toJson(document)] : text.map(printable)
    if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`)
  }
  const run: Run = {
    signal: interruption.signal,
    progress,
    env: io.env,
    cwd: io.cwd,
    follow: (event) => {
      if (event.type.endsWith(':sent')) state.sent = true
      if (WAITS.test(event.type)) for (const then of state.onceItWaits.splice(0)) then()
      followFlow(event, progress, state.genesis)
    },
    emit: (document, text) => write(document, text),
    sends: () => {
      state.sent = true
    },
    onceItWaits: (then) => {
      state.onceItWaits.push(then)
    },
    usesNetwork: (name) => {
      state.network = name
    },
    datesFrom: (genesis) => {
      state.genesis = genesis
    },
    hides: (secret) => {
      secrets.add(secret)
    },
    tell: (error) => describeError(explain(error, { network: state.network }), secrets),
    confirm: async (question) => {
      const answer = manners.json ? undefined : await io.ask(question, interruption.signal)
      if (answer !== true) throw declined(answer === undefined)
    },
  }
  const print = (document: unknown, text: readonly string[]): void => {
    state.printed = true
    write(document, text)
  }

  try {
    const { document, text, serve, isIncomplete, isRefused } = await act(run)
    progress.done()
    print(document, text)
    if (isIncomplete === true) io.setExitCode(INCOMPLETE)
    if (isRefused === true) io.setExitCode(1)
    await serve?.()
  } catch (thrown) {
    progress.drop()
    const error = plainly(explain(thrown, { network: state.network }))
    const told = describeError(error, secrets)
    for (const line of errorText(told)) io.stderr.write(`${printable(line)}\n`)
    if (manners.verbose) io.stderr.write(`${redact(causeText(error), secrets)}\n`)
    if (manners.json && !state.printed) print(told, [])
    io.setExitCode(exitCodeOf(error, state.sent))
  } finally {
    stopListening()
    claimed?.release()
  }
}

/** Whatever was under way when it was interrupted, that is not the news. */
function plainly(error: StorageError): StorageError {
  if (!isStorageError(error, 'ABORTED')) return error
  const { hint, next, cause } = error
  return new StorageError('ABORTED', {
    what: 'the task was interrupted',
    ...(hint === undefined ? {} : { hint }),
    ...(next === undefined ? {} : { next }),
    cause,
  })
}

interface State {
  network: string | undefined
  genesis: number | undefined
  sent: boolean
  printed: boolean
  readonly onceItWaits: (() => void)[]
}

/** Documents carry no bigint but by mistake; then the exact decimal text is the least harm. */
function toJson(document: unknown): string {
  return JSON.stringify(document, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
}

function describeError(error: StorageError, secrets: Iterable<string>): ErrorDocument {
  const safe = (text: string | undefined): string | null =>
    text === undefined ? null : redact(text, secrets)
  return {
    version: 1,
    kind: 'error',
    code: error.code,
    message: redact(error.message, secrets),
    hint: safe(error.hint),
    next: safe(error.next),
  }
}

function errorText(error: ErrorDocument): string[] {
  const lines = [`Error ${error.code}: ${error.message}`]
  if (error.hint !== null) lines.push(error.hint)
  if (error.next !== null) lines.push(`Next: ${error.next}`)
  return lines
}

function causeText(error: StorageError): string {
  const parts: string[] = []
  for (let at: unknown = error; at !== undefined; at = at instanceof Error ? at.cause : undefined) {
    parts.push(at instanceof Error ? (at.stack ?? at.message) : String(at))
  }
  return parts.join('\ncaused by ')
}

function exitCodeOf(error: StorageError, sent: boolean): 1 | 2 {
  if (isStorageError(error, 'DECLINED')) return INCOMPLETE
  const stopped = isStorageError(error, 'DEADLINE') || isStorageError(error, 'ABORTED')
  return stopped && sent ? INCOMPLETE : 1
}

function declined(nobodyThere: boolean): StorageError {
  return new StorageError('DECLINED', {
    what: nobodyThere ? 'nobody is there to confirm' : 'you declined; nothing was sent',
    hint: 'Add --yes to send without being asked.',
  })
}
