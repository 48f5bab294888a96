/** Values within the sentences of a timeline. */
import { EPOCH_SECONDS } from '../deal/units.ts'
import type { FetchKnown, Surroundings } from './facts.ts'
import type { Step, StepName } from './timeline.ts'

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `1.2 GiB`. */
export function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  // 1023.95 and more would be written as 1024.0 of the unit.
  while (value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? bytes : value.toFixed(1)} ${UNITS[unit]}`
}

/** Rounded down: 100 only when nothing is missing. */
export function percentOf({ bytes, size }: Pick<FetchKnown, 'bytes' | 'size'>): number {
  if (bytes >= size) return 100
  return Math.min(99, Math.floor((bytes * 100) / size))
}

/** That which has most of the piece. */
export function furthest<T extends Pick<FetchKnown, 'bytes' | 'size' | 'last'>>(
  fetches: readonly T[],
): T | undefined {
  return fetches.toSorted((a, b) => percentOf(b) - percentOf(a) || b.last - a.last)[0]
}

/** Who fetches, as the subject of a sentence: what a URL says of it is its own word. */
export function readerText({ by, from, others }: FetchKnown): string {
  if (by !== undefined) return `somebody who names itself ${by}, at ${from},`
  if (others === undefined) return `somebody at ${from}`
  return others === 1 ? `somebody else at ${from}` : `the furthest of ${others} others, at ${from},`
}

export function providerText(id: bigint): string {
  return `f0${id}`
}

/** `0x1234abcd…`. */
export function shortId(id: string): string {
  return `${id.slice(0, 10)}…`
}

/** ISO 8601 of an epoch, where the chain's genesis is known. */
function timeOf(epoch: bigint, { genesis }: Surroundings): string | null {
  if (genesis === undefined) return null
  return new Date((genesis + Number(epoch) * EPOCH_SECONDS) * 1000).toISOString()
}

/** A step of the chain. @param key Within the proposal. */
export function chainStep(
  proposalId: string,
  step: StepName,
  key: string,
  { epoch, text, source, link }: ChainTold,
  around: Surroundings,
): Step {
  return {
    id: `${proposalId}:${step}${key === '' ? '' : `:${key}`}`,
    step,
    epoch: epoch === undefined ? null : Number(epoch),
    at: epoch === undefined ? null : timeOf(epoch, around),
    text,
    source,
    ...(link === undefined ? {} : { link }),
  }
}

interface ChainTold {
  readonly epoch: bigint | undefined
  readonly text: string
  readonly source: string
  readonly link?: string | undefined
}
