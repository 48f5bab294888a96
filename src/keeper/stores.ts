/**
 * What is known of every store: the contract's own answers of the last look at each, in columns, some 300 bytes a store. It can be
 * dropped at any time, and is built again from the chain.
 */
import { z } from 'zod/v4'
import { decide, type Decision } from '../keep/decide.ts'
import type { Facts } from '../keep/facts.ts'
import { type Reason, REASONS } from '../keep/reason.ts'
import { Amounts, type Columns, picked, prefixed, withRoom } from './columns.ts'
import { DealColumns } from './deal-columns.ts'
import { Purses, pursesShape } from './purses.ts'

const LOADED = 1
const STALE = 2
const CANCELLED = 4
const CROWDED = 8
const ABSENT = 16

const storesMeta = z.object({ count: z.number(), loaded: z.number(), purses: pursesShape })
type StoresMeta = z.infer<typeof storesMeta>

export class Stores {
  #rows = {
    flags: new Uint8Array(0),
    reason: new Uint8Array(0),
    replicas: new Uint8Array(0),
    step: new Uint8Array(0),
    openCopies: new Uint16Array(0),
    eligible: new Uint16Array(0),
    /** Of the piece size, which is a power of two. */
    logSize: new Uint8Array(0),
    term: new Int32Array(0),
    lead: new Int32Array(0),
    startDelay: new Int32Array(0),
    openSince: new Int32Array(0),
    openStart: new Int32Array(0),
    dueAt: new Int32Array(0),
    /** Epoch before which it is not looked at again, unless something happens. */
    heldUntil: new Int32Array(0),
    /** Number in `#purses`; 0: not known. */
    account: new Uint32Array(0),
    /** Of the newest proposal that was heard of: the first eight bytes of its id. */
    proposal: new BigUint64Array(0),
  }
  readonly #price = new Amounts()
  readonly #maxPrice = new Amounts()
  readonly #money = new Amounts()
  readonly #openReserve = new Amounts()
  readonly #deals = new DealColumns()
  readonly #purses = new Purses()
  #count = 0
  #loaded = 0

  /** Stores are 1 to `count`. */
  get count(): number {
    return this.#count
  }

  get loaded(): number {
    return this.#loaded
  }

  /** All that is known, to be written down. */
  index(): { readonly meta: StoresMeta; readonly columns: Columns } {
    return {
      meta: {
        count: this.#count,
        loaded: this.#loaded,
        purses: this.#purses.entries(),
      },
      columns: {
        ...prefixed('stores', this.#rows),
        ...prefixed('deals', this.#deals.columns()),
        ...Object.assign(
          {},
          ...this.#amounts().map(([name, one]) => prefixed(name, one.columns())),
        ),
      },
    }
  }

  /** What `index` gave. @returns Undefined when something of it is missing. */
  static restore(meta: unknown, columns: Columns): Stores | undefined {
    const known = storesMeta.safeParse(meta)
    const stores = new Stores()
    const rows = picked('stores', stores.#rows, columns)
    if (!known.success || rows === undefined) return undefined
    if (!stores.#deals.restore('deals', columns)) return undefined
    if (!stores.#amounts().every(([name, one]) => one.restore(name, columns))) return undefined
    stores.#rows = rows
    // Why it was held may be over: other terms, another depot.
    rows.heldUntil.fill(0)
    stores.#count = known.data.count
    stores.#loaded = known.data.loaded
    stores.#purses.restore(known.data.purses)
    return stores
  }

  #amounts(): [string, Amounts][] {
    return [
      ['price', this.#price],
      ['maxPrice', this.#maxPrice],
      ['money', this.#money],
      ['openReserve', this.#openReserve],
    ]
  }

  /** There are at least so many. */
  grow(count: number): void {
    if (count <= this.#count) return
    this.#rows = withRoom(this.#rows, count)
    for (const one of [this.#price, this.#maxPrice, this.#money, this.#openReserve, this.#deals])
      one.makeRoom(count)
    this.#count = count
  }

  /** It is to be looked at: something happened. */
  touch(id: number): void {
    if (id < 1 || id > this.#count) return
    const { flags, heldUntil } = this.#rows
    flags[id - 1] = ((flags[id - 1] ?? 0) | STALE) & ~ABSENT
    heldUntil[id - 1] = 0
  }

  hold(id: number, until: number): void {
    this.#rows.heldUntil[id - 1] = until
  }

  isHeld(id: number, epoch: number): boolean {
    return (this.#rows.heldUntil[id - 1] ?? 0) > epoch
  }

  /** Not on the chain, by the last look. */
  remove(id: number): void {
    const { flags, dueAt } = this.#rows
    if (this.isLoaded(id)) this.#loaded -= 1
    flags[id - 1] = ABSENT
    dueAt[id - 1] = 0
  }

  isLoaded(id: number): boolean {
    return ((this.#rows.flags[id - 1] ?? 0) & LOADED) !== 0
  }

  /** Those for which time or an event makes another look necessary; `unknown` of those never looked at. */
  toLookAt(epoch: number, unknown: number): number[] {
    const { flags, dueAt, heldUntil } = this.#rows
    const found: number[] = []
    let rest = unknown
    for (let row = 0; row < this.#count; row += 1) {
      const flag = flags[row] ?? 0
      if ((flag & ABSENT) !== 0) continue
      const due = dueAt[row] ?? 0
      const isDue = due !== 0 && due <= epoch && (heldUntil[row] ?? 0) <= epoch
      if ((flag & STALE) !== 0 || isDue) found.push(row + 1)
      else if ((flag & LOADED) === 0 && rest > 0) {
        rest -= 1
        found.push(row + 1)
      }
    }
    return found
  }

  set(id: number, facts: Facts, decision: Decision): void {
    const row = id - 1
    const rows = this.#rows
    if (!this.isLoaded(id)) this.#loaded += 1
    rows.flags[row] = LOADED | (facts.cancelled ? CANCELLED : 0) | (facts.crowded ? CROWDED : 0)
    rows.reason[row] = REASONS.indexOf(decision.reason)
    rows.replicas[row] = facts.replicas
    rows.step[row] = facts.step
    rows.openCopies[row] = facts.openCopies
    rows.eligible[row] = facts.eligible
    rows.logSize[row] = Math.round(Math.log2(facts.pieceSize))
    rows.term[row] = facts.term
    rows.lead[row] = facts.lead
    rows.startDelay[row] = facts.startDelay
    rows.openSince[row] = facts.openSince
    rows.openStart[row] = facts.openStart
    rows.dueAt[row] = decision.dueAt
    this.#price.set(row, facts.price)
    this.#maxPrice.set(row, facts.maxPrice)
    this.#money.set(row, facts.money)
    this.#openReserve.set(row, facts.openReserve)
    this.#deals.set(row, facts.deals)
  }

  /** As they were at the last look, at this epoch. */
  factsOf(id: number, epoch: number): Facts {
    const row = id - 1
    const rows = this.#rows
    const flags = rows.flags[row] ?? 0
    return {
      epoch,
      replicas: rows.replicas[row] ?? 0,
      term: rows.term[row] ?? 0,
      lead: rows.lead[row] ?? 0,
      startDelay: rows.startDelay[row] ?? 0,
      cancelled: (flags & CANCELLED) !== 0,
      step: rows.step[row] ?? 0,
      openCopies: rows.openCopies[row] ?? 0,
      openSince: rows.openSince[row] ?? 0,
      openStart: rows.openStart[row] ?? 0,
      crowded: (flags & CROWDED) !== 0,
      deals: this.#deals.get(row),
      eligible: rows.eligible[row] ?? 0,
      pieceSize: 2 ** (rows.logSize[row] ?? 0),
      price: this.#price.get(row),
      maxPrice: this.#maxPrice.get(row),
      money: this.#money.get(row),
      openReserve: this.#openReserve.get(row),
    }
  }

  /** Decides about all that are known. @returns Those of each reason. */
  decideAll(epoch: number): ReadonlyMap<Reason, number> {
    const found = new Map<Reason, number>()
    for (let id = 1; id <= this.#count; id += 1) {
      if (!this.isLoaded(id)) continue
      const { reason } = decide(this.factsOf(id, epoch))
      found.set(reason, (found.get(reason) ?? 0) + 1)
    }
    return found
  }

  setAccount(id: number, account: string, client: string): void {
    this.#rows.account[id - 1] = this.#purses.add(account, client)
  }

  hasAccount(id: number): boolean {
    return (this.#rows.account[id - 1] ?? 0) !== 0
  }

  setProposal(id: number, proposalId: string): void {
    this.#rows.proposal[id - 1] = proposalKey(proposalId)
  }

  storesOfProposal(proposalId: string): number[] {
    const row = this.#rows.proposal.indexOf(proposalKey(proposalId))
    return row < 0 ? [] : [row + 1]
  }

  storesOfDeal(dealId: number): number[] {
    return this.#deals.storesOf(dealId).map((row) => row + 1)
  }

  /** Those of an account, by its own address or its client's, that wait for money. */
  poorOf(address: string): number[] {
    const number = this.#purses.numberOf(address)
    if (number === undefined) return []
    const { account, reason } = this.#rows
    const poor = REASONS.indexOf('no-money')
    const close = REASONS.indexOf('close')
    const found: number[] = []
    for (let row = 0; row < this.#count; row += 1)
      if (account[row] === number && (reason[row] === poor || reason[row] === close))
        found.push(row + 1)
    return found
  }
}

function proposalKey(proposalId: string): bigint {
  return BigInt(proposalId.slice(0, 18))
}
