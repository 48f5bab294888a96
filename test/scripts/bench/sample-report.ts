/** A report with round numbers, for the tests of what is made of one. */
import { findingsOf } from '../../../scripts/bench/findings.ts'
import type { Report, RowSpec } from '../../../scripts/bench/report.ts'
import { toRow } from '../../../scripts/bench/rows.ts'

const MIB = 2 ** 20

/** Rows by id: payload, milliseconds of the rounds, peak memory. */
export type Figures = readonly (readonly [
  id: string,
  bytes: number,
  samplesMs: readonly number[],
  peakBytes: number | null,
])[]

export const GROWTH: Figures = [
  ['grow/1-mib', MIB, [300, 310, 320], 100e6],
  ['grow/64-mib', 64 * MIB, [400, 410, 450], 180e6],
  ['grow/8192-mib', 8192 * MIB, [12_300, 12_345, 13_000], 210e6],
]

export function sampleReport(figures: Figures): Report {
  const rows = figures.flatMap(([id, bytes, samplesMs, peakBytes]) => {
    const ours = /sealift|prepare|grow|start/.test(id)
    const spec: RowSpec = { id, title: `title of ${id}`, ours, bytes }
    return toRow({ spec, samples: samplesMs.map((ms) => ({ ms, peakBytes })) }) ?? []
  })
  return {
    version: 1,
    kind: 'bench',
    machine: {
      cpu: 'A processor',
      cores: 2,
      features: ['sha_ni'],
      memoryBytes: 8 * 2 ** 30,
      system: 'linux 6 x64',
      node: '24.0.0',
      hashBackend: 'hashtree',
    },
    rounds: { memory: 5, disk: 3 },
    quick: false,
    rows,
    findings: findingsOf(rows),
    notes: [],
    failures: [],
  }
}
