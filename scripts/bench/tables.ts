/** A report for people: tables of rows and of findings, as text for a terminal or as Markdown for the docs. */
import { formatBytes, formatCount, formatPlural } from '../../src/terminal/format.ts'
import { formatTable } from '../../src/terminal/table.ts'
import type { Finding, Report, Row } from './report.ts'

const MB = 1e6
const SECOND_MS = 1000
const ROW_HEAD = ['', 'size', 'median', 'least and most', 'MB/s', 'peak memory'] as const
const FINDING_HEAD = ['', 'this run', 'rounds', 'goal', ''] as const

const GROUPS: Readonly<Record<string, string>> = {
  memory: 'In memory',
  aggregate: 'Aggregates',
  keep: 'Keeping stores',
  keeper: 'Keeper',
  stage: 'Where the time of a large file goes, on one thread',
  start: 'Start',
  file: 'One file, from disk to disk',
  small: 'Many small files, from disk to disk',
  tiny: 'Very many tiny files, for the memory',
  grow: 'Growth',
}

interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export function textOf(report: Report): string {
  const parts = tablesOf(report).map(({ title, head, rows }) =>
    [title, ...formatTable([head, ...rows]).map((line) => `  ${line}`)].join('\n'),
  )
  return `${[machineLine(report), ...parts, ...remarks(report)].join('\n\n')}\n`
}

export function markdownOf(report: Report): string {
  const parts = tablesOf(report).map(({ title, head, rows }) =>
    [
      `**${title}**\n`,
      markdownRow(head),
      markdownRow(head.map((_, column) => (column === 0 ? '---' : '--:'))),
      ...rows.map(markdownRow),
    ].join('\n'),
  )
  return [machineLine(report), ...parts, ...remarks(report)].join('\n\n')
}

/** What it ran on, in a sentence. */
export function machineLine({ machine, rounds }: Report): string {
  const { cpu, cores, features, memoryBytes, system, node, hashBackend } = machine
  const hardware = [
    cpu,
    `${cores} ${cores === 1 ? 'core' : 'cores'}`,
    ...(features.length === 0 ? [] : [features.join(' ')]),
    `${formatBytes(memoryBytes)} of memory`,
  ]
  return (
    `${hardware.join(', ')}; ${system}; Node ${node}; hashing with ${hashBackend}. ` +
    `Medians of ${formatPlural(rounds.memory, 'round')} in memory and ${rounds.disk} on disk, inputs warm in the page cache. MB are 10^6 bytes.`
  )
}

function tablesOf({ rows, findings }: Report): Table[] {
  const tables = Object.entries(GROUPS).map(([group, title]) => ({
    title,
    head: ROW_HEAD,
    rows: rows.filter(({ id }) => id.startsWith(`${group}/`)).map(rowCells),
  }))
  const judged = { title: 'Goals', head: FINDING_HEAD, rows: findings.map(findingCells) }
  return [...tables, judged].filter((table) => table.rows.length > 0)
}

function rowCells({ title, bytes, medianMs, minMs, maxMs, mbPerSecond, peakBytes }: Row): string[] {
  return [
    title,
    bytes === 0 ? '' : formatBytes(bytes),
    formatTime(medianMs),
    `${formatTime(minMs)} – ${formatTime(maxMs)}`,
    mbPerSecond === null ? '' : number(mbPerSecond),
    peakBytes === null ? '' : `${number(peakBytes / MB)} MB`,
  ]
}

function findingCells({ title, unit, value, min, max, goal, met }: Finding): string[] {
  const sign = goal?.sense === 'at least' ? '≥' : '≤'
  return [
    title,
    withUnit(number(value), unit),
    min === null || max === null ? '' : `${number(min)} – ${number(max)}`,
    goal === null ? '' : `${sign} ${withUnit(formatCount(goal.value), unit)}`,
    met === null ? '' : met ? '✓' : '✗',
  ]
}

function remarks({ notes, failures, quick }: Report): string[] {
  return [
    ...(quick ? ['A quick run of small sizes: the figures say little.'] : []),
    ...notes,
    ...failures.map((failure) => `FAILED ${failure}`),
  ]
}

function withUnit(value: string, unit: Finding['unit']): string {
  const sign = { times: '×', percent: '%', MB: 'MB', ms: 'ms' }[unit]
  return `${value} ${sign}`
}

/** Three digits, where `formatDuration` of a terminal has two: this is a measurement. */
function formatTime(ms: number): string {
  return ms < SECOND_MS ? `${number(ms)} ms` : `${number(ms / SECOND_MS)} s`
}

/** Three digits, none behind the point from 100 on. */
function number(value: number): string {
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
