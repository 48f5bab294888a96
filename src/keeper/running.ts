/** One keeper at work: looks, decides, plans and sends, once for each tick. */
import { isStorageError, StorageError } from '../errors.ts'
import { decide, isDue } from '../keep/decide.ts'
import type { Policy } from '../keep/policy.ts'
import { explain } from '../keep/reason.ts'
import { assess } from './assess.ts'
import type { StoreDecision } from './events.ts'
import type { KeeperOptions, TickReport } from './keeper.ts'
import { saveKnown } from './known.ts'
import type { Ledger } from './ledger.ts'
import { feesOf, follow, type OutboxContext, send, underWay } from './outbox.ts'
import { type Candidate, plan, type Planned, type Purse } from './plan.ts'
import type { Fees, Head } from './ports.ts'
import type { Stores } from './stores.ts'
import { inTurns, Watch, WATCH, type WatchOptions } from './watch.ts'

/** Epochs after which what is known is written down: a day of logs is read again after a crash. */
const SAVE_EVERY = 2_880
/** Epochs after which a store that is due and could not be served is looked at again. */
const HOLD = 20
const MAX_STORES = 50
/** Messages on their way at a time. */
const MAX_WAITING = 8

export class Running {
  readonly stores: Stores
  readonly #options: KeeperOptions
  readonly #ledger: Ledger
  readonly #watch: Watch
  readonly #outbox: OutboxContext
  /** Never changed on chain. */
  readonly #policies = new Map<number, Policy>()
  #savedAt: number | undefined

