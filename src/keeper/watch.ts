/**
 * Which stores changed since the last look: those that logs name, those whose time has come, and those of a sweep that goes round all
 * stores, because f05 logs nothing when a deal is terminated. The last epochs are read again each time: a log that a re-organisation
 * brought or took counts as news.
 */
import { decide, isDue } from '../keep/decide.ts'
import type { Reason } from '../keep/reason.ts'
import { CONFIDENCE } from './outbox.ts'
import type { KeeperChain, News } from './ports.ts'
import type { Stores } from './stores.ts'

export interface WatchOptions {
  /** Stores in one request of the sweep. */
  readonly pageSize: number
  /** Epochs in which it goes round once. */
  readonly sweepEpochs: number
  /** Stores never looked at that are looked at in one epoch. */
  readonly newPerEpoch: number
}

export const WATCH: WatchOptions = { pageSize: 100, sweepEpochs: 120, newPerEpoch: 200 }

/** Questions under way at a time: gentle enough for a public node. */
const CONCURRENCY = 8

const WAITS_FOR_MONEY: ReadonlySet<Reason> = new Set(['no-money', 'close'])

export class Watch {
  readonly #chain: KeeperChain
  readonly #stores: Stores
  readonly #options: WatchOptions
  /** Logs of the last epochs that were counted: key → what they named. */
  readonly #counted = new Map<string, News>()
  #read: number | undefined
  #now = 0
  #cursor = 0
  /** Pages of the sweep that are owed. */
  #credit = 0

  /** @param read Epoch up to which the stores follow the logs; undefined: they are to be found. */
  constructor(chain: KeeperChain, stores: Stores, options: WatchOptions, read?: number) {
    this.#chain = chain
    this.#stores = stores
    this.#options = options
    this.#read = read
  }

  /** Epoch up to which the stores follow the logs. */
  get read(): number | undefined {
    return this.#read
  }

  /** The newest epoch that an answer was of: epochs pass while questions are asked. */
  get now(): number {
    return this.#now
  }

  /** Brings what is known up to `epoch`. @throws as the chain; what was read counts */
  async look(epoch: number): Promise<void> {
    const elapsed = this.#read === undefined ? this.#options.sweepEpochs : epoch - this.#read
    this.#now = epoch
    if (this.#read === undefined) this.#stores.grow(await this.#chain.storeCount())
    else await this.#readLogs(this.#read + 1 - CONFIDENCE, epoch)
    // A first look has nothing behind it; a node that is behind itself says nothing new.
    this.#read = Math.max(this.#read ?? epoch, epoch)
    await this.#sweep(Math.max(elapsed, 0))
    const unknown = this.#options.newPerEpoch * Math.min(Math.max(elapsed, 1), 10)
    await inTurns(this.#stores.toLookAt(epoch, unknown), (id) => this.refresh(id))
  }

  /** Asks for the facts of one store. */
  async refresh(id: number): Promise<void> {
    const facts = await this.#chain.factsOf(id)
    if (facts === undefined) return this.#stores.remove(id)
    this.#now = Math.max(this.#now, facts.epoch)
    const decision = decide(facts)
    this.#stores.set(id, facts, decision)
    // Whose money it waits for.
    if (WAITS_FOR_MONEY.has(decision.reason) && !this.#stores.hasAccount(id)) {
      const { account, client } = await this.#chain.storeOf(id)
      this.#stores.setAccount(id, account, client)
    }
  }

  async #readLogs(from: number, to: number): Promise<void> {
    if (to < from) return
    const news = await this.#chain.news(Math.max(from, 0), to)
    const seen = new Set(news.map(({ key }) => key))
    for (const [key, old] of this.#counted) {
      if (old.block < from) this.#counted.delete(key)
      else if (!seen.has(key)) {
        this.#counted.delete(key)
        this.#touch(old)
      }
    }
    for (const one of news) {
      if (this.#counted.has(one.key)) continue
      this.#counted.set(one.key, one)
      this.#touch(one)
    }
  }

  #touch({ store, purse, proposalId, dealId }: News): void {
    const stores = this.#stores
    if (store !== undefined) {
      stores.grow(store)
      stores.touch(store)
      if (proposalId !== undefined) stores.setProposal(store, proposalId)
    } else if (proposalId !== undefined)
      stores.storesOfProposal(proposalId).forEach((id) => stores.touch(id))
    if (dealId !== undefined) stores.storesOfDeal(dealId).forEach((id) => stores.touch(id))
    if (purse !== undefined) stores.poorOf(purse).forEach((id) => stores.touch(id))
  }

  /** As many pages as the epochs that passed are worth, once round at most. */
  async #sweep(elapsed: number): Promise<void> {
    const { pageSize, sweepEpochs } = this.#options
    const stores = this.#stores
    const pages = Math.ceil(stores.count / pageSize)
    this.#credit = Math.min(this.#credit + (elapsed * pages) / sweepEpochs, pages)
    for (; this.#credit >= 1; this.#credit -= 1) {
      if (this.#cursor >= stores.count) this.#cursor = 0
      const due = await this.#chain.pokeable(this.#cursor, pageSize)
      for (const id of due) this.#found(id)
      this.#cursor += pageSize
    }
  }

  /** What is due by the chain and not by what is known is not known well enough. */
  #found(id: number): void {
    const stores = this.#stores
    stores.grow(id)
    const epoch = this.#read ?? 0
    if (!stores.isLoaded(id) || !isDue(decide(stores.factsOf(id, epoch)))) stores.touch(id)
  }
}

/** @throws what the first that fails throws; the others are waited for */
export async function inTurns<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const results = await Promise.allSettled(
    Array.from({ length: CONCURRENCY }, async () => {
      for (const item of queue) await act(item)
    }),
  )
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
