/** Amounts and durations as people write them: FIL with a unit, and time that epochs of 30 seconds measure. */
import { StorageError } from '../errors.ts'

export const EPOCH_SECONDS = 30
export const EPOCHS_PER_DAY = 2880n

/** Powers of ten above attoFIL, largest first. */
export const FIL_UNITS = [
  ['FIL', 18],
  ['milliFIL', 15],
  ['microFIL', 12],
  ['nanoFIL', 9],
  ['picoFIL', 6],
  ['femtoFIL', 3],
  ['attoFIL', 0],
] as const

/**
 * attoFIL of an amount with its unit: `0.01 FIL`, `5nanoFIL`, `5000 attoFIL`; upper or lower case.
 * @throws ARGUMENT_INVALID without a unit, except 0, for a negative amount, and for a fraction of an attoFIL
 */
export function parseFil(text: string): bigint {
  const parts = /^(\d+)(?:\.(\d+))?\s*([a-z]*)$/i.exec(text.trim())
  const [, whole = '', fraction = '', unit = ''] = parts ?? []
  const digits = fraction.replace(/0+$/, '')
  if (parts !== null && unit === '' && BigInt(whole + digits) === 0n) return 0n
  const exponent = FIL_UNITS.find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1]
  if (parts === null || exponent === undefined || digits.length > exponent)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'the amount cannot be understood',
      expected: 'a number and a unit, for example 0.01FIL, 5nanoFIL or 5000attoFIL',
      got: JSON.stringify(text),
      hint:
        parts !== null && unit === ''
          ? 'Name the unit: 1 FIL is 1000000000000000000 attoFIL.'
          : `The units are ${FIL_UNITS.map(([name]) => name).join(', ')}; an attoFIL cannot be divided.`,
    })
  return BigInt(whole + digits) * 10n ** BigInt(exponent - digits.length)
}

/** Exact, in FIL from 0.001 FIL on and else in the largest unit that gives 1 or more: `0.01 FIL`, `50 picoFIL`. */
export function formatFil(attoFil: bigint): string {
  const sign = attoFil < 0n ? '-' : ''
  const magnitude = attoFil < 0n ? -attoFil : attoFil
  if (magnitude === 0n) return '0 FIL'
  const [name, exponent] =
    magnitude >= 10n ** 15n
      ? FIL_UNITS[0]
      : (FIL_UNITS.find(([, power]) => magnitude >= 10n ** BigInt(power)) ?? FIL_UNITS[0])
  const digits = String(magnitude).padStart(exponent + 1, '0')
  const point = digits.length - exponent
  const fraction = digits.slice(point).replace(/0+$/, '')
  return `${sign}${digits.slice(0, point)}${fraction === '' ? '' : `.${fraction}`} ${name}`
}

/** Seconds. A month has 30 days, a year 365. */
const TIME_UNITS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  mo: 2_592_000,
  y: 31_536_000,
}

/** Of one unit of time, such as `mo`; undefined when it is none. */
export function secondsOf(unit: string): bigint | undefined {
  const seconds = Object.hasOwn(TIME_UNITS, unit) ? TIME_UNITS[unit] : undefined
  return seconds === undefined ? undefined : BigInt(seconds)
}

/**
 * Epochs of a duration: `180d`, `18mo`, `1y`, `1d 12h`, or a number of epochs, `518400` or `518400 epochs`.
 * @throws ARGUMENT_INVALID also for a time that is not a whole number of epochs
 */
export function parseDuration(text: string): bigint {
  const trimmed = text.trim().toLowerCase()
  const epochs = /^(\d+)(?:\s*epochs?)?$/.exec(trimmed)?.[1]
  if (epochs !== undefined) return BigInt(epochs)
  let seconds = 0n
  for (const [, count = '', unit = ''] of trimmed.matchAll(/(\d+)\s*([a-z]+)\s*/g))
    seconds += BigInt(count) * BigInt(TIME_UNITS[unit] ?? 0)
  const wellFormed = /^(\d+\s*(s|m|min|h|d|w|mo|y)\s*)+$/.test(trimmed)
  if (!wellFormed || seconds % BigInt(EPOCH_SECONDS) !== 0n)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'the duration cannot be understood',
      expected: 'for example 180d, 18mo, 1y, 12h or a number of epochs',
      got: JSON.stringify(text),
      hint: `The units are ${Object.keys(TIME_UNITS).join(', ')}; an epoch lasts ${EPOCH_SECONDS} seconds.`,
    })
  return seconds / BigInt(EPOCH_SECONDS)
}

const FORMAT_UNITS = [
  ['d', 86_400n],
  ['h', 3600n],
  ['min', 60n],
  ['s', 1n],
] as const

/** The two largest units, the rest cut off: `365 d`, `1 d 12 h`, `2 min 30 s`. */
export function formatDuration(epochs: bigint): string {
  let rest = (epochs < 0n ? -epochs : epochs) * BigInt(EPOCH_SECONDS)
  const parts: string[] = []
  const first = FORMAT_UNITS.findIndex(([, seconds]) => rest >= seconds)
  for (const [name, seconds] of first < 0 ? [] : FORMAT_UNITS.slice(first, first + 2)) {
    if (rest >= seconds) parts.push(`${rest / seconds} ${name}`)
    rest %= seconds
  }
  return parts.length === 0 ? '0 s' : `${epochs < 0n ? '-' : ''}${parts.join(' ')}`
}

const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** Bytes, exactly, in the largest unit that divides them, as padded sizes are written: `32 GiB`. */
export function formatSize(bytes: number): string {
  let [rest, unit] = [bytes, 0]
  while (rest >= 1024 && rest % 1024 === 0 && unit < SIZE_UNITS.length - 1) {
    rest /= 1024
    unit += 1
  }
  return `${rest} ${SIZE_UNITS[unit]}`
}