  /** @param read Epoch up to which the stores follow the logs; undefined: they are to be found. */
  constructor(options: KeeperOptions, ledger: Ledger, stores: Stores, read?: number) {
    this.stores = stores
    this.#options = options
    this.#ledger = ledger
    this.#watch = new Watch(options.chain, stores, { ...WATCH, ...defined(options) }, read)
    this.#savedAt = read
    this.#outbox = {
      chain: options.chain,
      ledger,
      trouble: (what, error) => this.#trouble(what, error),
    }
  }

  /** Writes down what is known: an index, which a run that was killed does without. */
  async save(): Promise<void> {
    const { read } = this.#watch
    if (read === undefined) return
    const { service = '' } = this.#ledger.state
    await saveKnown(this.#options.folder, service, { stores: this.stores, read })
    this.#savedAt = read
  }

  async tick(): Promise<TickReport> {
    const { chain } = this.#options
    const head = await chain.head()
    let known: Promise<Fees> | undefined
    const fees = (): Promise<Fees> =>
      (known ??= chain.premium().then((premium) => feesOf(head.baseFee, premium)))
    await follow(this.#outbox, head.epoch, fees)
    await this.#watch.look(head.epoch)
    if (head.epoch - (this.#savedAt ?? Number.NEGATIVE_INFINITY) >= SAVE_EVERY) await this.save()
    const started = performance.now()
    const now = { ...head, epoch: Math.max(head.epoch, this.#watch.now) }
    const due = this.#due(now.epoch)
    const decisionSeconds = (performance.now() - started) / 1000
    const decisions = due.length === 0 ? [] : await this.#serve(due, now, await fees())
    if (decisions.some(({ action }) => action === 'poke'))
      await follow(this.#outbox, head.epoch, fees)
    return this.#report(head.epoch, due.length, decisions, decisionSeconds)
  }

  /** Stores for which something is due, that no message on its way is about. */
  #due(epoch: number): number[] {
    const { stores } = this
    const busy = underWay(this.#ledger)
    return stores
      .toLookAt(epoch, 0)
      .filter((id) => !busy.has(id) && !stores.isHeld(id, epoch) && stores.isLoaded(id))
      .filter((id) => isDue(decide(stores.factsOf(id, epoch))))
  }

  async #serve(due: readonly number[], head: Head, fees: Fees): Promise<StoreDecision[]> {
    const { epoch } = head
    const decisions: StoreDecision[] = []
    const candidates: Candidate[] = []
    const notes = new Map<number, string>()
    const decided = (decision: StoreDecision): void => {
      decisions.push(decision)
      this.stores.hold(decision.id, epoch + HOLD)
      this.#options.onEvent?.({ type: 'decided', decision })
    }
    await inTurns(due, async (id) => {
      const assessed = await this.#assess(id, epoch)
      if ('candidate' in assessed) {
        candidates.push(assessed.candidate)
        if (assessed.note !== undefined) notes.set(id, assessed.note)
      } else decided(this.#decision(id, epoch, assessed.action, assessed.why))
    })
    // Whatever was assessed first: the order of messages follows the stores.
    const ordered = candidates.toSorted((a, b) => a.id - b.id)
    const made = await this.#plan(ordered, head, fees)
    const line = (planned: Planned, action: StoreDecision['action']): StoreDecision =>
      this.#planned(planned, epoch, action, notes.get(planned.candidate.id))
    for (const one of made.unprofitable) decided(line(one, 'unprofitable'))
    const room = MAX_WAITING - underWay(this.#ledger).size
    const now = made.batches.slice(0, Math.max(room, 0))
    const sent = new Set(now.flatMap(({ ids }) => ids))
    for (const one of made.paying)
      if (sent.has(one.candidate.id)) decided(line(one, 'poke'))
      else decisions.push(line(one, 'later'))
    if (now.length > 0) {
      const mined = await this.#options.chain.nonce()
      for (const batch of now) await send(this.#outbox, batch, fees, epoch, mined)
    }
    return decisions
  }

  async #assess(id: number, epoch: number): ReturnType<typeof assess> {
    const { chain, sources } = this.#options
    const facts = this.stores.factsOf(id, epoch)
    const record = await chain.storeOf(id)
    this.stores.setAccount(id, record.account, record.client)
    const policyOf = (number: number): Promise<Policy> => this.#policyOf(number)
    return assess({ chain, sources, policyOf }, id, facts, decide(facts), record)
  }

  async #policyOf(number: number): Promise<Policy> {
    const known = this.#policies.get(number) ?? (await this.#options.chain.policyOf(number))
    this.#policies.set(number, known)
    return known
  }

  async #plan(
    candidates: readonly Candidate[],
    head: Head,
    fees: Fees,
  ): Promise<ReturnType<typeof plan>> {
    const {
      chain,
      minProfit = 0n,
      maxGas = head.gasLimit / 2n,
      maxStores = MAX_STORES,
    } = this.#options
    const purses = new Map<string, Purse>()
    await inTurns([...new Set(candidates.map(({ account }) => account))], async (account) => {
      purses.set(account, await chain.accountOf(account))
    })
    const gasPrice = head.baseFee + fees.premium
    return plan(candidates, purses, { gasPrice, minProfit, maxGas, maxStores })
  }

  #planned(
    { candidate: { id, location }, pay, cost }: Planned,
    epoch: number,
    action: StoreDecision['action'],
    note: string | undefined,
  ): StoreDecision {
    const decision = this.#decision(id, epoch, action, note)
    return { ...decision, pay, cost, ...(location === undefined ? {} : { location }) }
  }

  #decision(
    id: number,
    epoch: number,
    action: StoreDecision['action'],
    note: string | undefined,
  ): StoreDecision {
    const facts = this.stores.factsOf(id, epoch)
    const decision = decide(facts)
    const why = explain(facts, decision)
    const { reason } = decision
    return { id, epoch, reason, action, why: note === undefined ? why : `${why}; ${note}` }
  }

  #trouble(what: string, error: unknown): void {
    if (!isStorageError(error) || FINAL.has(error.code)) throw error
    this.#options.onEvent?.({ type: 'trouble', what, error })
  }

  #report(
    epoch: number,
    due: number,
    decisions: readonly StoreDecision[],
    decisionSeconds: number,
  ): TickReport {
    const { state } = this.#ledger
    const { sent, confirmed, failed, paid, spent } = state
    return {
      epoch,
      stores: this.stores.count,
      known: this.stores.loaded,
      due,
      decisions,
      waiting: [...state.open.values()].filter(({ mined }) => mined === undefined).length,
      sent,
      confirmed,
      failed,
      paid,
      spent,
      requests: this.#options.chain.requests(),
      decisionSeconds,
    }
  }
}

/** No repetition mends them. */
const FINAL: ReadonlySet<string> = new Set([
  'INTERNAL',
  'NO_KEY',
  'ABORTED',
  'DEPOT_FULL',
  'DEPOT_READ_ONLY',
  'DEPOT_CORRUPT',
])

function defined({ pageSize, sweepEpochs, newPerEpoch }: KeeperOptions): Partial<WatchOptions> {
  const given = { pageSize, sweepEpochs, newPerEpoch }
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      throw new StorageError('ARGUMENT_INVALID', {
        what: `a keeper's ${name} is not possible`,
        expected: 'a whole number of 1 or more',
        got: value,
      })
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
