/** Columns of numbers that grow together: a row costs its bytes, and no object. */

export type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>

export type Columns = Record<string, Column>

const TYPES = {
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Int32Array,
  Float64Array,
  BigUint64Array,
} as const

/** A column of zeros of a type by its name; undefined for another name. */
export function columnOf(type: string, length: number): Column | undefined {
  return type in TYPES ? new TYPES[type as keyof typeof TYPES](length) : undefined
}

/** Columns with a prefix to their names, and those of them again. */
export function prefixed(prefix: string, columns: Columns): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [`${prefix}.${name}`, column]),
  )
}

/** @returns Undefined unless every column is there, of the type that it is to have. */
export function picked<C extends Columns>(prefix: string, like: C, from: Columns): C | undefined {
  const found = Object.entries(like).map(([name, column]) => {
    const stored = from[`${prefix}.${name}`]
    return stored?.constructor === column.constructor ? ([name, stored] as const) : undefined
  })
  if (found.includes(undefined)) return undefined
  return Object.fromEntries(found.filter((one) => one !== undefined)) as C
}

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

  columns(): Columns {
    return { low: this.low, high: this.high }
  }

  /** @returns Whether they were there. */
  restore(prefix: string, from: Columns): boolean {
    const found = picked(prefix, { low: this.low, high: this.high }, from)
    if (found === undefined) return false
    ;({ low: this.low, high: this.high } = found)
    return true
  }

  get(row: number): bigint {
    return ((this.high[row] ?? 0n) << 64n) | (this.low[row] ?? 0n)
  }

  set(row: number, amount: bigint): void {
    this.low[row] = amount
    this.high[row] = amount >> 64n
  }
}
