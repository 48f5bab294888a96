/**
 * The service: looks at chain and journal, decides what is due, does it, and again. It may be stopped at any point; a journal
 * on disk, the depot and the chain are all that the next run needs.
 */
import { systemClock } from '../chain/clock.ts'
import { isStorageError, type StorageError } from '../errors.ts'
import { lockFolder } from '../journal/lock.ts'
import type { Context } from './context.ts'
import { openLedger, type LedgerOptions } from './ledger.ts'
import { look } from './look.ts'
import { type Decision, nextActions } from './next-actions.ts'
import { perform } from './perform.ts'
import { type AggregatorReport, reportOf } from './report.ts'

export interface AggregatorOptions
  extends Omit<Context, 'ledger' | 'clock' | 'signal'>, Pick<LedgerOptions, 'through'> {
  readonly clock?: Context['clock'] | undefined
  readonly signal?: AbortSignal | undefined
  /** Return when nothing is due; otherwise when `signal` is aborted. */
  readonly once: boolean
  /** Between two looks. */
  readonly everyMs: number
}

/** Downloads at a time. */
const WIDTH = 4
/** After a failed step, before it is tried again; twice as long each time. */
const FIRST_PAUSE_MS = 5_000
const MAX_PAUSE_MS = 600_000

/**
 * @returns How things stand at the end.
 * @throws IN_USE, DEPOT_CORRUPT, DEPOT_FULL, DEPOT_READ_ONLY; ARGUMENT_INVALID for the state folder of another service, or a policy
 *   that is none; with `once` also NODE_UNREACHABLE
 */
export async function runAggregator(options: AggregatorOptions): Promise<AggregatorReport> {
  const unlock = await lockFolder(options.folder, 'aggregator')
  try {
    return await runLocked(options)
  } finally {
    await unlock()
  }
}

async function runLocked(options: AggregatorOptions): Promise<AggregatorReport> {
  const { clock = systemClock, signal, emit, folder, hub, flow, account } = options
  const ended = new AbortController()
  const ledger = await openLedger({
    folder,
    service: `${flow.network.name} ${hub.address} ${account}`.toLowerCase(),
    now: clock.now,
    through: options.through,
    onFact: (fact) => emit({ type: 'fact', fact }),
  })
  const either = signal === undefined ? [] : [signal]
  const context = {
    ...options,
    ledger,
    clock,
    signal: AbortSignal.any([ended.signal, ...either]),
  }
  const service = new Service(context, options)
  try {
    await service.run()
    return reportOf(ledger.state)
  } finally {
    ended.abort()
    await service.settled()
    await ledger.close()
  }
}

class Service {
  readonly #context: Context
  readonly #options: AggregatorOptions
  /** Downloads that are due, and those under way by request. */
  #queue: Decision[] = []
  readonly #fetching = new Map<string, Promise<void>>()
  /** Steps that failed in this run. */
  readonly #held = new Map<string, { readonly until: number; readonly pauseMs: number }>()
  #failure: { readonly error: unknown } | undefined
  #lookAt = 0
  #epoch = 0

  constructor(context: Context, options: AggregatorOptions) {
    this.#context = context
    this.#options = options
  }

  async run(): Promise<void> {
    const { clock, signal } = this.#context
    const { once, everyMs } = this.#options
    try {
      for (let isStale = true; !isAborted(this.#options.signal);) {
        const looked = await this.#look(isStale)
        isStale = await this.#act()
        if (isStale) continue
        if (this.#fetching.size > 0)
          await Promise.race([...this.#fetching.values(), clock.sleep(everyMs, signal)])
        else if (!once) await clock.sleep(everyMs, signal)
        else if (looked) return
        else isStale = true
      }
    } catch (error) {
      if (!isAborted(this.#options.signal) || !isStorageError(error, 'ABORTED')) throw error
    }
  }

  /** Resolves when no download is under way any more. */
  async settled(): Promise<void> {
    this.#queue = []
    await Promise.all(this.#fetching.values())
  }

  /** At the chain, when it is time to or things are known to have changed. Whether it did. */
  async #look(isStale: boolean): Promise<boolean> {
    const { clock, flow } = this.#context
    if (!isStale && clock.now() < this.#lookAt) return false
    this.#lookAt = clock.now() + this.#options.everyMs
    try {
      await look(this.#context)
      this.#epoch = Number(await flow.client.epoch())
      return true
    } catch (error) {
      if (this.#options.once || !isStorageError(error, 'NODE_UNREACHABLE')) throw error
      this.#trouble('look', error)
      return false
    }
  }

  /** Begins downloads that are due, does everything else that is; whether that may have changed things on chain. */
  async #act(): Promise<boolean> {
    const { ledger, policy, clock } = this.#context
    const now = { ms: clock.now(), epoch: this.#epoch }
    const due = nextActions(ledger.state, policy, now).filter(
      (decision) => (this.#held.get(keyOf(decision))?.until ?? 0) <= now.ms,
    )
    // Those under way are not decided anew: what comes of them is not known yet.
    this.#queue = due.filter((one) => one.step === 'fetch' && !this.#fetching.has(one.id))
    this.#fetch()
    const rest = due.filter(({ step }) => step !== 'fetch')
    for (const decision of rest) {
      this.#requireSound()
      await this.#perform(decision)
    }
    this.#requireSound()
    return rest.length > 0
  }

  /** As many downloads as may be under way; each that ends lets the next one begin. */
  #fetch(): void {
    while (this.#fetching.size < WIDTH && !this.#context.signal.aborted) {
      const decision = this.#queue.shift()
      if (decision?.step !== 'fetch') return
      const { id } = decision
      const fetching = this.#perform(decision)
        .catch((error: unknown) => {
          this.#failure ??= { error }
          this.#queue = []
        })
        .finally(() => {
          this.#fetching.delete(id)
          this.#fetch()
        })
      this.#fetching.set(id, fetching)
    }
  }

  /** @throws what ended a download for good */
  #requireSound(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** A failure that may pass holds the step back for a while; the others go on. */
  async #perform(decision: Decision): Promise<void> {
    const key = keyOf(decision)
    this.#context.emit({ type: 'decided', decision })
    try {
      await perform(this.#context, decision, decision.reason)
      this.#held.delete(key)
    } catch (error) {
      if (!isStorageError(error) || this.#context.signal.aborted) throw error
      if (FINAL.has(error.code)) throw error
      this.#trouble(key, error)
    }
  }

  #trouble(key: string, error: StorageError): void {
    const { clock, emit } = this.#context
    const pauseMs = Math.min((this.#held.get(key)?.pauseMs ?? FIRST_PAUSE_MS / 2) * 2, MAX_PAUSE_MS)
    const until = this.#options.once ? Number.POSITIVE_INFINITY : clock.now() + pauseMs
    this.#held.set(key, { until, pauseMs })
    emit({ type: 'trouble', what: key, error })
  }
}

/** No pause mends them. */
const FINAL: ReadonlySet<string> = new Set([
  'INTERNAL',
  'DEPOT_CORRUPT',
  'DEPOT_FULL',
  'DEPOT_READ_ONLY',
  'NO_KEY',
])

function keyOf(decision: Decision): string {
  switch (decision.step) {
    case 'refuse':
    case 'fetch':
    case 'claim':
      return `${decision.step} ${decision.id}`
    case 'close':
      return decision.step
    case 'propose':
      return `${decision.step} ${decision.batch}`
    case 'complete':
      return `${decision.step} ${decision.batch} with deal ${decision.dealId}`
    default:
      return decision satisfies never
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
