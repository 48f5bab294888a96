/** What is said of a receipt that is not sound: the field, what it should be, what it is. */
import { StorageError } from '../errors.ts'

/** Characters of a value that are shown. */
const SHOWN = 120

interface Fault {
  readonly why?: string
  readonly expected?: string | number
  readonly got?: string | number
  readonly cause?: unknown
}

export function invalidReceipt(field: string, { why, expected, got, cause }: Fault): StorageError {
  return new StorageError('RECEIPT_INVALID', {
    what: `the receipt is not valid in ${field}${why === undefined ? '' : `: ${why}`}`,
    ...(expected === undefined ? {} : { expected: shown(expected) }),
    ...(got === undefined ? {} : { got: shown(got) }),
    hint: 'It was altered, or is of another file or deal. Get it again from where it was made.',
    cause,
  })
}

/** @throws RECEIPT_INVALID */
export function requireEqual<T extends string | number>(field: string, expected: T, got: T): void {
  if (expected !== got) throw invalidReceipt(field, { expected, got })
}

function shown(value: string | number): string | number {
  if (typeof value === 'number' || value.length <= SHOWN) return value
  return `${value.slice(0, SHOWN)}…`
}
