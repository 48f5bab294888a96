/** Medians, spreads and ratios of repeated runs. */

/** The middle one, or the mean of the two in the middle. @throws RangeError without values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is no median of nothing')
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2
}

export interface Ratio {
  readonly value: number
  readonly min: number
  readonly max: number
}

/**
 * How many times as fast `one` is as `other`: from the medians, and the least and most of rounds, in which both ran one soon
 * after the other. `bytes` may differ; the samples are times.
 */
export function speedRatio(one: Timed, other: Timed): Ratio {
  const speed = ({ bytes }: Timed, ms: number): number => Math.max(bytes, 1) / ms
  const rounds = one.samplesMs
    .slice(0, other.samplesMs.length)
    .map((ms, round) => speed(one, ms) / speed(other, other.samplesMs[round] as number))
  return {
    value: speed(one, median(one.samplesMs)) / speed(other, median(other.samplesMs)),
    min: Math.min(...rounds),
    max: Math.max(...rounds),
  }
}

interface Timed {
  readonly bytes: number
  /** One for each round. */
  readonly samplesMs: readonly number[]
}
