/** Columns of numbers that grow together: a row costs its bytes, and no object. */

type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>

export type Columns = Record<string, Column>

const FIRST_ROWS = 64

/** Columns with room for `rows`, what is in them kept; the same ones while there is room. */
export function withRoom<C extends Columns>(columns: C, rows: number): C {
  const room = Math.min(...Object.values(columns).map(({ length }) => length))
  if (room >= rows) return columns
  const next = Math.max(FIRST_ROWS, room * 2, rows)
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, grown(column, next)]),
  ) as C
}

function grown(column: Column, length: number): Column {
  if (column instanceof BigUint64Array) {
    const wider = new BigUint64Array(length)
    wider.set(column)
    return wider
  }
  const wider = new (column.constructor as new (length: number) => Uint8Array<ArrayBuffer>)(length)
  wider.set(column as Uint8Array<ArrayBuffer>)
  return wider
}

/** An amount below 2^128 in two columns. */
export class Amounts {
  low = new BigUint64Array(0)
  high = new BigUint64Array(0)

  makeRoom(rows: number): void {
    ;({ low: this.low, high: this.high } = withRoom({ low: this.low, high: this.high }, rows))
  }

  get(row: number): bigint {
    return ((this.high[row] ?? 0n) << 64n) | (this.low[row] ?? 0n)
  }

  set(row: number, amount: bigint): void {
    this.low[row] = amount
    this.high[row] = amount >> 64n
  }
}
