/**
 * `plot.ts FILE`: how time and peak memory of `prepare` grow with the size of the file, drawn from the JSON of a run with
 * --grow into docs/performance.svg. Two panels, all axes logarithmic: constant throughput is a slope, flat memory is flat.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { formatBytes } from '../../src/terminal/format.ts'
import { decodeReport, type Report, type Row } from './report.ts'

export const PLOT = join(import.meta.dirname, '..', '..', 'docs', 'performance.svg')

const WIDTH = 980
const HEIGHT = 410
const MB = 1e6
/** What the memory must not exceed. */
const PEAK_BYTES = 400 * MB
/** Room of a panel around its plot, for title, labels of the ticks, names of the axes. */
const MARGIN = { top: 62, right: 24, bottom: 68, left: 72 }

/** Free room left of the first size and right of the last, as factors: a first value is written on the left. */
const AIR_LEFT = 4
const AIR_RIGHT = 1.7
/** Keeps lines of the grid off text. */
const HALO = 'paint-order="stroke" stroke="#f7fafc" stroke-width="4"'

/** A place in a panel, in the units of the data. */
interface Point {
  readonly x: number
  readonly y: number
  readonly low: number
  readonly high: number
}

/** A light line for comparison, from a size to the largest. */
interface Guide {
  readonly from: number
  readonly y: (x: number) => number
  readonly text: string
  readonly dash: string
}

interface Panel {
  readonly title: string
  readonly left: number
  readonly yName: string
  readonly yTicks: readonly number[]
  readonly formatY: (y: number) => string
  readonly points: readonly Point[]
  /** Where the value of a point is written, from the point. */
  readonly beside: { readonly dx: number; readonly dy: number; readonly anchor: string }
  readonly guide: Guide
}

type Scale = (value: number) => number

/** Whether a run has anything to draw. */
export function hasGrowth(report: Report): boolean {
  return growthOf(report).length > 1
}

