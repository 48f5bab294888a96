/**
 * Many files or pieces → few aggregates in the depot, each of which one deal stores. Every file becomes a piece first, and stays
 * one. Repeatable: what is there already is found again, and the same inputs make the same aggregates.
 */
import { Aggregate } from '../aggregate/aggregate.ts'
import type { FilledSegment } from '../aggregate/payload.ts'
import { type PlannedAggregate, planAggregates } from '../aggregate/plan.ts'
import type { PendingInput } from '../aggregate/plan-input.ts'
import { smallestHolding } from '../aggregate/plan-room.ts'
import { MIN_AGGREGATE_SIZE } from '../aggregate/size.ts'
import { StorageError } from '../errors.ts'
import { parsePieceCid } from '../piece/piece-cid.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import type { AggregateInput } from './aggregate-inputs.ts'
import { prepareEach, type PrepareEachContext } from './prepare-each.ts'

export interface AggregateRequest {
  /** What the aggregate is called; several get a number behind it. */
  readonly name: string
  /** Files to prepare, as `listInputs` finds them. */
  readonly inputs?: readonly AggregateInput[] | undefined
  readonly followSymlinks?: boolean | undefined
  /** Instead: root or piece CIDs of what is in the depot. */
  readonly cids?: readonly string[] | undefined
  /** Padded bytes of every aggregate; unless stated the least that holds all, at most 32 GiB. */
  readonly pieceSize?: number | undefined
  /** Refuse, before an aggregate is stored, what does not fit one. */
  readonly single?: boolean | undefined
}

export interface NamedSegment extends FilledSegment {
  readonly piece: StoredPiece
  /** Of all inputs that are this piece. */
  readonly names: readonly string[]
}

export interface Aggregated {
  readonly piece: StoredPiece
  readonly aggregate: Aggregate<NamedSegment>
  readonly plan: PlannedAggregate
}

/** 32 GiB padded: the sector that most providers seal (FIP-0003). */
const DEFAULT_MAX_SIZE = 2 ** 35

/**
 * The aggregates in the order in which they were made; one unless the inputs do not fit one.
 * @throws ARGUMENT_INVALID for a CID that is named twice, or for several aggregates when there may be but one; AGGREGATE_FULL for
 *   an input that fits none; CID_NOT_FOUND; as `prepare` and `Depot.putAggregate`
 */
export async function aggregate(
  request: AggregateRequest,
  context: PrepareEachContext,
): Promise<readonly Aggregated[]> {
  const named =
    request.cids === undefined
      ? await preparedPieces(request, context)
      : await storedPieces(request.cids, context)
  const plans = planOf(named, request.pieceSize)
  if (request.single === true && plans.length > 1)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'the inputs do not fit one aggregate, and one was asked for',
      expected: 'one aggregate',
      got: `${plans.length} aggregates`,
      hint: 'Ask for a larger one, or for fewer inputs.',
    })
  const made: Aggregated[] = []
  for (const [i, plan] of plans.entries()) {
    const whole = new Aggregate(segmentsOf(plan, named), plan.pieceSize)
    const name = plans.length === 1 ? request.name : `${request.name}, ${i + 1} of ${plans.length}`
    made.push({ piece: await context.depot.putAggregate(whole, { name }), aggregate: whole, plan })
  }
  return made
}

interface NamedPiece {
  readonly name: string
  readonly piece: StoredPiece
}

async function preparedPieces(
  { inputs = [], followSymlinks }: AggregateRequest,
  context: PrepareEachContext,
): Promise<NamedPiece[]> {
  const pieces = await prepareEach(inputs, followSymlinks, context)
  return pieces.map((piece, i) => ({ name: inputs[i]?.name ?? piece.name, piece }))
}

/** @throws ARGUMENT_INVALID when two of the CIDs mean one piece; CID_NOT_FOUND */
async function storedPieces(
  cids: readonly string[],
  { depot }: PrepareEachContext,
): Promise<NamedPiece[]> {
  const named = new Map<string, NamedPiece>()
  for (const cid of cids) {
    const piece = await depot.get(cid)
    const key = keyOf(piece)
    if (named.has(key))
      throw new StorageError('ARGUMENT_INVALID', {
        what: 'a piece is named twice',
        got: cid,
        hint: 'An aggregate holds a piece once: name it once.',
      })
    named.set(key, { name: piece.name, piece })
  }
  return [...named.values()]
}

/** All of them, now; of equally large ones those stand first that were named first. */
function planOf(
  named: readonly NamedPiece[],
  pieceSize: number | undefined,
): readonly PlannedAggregate[] {
  const pending = named.map(({ piece }, i): PendingInput => {
    const { pieceCid, pieceSize: padded, size } = piece
    return { id: String(i), pieceCid, pieceSize: padded, size, owner: 'me', arrivedAt: i }
  })
  const maxPieceSize = pieceSize ?? DEFAULT_MAX_SIZE
  const minPieceSize = pieceSize ?? leastFor(named)
  const policy = { minPieceSize, maxPieceSize, closeAtBytes: maxPieceSize, closeAfter: 0 }
  const { aggregates, refused } = planAggregates(pending, policy, pending.length)
  const [first] = refused
  if (first === undefined) return aggregates
  throw new StorageError('AGGREGATE_FULL', {
    what: `"${named[Number(first.id)]?.name}" fits no aggregate of ${maxPieceSize} bytes: ${first.why}`,
    hint:
      pieceSize === undefined
        ? 'Store it alone with make-deal.'
        : 'Ask for a larger aggregate, or store it alone with make-deal.',
  })
}

/** Padded bytes of one aggregate of all distinct pieces; where none holds them the planner may choose every size. */
function leastFor(named: readonly NamedPiece[]): number {
  const pieces = new Map(named.map(({ piece }) => [keyOf(piece), piece.pieceSize]))
  const bytes = [...pieces.values()].reduce((sum, size) => sum + size, 0)
  const least = smallestHolding(MIN_AGGREGATE_SIZE, bytes, pieces.size)
  return least > DEFAULT_MAX_SIZE ? MIN_AGGREGATE_SIZE : least
}

function segmentsOf(plan: PlannedAggregate, named: readonly NamedPiece[]): NamedSegment[] {
  return plan.segments.map(({ ids, offset }) => {
    const inputs = ids.map((id) => named[Number(id)] as NamedPiece)
    const { piece } = inputs[0] as NamedPiece
    const { root } = parsePieceCid(piece.pieceCid)
    const names = inputs.map(({ name }) => name)
    return { root, size: piece.size, pieceSize: piece.pieceSize, offset, piece, names }
  })
}

/** As the planner sees it: pieces of one commitment and padded size have the same padded bytes. */
function keyOf({ pieceCid, pieceSize }: StoredPiece): string {
  return `${pieceCid} ${pieceSize}`
}
