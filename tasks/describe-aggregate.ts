/** An aggregate as a person reads it: what it is, what of it is waste, some of its segments, and what they cost. */
import { costAlone, costShares } from '../src/aggregate/cost-share.ts'
import { DEFAULT_DURATION } from '../src/deal/terms.ts'
import { formatDuration, formatFil } from '../src/deal/units.ts'
import type { Aggregated, NamedSegment } from '../src/flow/aggregate.ts'
import { formatBytes, formatCount, formatPlural } from '../src/terminal/format.ts'
import { formatTable } from '../src/terminal/table.ts'

/** For what a file costs, here and in a deal of its own. */
export interface Comparison {
  /** attoFIL per epoch for the whole aggregate. */
  readonly price: bigint
  /** Padded bytes of the smallest piece that a provider takes. */
  readonly minDealSize: number
}

/** Segments that are shown at the start and at the end. */
const FIRST = 5
const LAST = 2
const GIB = 2n ** 30n

export function describeAggregate(made: Aggregated, comparison: Comparison | undefined): string[] {
  const { piece, aggregate } = made
  const costs = comparison === undefined ? undefined : costsOf(made, comparison)
  const files = aggregate.segments.reduce((sum, { names }) => sum + names.length, 0)
  const lines = formatTable([
    ['name', piece.name],
    ['piece', piece.pieceCid],
    ['', piece.pieceCidV2],
    ['size', `${formatBytes(piece.size)}, padded ${formatBytes(piece.pieceSize)}`],
    ['segments', segmentsInWords(aggregate.segments.length, files)],
    ['waste', wasteInWords(made)],
    ...(costs === undefined ? [] : costRows(costs, files)),
    ['stored', `${piece.path}, from the pieces of its segments`],
  ])
  const [first] = aggregate.segments
  if (first?.piece.root === '')
    lines.push('Its first segment is no CAR: providers that look for the header of one refuse it.')
  return [...lines, '', ...segmentTable(aggregate.segments, costs)]
}

function segmentsInWords(segments: number, inputs: number): string {
  const equal = inputs - segments
  return `${formatCount(segments)} of ${formatPlural(inputs, 'input')}${
    equal === 0 ? '' : `, ${formatCount(equal)} equal to another`
  }`
}

function wasteInWords({ plan }: Aggregated): string {
  const { pieceSize, usedBytes, indexBytes, waste } = plan
  const share = Math.round((100 * (pieceSize - usedBytes + waste.padding)) / pieceSize)
  return [
    `${share} %: ${formatBytes(waste.padding)} fill segments up`,
    `${formatBytes(waste.tail + waste.gaps)} are free`,
    `${formatBytes(indexBytes)} are the index`,
  ].join(', ')
}

interface Costs {
  /** attoFIL of the whole deal. */
  readonly total: bigint
  readonly minDealSize: number
  /** Of an input of segment `i`: its share, and a deal of its own. */
  readonly shares: readonly bigint[]
  readonly alone: readonly bigint[]
  /** Of all inputs. */
  readonly allAlone: bigint
}

function costsOf({ plan }: Aggregated, { price, minDealSize }: Comparison): Costs {
  const total = price * DEFAULT_DURATION
  const byId = new Map(costShares(plan, total).map(({ id, attoFil }) => [id, attoFil]))
  const size = BigInt(plan.pieceSize)
  const pricePerGibEpoch = (price * GIB + size - 1n) / size
  const alone = plan.segments.map(({ pieceSize }) =>
    costAlone({ pieceSize, minPieceSize: minDealSize, pricePerGibEpoch, epochs: DEFAULT_DURATION }),
  )
  return {
    total,
    minDealSize,
    shares: plan.segments.map(({ ids }) => byId.get(ids[0] ?? '') ?? 0n),
    alone,
    allAlone: plan.segments.reduce(
      (sum, { ids }, i) => sum + (alone[i] ?? 0n) * BigInt(ids.length),
      0n,
    ),
  }
}

function costRows({ total, minDealSize, allAlone }: Costs, files: number): string[][] {
  const each = BigInt(files)
  return [
    [
      'cost',
      `${formatFil(total)} for ${formatDuration(DEFAULT_DURATION)}, ${formatFil(total / each)} an input on average`,
    ],
    [
      'alone',
      `${formatFil(allAlone)} in deals of their own of ${formatBytes(minDealSize)} and more, ${formatFil(allAlone / each)} on average`,
    ],
  ]
}

/** Of many segments only the first and the last. */
function segmentTable(segments: readonly NamedSegment[], costs: Costs | undefined): string[] {
  const isLong = segments.length > FIRST + LAST + 1
  const left = segments.length - FIRST - LAST
  const rows = segments.map((segment, i) => () => [
    segment.names.length === 1 ? (segment.names[0] ?? '') : namesInWords(segment),
    formatBytes(segment.size),
    `at ${formatCount(segment.offset)}`,
    ...(costs === undefined
      ? []
      : [formatFil(costs.shares[i] ?? 0n), `alone ${formatFil(costs.alone[i] ?? 0n)}`]),
    segment.piece.pieceCid,
  ])
  if (!isLong) return formatTable(rows.map((row) => row()))
  const some = [...rows.slice(0, FIRST), ...rows.slice(-LAST)].map((row) => row())
  const lines = formatTable(some)
  return [...lines.slice(0, FIRST), `… ${formatCount(left)} more`, ...lines.slice(FIRST)]
}

function namesInWords({ names: [first = '', ...more] }: NamedSegment): string {
  return `${first} = ${more.length === 1 ? more[0] : `${formatCount(more.length)} others`}`
}