/** The plot as SVG. @throws Error unless the run measured the growth */
export function plotOf(report: Report): string {
  const rows = growthOf(report)
  const last = rows.at(-1)
  if (last === undefined || rows.length < 2)
    throw new Error('the run did not measure the growth: npm run bench -- --grow --json')
  const perByte = last.medianMs / last.bytes
  const speed = Math.round(last.mbPerSecond ?? 0)
  const times = decades(rows.flatMap(({ minMs, maxMs }) => [minMs, maxMs]))
  const smallest = rows[0]?.bytes ?? 1
  const panels: Panel[] = [
    {
      title: 'Time',
      left: 0,
      yName: 'seconds',
      yTicks: times,
      formatY: (ms) => short(ms / 1000),
      points: rows.map(({ bytes, medianMs, minMs, maxMs }) => ({
        x: bytes,
        y: medianMs,
        low: minMs,
        high: maxMs,
      })),
      // A rising line leaves the upper left free.
      beside: { dx: -5, dy: -9, anchor: 'end' },
      guide: {
        // What would lie below the panel is left out.
        from: Math.max(smallest, (times[0] ?? 0) / perByte),
        y: (bytes) => bytes * perByte,
        text: `${speed} MB/s`,
        dash: '2 5',
      },
    },
    {
      title: 'Peak memory',
      left: WIDTH / 2,
      yName: 'MB',
      yTicks: decades([PEAK_BYTES, ...rows.flatMap(({ peakBytes }) => peakBytes ?? [])]),
      formatY: (bytes) => short(bytes / MB),
      points: rows.flatMap(({ bytes, peakBytes }) =>
        peakBytes === null ? [] : [{ x: bytes, y: peakBytes, low: peakBytes, high: peakBytes }],
      ),
      beside: { dx: 0, dy: 23, anchor: 'middle' },
      guide: { from: smallest, y: () => PEAK_BYTES, text: 'at most 400 MB', dash: '7 5' },
    },
  ]
  const sizes = rows.map(({ bytes }) => bytes)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="ui-sans-serif, system-ui, sans-serif" font-size="13" role="img" aria-labelledby="t">`,
    '  <title id="t">Time and peak memory of prepare against the size of the file</title>',
    `  <rect width="${WIDTH}" height="${HEIGHT}" rx="12" fill="#f7fafc"/>`,
    ...panels.flatMap((panel) => draw(panel, sizes)),
    '</svg>',
    '',
  ].join('\n')
}

function draw(panel: Panel, sizes: readonly number[]): string[] {
  const { title, left, yName, yTicks, formatY, points, beside, guide } = panel
  const frame = {
    left: left + MARGIN.left,
    right: left + WIDTH / 2 - MARGIN.right,
    top: MARGIN.top,
    bottom: HEIGHT - MARGIN.bottom,
  }
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)]
  const x = scaleLog([smallest / AIR_LEFT, largest * AIR_RIGHT], [frame.left, frame.right])
  const y = scaleLog([Math.min(...yTicks), Math.max(...yTicks)], [frame.bottom, frame.top])
  const middle = place((frame.left + frame.right) / 2)
  const path = line<Point>(
    (point) => place(x(point.x)),
    (point) => place(y(point.y)),
  )
  return [
    '  <g>',
    `    <text x="${frame.left}" y="34" font-size="16" font-weight="600" fill="#102a43">${title}</text>`,
    ...yTicks.map((tick) => yTick(place(y(tick)), formatY(tick), frame)),
    ...sizes.map((size) => xTick(place(x(size)), formatBytes(size), frame.bottom)),
    `    <text x="${middle}" y="${HEIGHT - 16}" text-anchor="middle" fill="#486581">size of the file</text>`,
    `    <text x="${left + 22}" y="${place((frame.top + frame.bottom) / 2)}" text-anchor="middle" fill="#486581" transform="rotate(-90 ${left + 22} ${place((frame.top + frame.bottom) / 2)})">${yName}</text>`,
    ...drawGuide(guide, x, y, largest),
    `    <path d="${path([...points]) ?? ''}" fill="none" stroke="#1d6fa5" stroke-width="2"/>`,
    ...points.map((point) => dot(point, x, y)),
    ...points.map((point) => valueText(point, formatY(point.y), beside, x, y)),
    '  </g>',
  ]
}

function yTick(at: number, text: string, frame: { left: number; right: number }): string {
  return `    <path d="M${frame.left} ${at}H${frame.right}" stroke="#d9e2ec"/><text x="${frame.left - 10}" y="${at + 4}" text-anchor="end" fill="#334e68">${text}</text>`
}

/** Number and unit under each other, so that neighbours have room. */
function xTick(at: number, size: string, bottom: number): string {
  const [count = '', unit = ''] = size.split(' ')
  return `    <path d="M${at} ${bottom}v5" stroke="#829ab1"/><text x="${at}" y="${bottom + 18}" text-anchor="middle" fill="#334e68">${Number(count)}</text><text x="${at}" y="${bottom + 31}" text-anchor="middle" font-size="11" fill="#627d98">${unit}</text>`
}

function drawGuide(
  { from, y: height, text, dash }: Guide,
  x: Scale,
  y: Scale,
  to: number,
): string[] {
  const ends = [from, to].map((size) => `${place(x(size))} ${place(y(height(size)))}`)
  const isFlat = height(from) === height(to)
  // Above a flat line; right of the foot of a sloping one, where no point lies.
  const [dx, dy] = isFlat ? [0, -9] : [28, -8]
  return [
    `    <path d="M${ends.join('L')}" fill="none" stroke="#829ab1" stroke-dasharray="${dash}"/>`,
    `    <text x="${place(x(from) + dx)}" y="${place(y(height(from)) + dy)}" font-size="12" fill="#627d98" ${HALO}>${text}</text>`,
  ]
}

/** The median as a dot, the rounds as a bar behind it. */
function dot({ x: size, y: value, low, high }: Point, x: Scale, y: Scale): string {
  const [cx, cy] = [place(x(size)), place(y(value))]
  const bar = `<path d="M${cx} ${place(y(low))}V${place(y(high))}" stroke="#1d6fa5" stroke-width="5" stroke-opacity="0.3"/>`
  return `    ${bar}<circle cx="${cx}" cy="${cy}" r="4" fill="#1d6fa5"/>`
}

function valueText(
  point: Point,
  text: string,
  { dx, dy, anchor }: Panel['beside'],
  x: Scale,
  y: Scale,
): string {
  const [cx, cy] = [place(x(point.x) + dx), place(y(point.y) + dy)]
  return `    <text x="${cx}" y="${cy}" text-anchor="${anchor}" font-size="12" fill="#1d6fa5" ${HALO}>${text}</text>`
}

/** Two digits, three from 10 on, without zeros at the end. */
function short(amount: number): string {
  return String(Number(amount.toPrecision(amount < 10 ? 2 : 3)))
}

/** Powers of ten around the values. */
function decades(values: readonly number[]): number[] {
  const first = Math.floor(Math.log10(Math.min(...values)))
  const last = Math.ceil(Math.log10(Math.max(...values)))
  return Array.from({ length: Math.max(last, first + 1) - first + 1 }, (_, i) => 10 ** (first + i))
}

function growthOf({ rows }: Report): Row[] {
  return rows.filter(({ id }) => id.startsWith('grow/')).toSorted((a, b) => a.bytes - b.bytes)
}

/** A tenth of a pixel. */
function place(value: number): number {
  return Math.round(value * 10) / 10
}

if (import.meta.main) {
  writeFileSync(PLOT, plotOf(decodeReport(readFileSync(process.argv[2] ?? '', 'utf8'))))
}
