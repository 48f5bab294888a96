/**
 * What a run of the benchmark found, and what `--json` prints: exactly this value, version 1. Times are milliseconds, sizes
 * bytes, MB 10^6 bytes; absent things are null.
 *
 *   machine    what it ran on
 *   rounds     how often each row ran: those in memory, those on disk
 *   quick      small sizes: the figures say little
 *   rows       one for each thing measured, its samples in the order of the rounds
 *   findings   ratios of rows and bounds, with the goals that are set for them
 *   notes      what was left out, and why
 *   failures   what did not run, and who disagreed about a CID; empty when all is well
 */
import { z } from 'zod/v4'

const size = z.number().int().nonnegative()
const positive = z.number().positive()

const row = z.strictObject({
  /** `group/name`, what `--only` is matched with. */
  id: z.string().regex(/^[a-z]+\/[a-z0-9-]+$/),
  title: z.string(),
  /** Sealift's, not a peer's or a limit. */
  ours: z.boolean(),
  /** Bytes of the payload; 0 where only the time matters. */
  bytes: size,
  /** Number of files, for rows that read files. */
  files: size.nullable(),
  samplesMs: z.array(positive).min(1),
  medianMs: positive,
  minMs: positive,
  maxMs: positive,
  /** From the median; null without bytes. */
  mbPerSecond: positive.nullable(),
  /** Largest resident memory of the process that did it, the largest of all rounds. */
  peakBytes: size.nullable(),
})

const finding = z.strictObject({
  title: z.string(),
  unit: z.enum(['times', 'percent', 'MB', 'ms']),
  value: z.number(),
  /** Least and most of the rounds; null for a bound. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  goal: z.strictObject({ sense: z.enum(['at least', 'at most']), value: z.number() }).nullable(),
  met: z.boolean().nullable(),
})

const report = z.strictObject({
  version: z.literal(1),
  kind: z.literal('bench'),
  machine: z.strictObject({
    cpu: z.string(),
    cores: z.number().int().positive(),
    /** Of the processor's features, those that hashing uses. */
    features: z.array(z.string()),
    memoryBytes: size,
    system: z.string(),
    node: z.string(),
    hashBackend: z.enum(['hashtree', 'as-sha256']),
  }),
  rounds: z.strictObject({ memory: size, disk: size }),
  quick: z.boolean(),
  rows: z.array(row),
  findings: z.array(finding),
  notes: z.array(z.string()),
  failures: z.array(z.string()),
})

export type Row = z.infer<typeof row>
export type Finding = z.infer<typeof finding>
export type Report = z.infer<typeof report>

/** A row before it ran. */
export interface RowSpec {
  readonly id: string
  readonly title: string
  readonly ours: boolean
  readonly bytes: number
  readonly files?: number
}

/** One run of a row. */
export interface Sample {
  readonly ms: number
  readonly peakBytes: number | null
}

/** Reads and checks what `--json` printed. */
export function decodeReport(text: string): Report {
  return report.parse(JSON.parse(text))
}

/** The value that `--json` prints, checked. */
export function encodeReport(value: Report): string {
  return JSON.stringify(report.parse(value))
}
