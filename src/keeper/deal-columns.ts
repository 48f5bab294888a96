/** Deals of all stores in columns. A store has a run of rows; one that outgrows its run gets another, and the old rows are lost until
 * the columns are packed. */
import { type DealFacts, STANDINGS } from '../keep/facts.ts'
import { type Columns, picked, prefixed, withRoom } from './columns.ts'

/** Per cent of rows that may be lost before the columns are packed. */
const MAX_LOST = 50

export class DealColumns {
  #rows = {
    dealId: new Float64Array(0),
    provider: new Float64Array(0),
    startEpoch: new Int32Array(0),
    endEpoch: new Int32Array(0),
    /** Index of the standing, and 128 for one that is closed. */
    standing: new Uint8Array(0),
  }
  /** Per store: first row, rows in use, rows of the run. */
  #runs = { first: new Uint32Array(0), used: new Uint16Array(0), room: new Uint16Array(0) }
  #end = 0
  #lost = 0

  makeRoom(stores: number): void {
    this.#runs = withRoom(this.#runs, stores)
  }

  columns(): Columns {
    const state = { state: Float64Array.of(this.#end, this.#lost) }
    return { ...prefixed('rows', this.#rows), ...prefixed('runs', this.#runs), ...state }
  }

  /** @returns Whether they were there. */
  restore(prefix: string, from: Columns): boolean {
    const rows = picked(`${prefix}.rows`, this.#rows, from)
    const runs = picked(`${prefix}.runs`, this.#runs, from)
    const state = picked(prefix, { state: new Float64Array(2) }, from)?.state
    if (rows === undefined || runs === undefined || state === undefined) return false
    this.#rows = rows
    this.#runs = runs
    ;[this.#end = 0, this.#lost = 0] = state
    return true
  }

  get(store: number): DealFacts[] {
    const { first, used } = this.#runs
    const start = first[store] ?? 0
    return Array.from({ length: used[store] ?? 0 }, (_, i) => this.#row(start + i))
  }

  set(store: number, deals: readonly DealFacts[]): void {
    const runs = this.#runs
    const room = runs.room[store] ?? 0
    if (deals.length > room) {
      this.#lost += room
      runs.first[store] = this.#end
      runs.room[store] = deals.length + 2
      this.#end += deals.length + 2
      this.#rows = withRoom(this.#rows, this.#end)
    }
    runs.used[store] = deals.length
    const start = runs.first[store] ?? 0
    deals.forEach((deal, i) => this.#write(start + i, deal))
    if (this.#lost * 100 > this.#end * MAX_LOST) this.#pack()
  }

  /** Stores in whose run the deal is: a few comparisons of whole columns. */
  storesOf(dealId: number): number[] {
    const row = this.#rows.dealId.indexOf(dealId)
    if (row < 0) return []
    const { first, used } = this.#runs
    const found: number[] = []
    for (let store = 0; store < first.length; store += 1) {
      const start = first[store] ?? 0
      if (row >= start && row < start + (used[store] ?? 0)) found.push(store)
    }
    return found
  }

  #row(row: number): DealFacts {
    const { dealId, provider, startEpoch, endEpoch, standing } = this.#rows
    const code = standing[row] ?? 0
    return {
      dealId: BigInt(dealId[row] ?? 0),
      provider: BigInt(provider[row] ?? 0),
      startEpoch: startEpoch[row] ?? 0,
      endEpoch: endEpoch[row] ?? 0,
      standing: STANDINGS[code & 127] ?? 'published',
      closed: code > 127,
    }
  }

  #write(row: number, deal: DealFacts): void {
    const rows = this.#rows
    rows.dealId[row] = Number(deal.dealId)
    rows.provider[row] = Number(deal.provider)
    rows.startEpoch[row] = deal.startEpoch
    rows.endEpoch[row] = deal.endEpoch
    rows.standing[row] = STANDINGS.indexOf(deal.standing) | (deal.closed ? 128 : 0)
  }

  #pack(): void {
    const all = Array.from(this.#runs.first, (_, store) => this.get(store))
    this.#runs.room.fill(0)
    this.#end = 0
    this.#lost = 0
    all.forEach((deals, store) => {
      if (deals.length > 0) this.set(store, deals)
    })
  }
}
