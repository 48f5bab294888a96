/** Samples gathered run by run, and the rows that they make. */
import type { Row, RowSpec, Sample } from './report.ts'
import { median } from './statistics.ts'

const MB = 1e6
const SECOND_MS = 1000

export interface Gathered {
  readonly spec: RowSpec
  readonly samples: Sample[]
}

export function gather(spec: RowSpec): Gathered {
  return { spec, samples: [] }
}

/** Undefined for a row that never ran to its end. */
export function toRow({ spec, samples }: Gathered): Row | undefined {
  if (samples.length === 0) return undefined
  const { id, title, ours, bytes, files = null } = spec
  const samplesMs = samples.map(({ ms }) => ms)
  const medianMs = median(samplesMs)
  const peaks = samples.flatMap(({ peakBytes }) => peakBytes ?? [])
  return {
    id,
    title,
    ours,
    bytes,
    files,
    samplesMs,
    medianMs,
    minMs: Math.min(...samplesMs),
    maxMs: Math.max(...samplesMs),
    mbPerSecond: bytes === 0 ? null : speedOf(bytes, medianMs),
    peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
  }
}

/** MB/s. */
export function speedOf(bytes: number, ms: number): number {
  return bytes / MB / (ms / SECOND_MS)
}
