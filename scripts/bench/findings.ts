/** What the rows say about the goals of the engines. A goal whose rows did not run is left out. */
import type { Finding, Row } from './report.ts'
import { speedRatio } from './statistics.ts'

interface Comparison {
  readonly of: string
  readonly against: string
  readonly title: string
  readonly unit: 'times' | 'percent'
  /** Undefined: for orientation. */
  readonly atLeast?: number
}

const COMPARISONS: readonly Comparison[] = [
  {
    of: 'memory/sealift',
    against: 'memory/wasm',
    title: 'commitment, one thread, against the WebAssembly package',
    unit: 'times',
    atLeast: 12,
  },
  {
    of: 'memory/sealift',
    against: 'memory/hash-limit',
    title: 'commitment, one thread, of the hash limit',
    unit: 'percent',
    atLeast: 80,
  },
  {
    of: 'memory/sealift-2-threads',
    against: 'memory/sealift',
    title: 'commitment, two threads against one',
    unit: 'times',
    atLeast: 1.8,
  },
  {
    of: 'memory/sealift',
    against: 'memory/data-segment',
    title: 'commitment, one thread, against data-segment',
    unit: 'times',
  },
  {
    of: 'memory/sealift',
    against: 'memory/plain-loop',
    title: 'commitment, one thread, against the plain loop',
    unit: 'times',
  },
  ...fileComparisons('file/prepare-2-threads', 'two threads', true),
  ...fileComparisons('file/prepare-1-thread', 'one thread', false),
  {
    of: 'small/prepare',
    against: 'small/ipfs-car',
    title: 'prepare of many small files, against ipfs-car pack alone',
    unit: 'times',
    atLeast: 3,
  },
  {
    of: 'aggregate/sealift',
    against: 'aggregate/data-segment',
    title: 'build of 10,000 segments, against data-segment',
    unit: 'times',
    atLeast: 20,
  },
  {
    of: 'aggregate/sealift',
    against: 'aggregate/data-segment-openssl',
    title: 'build of 10,000 segments, against data-segment with a fast hasher',
    unit: 'times',
  },
]

const PEAK_MB = 400
const START_MS = 1000
const AGGREGATE_MS = 5000
const PROOF_MS = 1
const PLAN_MS = 2000
const DECIDE_MS = 2000
const KEEPER_MS = 2000
const KEEPER_MB = 1000
const MB = 1e6
const PERCENT = 100

export function findingsOf(rows: readonly Row[]): Finding[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const findings: Finding[] = []
  for (const comparison of COMPARISONS) {
    const of = byId.get(comparison.of)
    const against = byId.get(comparison.against)
    if (of !== undefined && against !== undefined) findings.push(compare(comparison, of, against))
  }
  return [
    ...findings,
    ...peakOf(rows),
    ...startOf(byId),
    ...aggregatesOf(byId),
    ...keepOf(byId),
    ...keeperOf(byId),
  ]
}

function compare({ title, unit, atLeast }: Comparison, of: Row, against: Row): Finding {
  const ratio = speedRatio(of, against)
  const scale = unit === 'percent' ? PERCENT : 1
  const value = ratio.value * scale
  return {
    title,
    unit,
    value,
    min: ratio.min * scale,
    max: ratio.max * scale,
    goal: atLeast === undefined ? null : { sense: 'at least', value: atLeast },
    met: atLeast === undefined ? null : value >= atLeast,
  }
}

/** The largest of all rows that are ours: the goal is set for every one. */
function peakOf(rows: readonly Row[]): Finding[] {
  const [largest] = rows
    .filter(({ ours, peakBytes }) => ours && peakBytes !== null)
    .toSorted((a, b) => (b.peakBytes ?? 0) - (a.peakBytes ?? 0))
  if (largest === undefined) return []
  const value = (largest.peakBytes ?? 0) / MB
  return [bound(`peak memory, the largest of ours: ${largest.id}`, 'MB', value, PEAK_MB)]
}

function startOf(byId: ReadonlyMap<string, Row>): Finding[] {
  const row = byId.get('start/command')
  if (row === undefined) return []
  const title = 'npx hardhat prepare of a tiny file, from start to end'
  return [bound(title, 'ms', row.medianMs, START_MS)]
}

function aggregatesOf(byId: ReadonlyMap<string, Row>): Finding[] {
  const many = byId.get('aggregate/sealift-many')
  const proof = byId.get('aggregate/proof')
  const plan = byId.get('aggregate/plan')
  const title = 'build of 100,000 segments'
  return [
    ...(many === undefined ? [] : [bound(title, 'ms', many.medianMs, AGGREGATE_MS)]),
    ...(proof === undefined ? [] : [bound('one proof', 'ms', proof.medianMs, PROOF_MS)]),
    ...(plan === undefined ? [] : [bound('plan for 100,000 inputs', 'ms', plan.medianMs, PLAN_MS)]),
  ]
}

function keepOf(byId: ReadonlyMap<string, Row>): Finding[] {
  const row = byId.get('keep/decide')
  return row === undefined ? [] : [bound(row.title, 'ms', row.medianMs, DECIDE_MS)]
}

function keeperOf(byId: ReadonlyMap<string, Row>): Finding[] {
  const row = byId.get('keeper/decide')
  if (row === undefined) return []
  const peak = (row.peakBytes ?? 0) / MB
  return [
    bound('decision for 100,000 stores', 'ms', row.medianMs, KEEPER_MS),
    bound('memory of a keeper of 100,000 stores', 'MB', peak, KEEPER_MB),
  ]
}

function bound(title: string, unit: 'MB' | 'ms', value: number, atMost: number): Finding {
  const goal = { sense: 'at most' as const, value: atMost }
  return { title, unit, value, min: null, max: null, goal, met: value <= atMost }
}

/** The goals are set for the way in which the command runs. */
function fileComparisons(of: string, how: string, judged: boolean): Comparison[] {
  const prepare = `prepare of one file, ${how}`
  const goal = (atLeast: number) => (judged ? { atLeast } : {})
  return [
    {
      of,
      against: 'file/ipfs-car-wasm',
      title: `${prepare}, against ipfs-car pack and the WebAssembly commitment`,
      unit: 'times',
      ...goal(8),
    },
    { of, against: 'file/cp', title: `${prepare}, of cp`, unit: 'percent', ...goal(65) },
    {
      of,
      against: 'file/cp-fsync',
      title: `${prepare}, of cp and fsync`,
      unit: 'percent',
      ...goal(65),
    },
  ]
}
