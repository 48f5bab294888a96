/** Values as people read them: binary sizes, rates, times, epochs with their dates. Pure; English; no padding. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const EPOCH_MS = 30 * SECOND

/** `1536` → `1.50 KiB`: three significant digits, bytes exact. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  // 1023.5 and more would round to 1024 of the unit.
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? bytes : threeDigits(value)} ${UNITS[unit]}`
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(Math.round(bytesPerSecond))}/s`
}

/** `65_000` → `1 min 5 s`; two units at most, tenths below ten seconds, milliseconds where tenths would say nothing. */
export function formatDuration(ms: number): string {
  if (ms < 100) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10 * SECOND - 50) return `${(ms / SECOND).toFixed(1)} s`
  const seconds = Math.round(ms / SECOND) * SECOND
  if (seconds < MINUTE) return `${seconds / SECOND} s`
  if (seconds < HOUR) return two(seconds, MINUTE, 'min', SECOND, 's')
  const minutes = Math.round(ms / MINUTE) * MINUTE
  if (minutes < DAY) return two(minutes, HOUR, 'h', MINUTE, 'min')
  return two(Math.round(ms / HOUR) * HOUR, DAY, 'd', HOUR, 'h')
}

/** `4093200` → `4,093,200`, and with the chain's genesis `4,093,200 (2026-09-22 12:03 UTC)`. */
export function formatEpoch(epoch: number | bigint, genesisSeconds?: number): string {
  if (genesisSeconds === undefined) return formatCount(epoch)
  const date = new Date(genesisSeconds * SECOND + Number(epoch) * EPOCH_MS)
  if (Number.isNaN(date.getTime())) return formatCount(epoch)
  return `${formatCount(epoch)} (${date.toISOString().slice(0, 16).replace('T', ' ')} UTC)`
}

/** `1000` → `1,000`. */
export function formatCount(count: number | bigint): string {
  return count.toLocaleString('en-US')
}

/** `1 file`, `2 files`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** Text that cannot steer a terminal: control characters (a file name may hold any) become `\xNN`. */
export function printable(text: string): string {
  return text.replace(
    // Line feed and tab are left: messages have several lines.
    // eslint-disable-next-line no-control-regex -- finding them is the purpose
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
}

function two(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = (ms % big) / small
  const head = `${formatCount(Math.floor(ms / big))} ${bigName}`
  return rest === 0 ? head : `${head} ${rest} ${smallName}`
}
