/**
 * Prices as people write them: an amount, for a size or for the whole piece, and for a time. Kept as a fraction of whole
 * numbers until the piece is known, so nothing is lost before the one rounding up to attoFIL per epoch.
 *
 *   0.02FIL/TiB/mo · 50picoFIL/GiB/epoch · 120nanoFIL/GiB/d · 0.1FIL/mo · 5nanoFIL/epoch · 5nanoFIL (per epoch)
 */
import { StorageError } from '../errors.ts'
import { EPOCH_SECONDS, parseFil, secondsOf } from './units.ts'

export interface Price {
  readonly attoFil: bigint
  /** Padded bytes that it is for; undefined: the whole piece. */
  readonly bytes: bigint | undefined
  /** Seconds that it is for. */
  readonly seconds: bigint
}

const SIZES: Readonly<Record<string, bigint>> = {
  kib: 1n << 10n,
  mib: 1n << 20n,
  gib: 1n << 30n,
  tib: 1n << 40n,
  pib: 1n << 50n,
}

const EXAMPLES = '0.02FIL/TiB/mo, 50picoFIL/GiB/epoch or 5nanoFIL per epoch for the whole piece'

/** @throws ARGUMENT_INVALID without a unit, for a size without a time, and for what is neither size nor time */
export function parsePrice(text: string): Price {
  const [amount = '', ...per] = text.trim().split('/')
  let bytes: bigint | undefined
  let seconds: bigint | undefined
  for (const part of per.map((one) => one.trim().toLowerCase())) {
    const [size, time] = [SIZES[part], secondsOfOne(part)]
    if (size !== undefined && bytes === undefined) bytes = size
    else if (time !== undefined && seconds === undefined) seconds = time
    else throw notUnderstood(text, hintFor(part))
  }
  if (bytes !== undefined && seconds === undefined)
    throw notUnderstood(text, 'Name the time that it is for too, such as /mo or /epoch.')
  return { attoFil: parseFil(amount), bytes, seconds: seconds ?? BigInt(EPOCH_SECONDS) }
}

/** attoFIL per epoch for a piece of `pieceSize` padded bytes, rounded up so that it never falls below the price. */
export function pricePerEpoch({ attoFil, bytes, seconds }: Price, pieceSize: bigint): bigint {
  const size = bytes === undefined ? 1n : pieceSize
  const divisor = (bytes ?? 1n) * seconds
  return (attoFil * size * BigInt(EPOCH_SECONDS) + divisor - 1n) / divisor
}

/** Of one `epoch`, `mo`, `day`…; undefined when it is no time. */
function secondsOfOne(part: string): bigint | undefined {
  if (part === 'epoch') return BigInt(EPOCH_SECONDS)
  return secondsOf(part) ?? secondsOf(LONG_NAMES[part] ?? '')
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  hour: 'h',
  day: 'd',
  week: 'w',
  month: 'mo',
  year: 'y',
}

function hintFor(part: string): string {
  if (/^[kmgtp]b$/.test(part))
    return `Filecoin counts sizes in powers of two: write ${part[0]?.toUpperCase()}iB.`
  return 'The sizes are KiB, MiB, GiB, TiB and PiB of padded bytes; the times epoch (30 s), h, d, w, mo (30 days) and y (365 days).'
}

function notUnderstood(text: string, hint: string): StorageError {
  return new StorageError('ARGUMENT_INVALID', {
    what: 'the price cannot be understood',
    expected: `for example ${EXAMPLES}`,
    got: JSON.stringify(text),
    hint,
  })
}
