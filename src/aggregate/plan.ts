/**
 * Which of the inputs that wait become aggregates now, which wait on, and which can never be taken: a pure function of
 * what waits, a policy and the time. The same inputs in any order give the same plan.
 *
 * What holds of the waste, with room(D) = D minus the index of D:
 * - No gaps. Half of an aggregate's size would not hold its segments, unless that is below the policy's smallest.
 * - What leaves something out for want of room is full, it or the largest aggregate with the same in it: less is free
 *   than the smallest piece left out needs, or no index entry is.
 * - An aggregate of D that took everything uses more than room(D/2) + room(D/4) minus its largest segment, or more
 *   entries than D/4 has, unless D/4 is below the policy's smallest: otherwise D/2 and a D/4 are cheaper.
 * Against the last two stands only a limit for owners.
 * @see FRC-0058
 */
import type { ErrorCode } from '../errors.ts'
import { Backlog } from './plan-backlog.ts'
import { checkInputs, checkPolicy, type PendingInput, type PlanPolicy } from './plan-input.ts'
import { layOut, type Layout } from './plan-layout.ts'
import { compareInputs, piecesOf, type PlannedPiece } from './plan-piece.ts'
import { holds, roomOf, smallestHolding } from './plan-room.ts'
import { type Choice, choose, type Wish } from './plan-share.ts'
import { why } from './plan-why.ts'

export interface PlannedAggregate extends Layout {
  /** No more fits · `closeAtBytes` wait · a deadline would pass · the oldest input has waited `closeAfter`. */
  readonly closedBy: 'full' | 'fill' | 'deadline' | 'age'
  readonly why: string
}

export interface WaitingInput {
  readonly id: string
  /** When it is closed at the latest; sooner when more comes. */
  readonly until: number
  readonly why: string
}

export interface RefusedInput {
  readonly id: string
  /** AGGREGATE_FULL: too large for any aggregate. DEADLINE: its deadline is over. */
  readonly code: ErrorCode
  readonly why: string
}

/** Every input is in exactly one of the three. */
export interface AggregationPlan {
  /** In the order in which to make them. */
  readonly aggregates: readonly PlannedAggregate[]
  readonly waiting: readonly WaitingInput[]
  readonly refused: readonly RefusedInput[]
}

/**
 * Takes n log n steps, and for every aggregate that leaves something out as many as there are owners.
 * @throws ARGUMENT_INVALID for a policy, an id or a time; SEGMENT_INVALID for sizes of an input
 */
export function planAggregates(
  pending: readonly PendingInput[],
  policy: PlanPolicy,
  now: number,
): AggregationPlan {
  checkPolicy(policy, now)
  checkInputs(pending)
  const inputs = pending.toSorted(compareInputs)
  const refused: RefusedInput[] = []
  const taken = inputs.filter((input) => {
    const refusal = refuse(input, policy, now)
    if (refusal !== undefined) refused.push(refusal)
    return refusal === undefined
  })
  const backlog = new Backlog(piecesOf(taken))
  const aggregates: PlannedAggregate[] = []
  for (;;) {
    const oldest = backlog.oldest()
    if (oldest === undefined) return { aggregates, waiting: [], refused }
    const batch = new Batch(backlog, oldest, policy, now)
    const closed = batch.close()
    if (closed === undefined) return { aggregates, waiting: batch.waiting(), refused }
    aggregates.push(closed)
  }
}

function refuse(input: PendingInput, policy: PlanPolicy, now: number): RefusedInput | undefined {
  const { id, pieceSize, deadline } = input
  if (pieceSize > roomOf(policy.maxPieceSize).bytes)
    return { id, code: 'AGGREGATE_FULL', why: why.tooLarge(pieceSize, policy.maxPieceSize) }
  if (deadline !== undefined && deadline < now)
    return { id, code: 'DEADLINE', why: why.tooLate(deadline, now) }
  return undefined
}

/** The next aggregate: what it would hold if it closed now, and whether it does. */
class Batch {
  readonly #backlog: Backlog
  readonly #oldest: PlannedPiece
  readonly #policy: PlanPolicy
  readonly #closesAt: number
  readonly #isAged: boolean
  readonly #choice: Choice

  constructor(backlog: Backlog, oldest: PlannedPiece, policy: PlanPolicy, now: number) {
    this.#backlog = backlog
    this.#oldest = oldest
    this.#policy = policy
    this.#closesAt = oldest.arrivedAt + policy.closeAfter
    this.#isAged = this.#closesAt <= now
    this.#choice = this.#choose(policy.maxPieceSize)
  }

  /** Takes the pieces out of the backlog; undefined when the batch stays open. */
  close(): PlannedAggregate | undefined {
    const cause = this.#cause()
    if (cause === undefined) return undefined
    const all = this.#choice
    const pieceSize = this.#sizeFor(all)
    const half = this.#half(pieceSize)
    const layout =
      half === undefined ? layOut(all.pieces, pieceSize) : layOut(half.pieces, this.#sizeFor(half))
    this.#backlog.remove((half ?? all).pieces)
    if (half === undefined) return { ...layout, ...cause }
    const and = why.half(layout.pieceSize, this.#backlog.count)
    return { ...layout, closedBy: cause.closedBy, why: `${cause.why}; ${and}` }
  }

  /** Of a batch that stays open: everything. */
  waiting(): WaitingInput[] {
    const { pieces, bytes } = this.#choice
    const inBatch = new Set(pieces)
    const until = this.#closesAt
    const reason = why.waits(bytes, this.#policy.closeAtBytes, until)
    return this.#backlog
      .left()
      .flatMap((piece) => {
        if (inBatch.has(piece)) return piece.inputs.map((input) => ({ input, until, why: reason }))
        const later = piece.arrivedAt + this.#policy.closeAfter
        const limited = why.limited(piece.owner, later)
        return piece.inputs.map((input) => ({ input, until: later, why: limited }))
      })
      .toSorted((a, b) => compareInputs(a.input, b.input))
      .map(({ input: { id }, ...rest }) => ({ id, ...rest }))
  }

  #cause(): Pick<PlannedAggregate, 'closedBy' | 'why'> | undefined {
    const { bytes, full, pieces } = this.#choice
    const { closeAtBytes } = this.#policy
    if (full) return { closedBy: 'full', why: why.full(this.#backlog.count - pieces.length) }
    if (bytes >= closeAtBytes) return { closedBy: 'fill', why: why.fill(bytes, closeAtBytes) }
    for (const piece of this.#backlog.dueBefore(this.#closesAt))
      return { closedBy: 'deadline', why: why.deadline(piece, this.#closesAt) }
    if (this.#isAged) return { closedBy: 'age', why: why.age(this.#oldest, this.#closesAt) }
    return undefined
  }

  /** What an aggregate of half the size takes, when the rest fits half of that: both cost three quarters of one. */
  #half(pieceSize: number): Choice | undefined {
    const { full, bytes, pieces } = this.#choice
    if (full || pieceSize / 4 < this.#policy.minPieceSize) return undefined
    const half = this.#choose(pieceSize / 2)
    const rest = roomOf(pieceSize / 4, this.#policy.maxSegments)
    return holds(rest, bytes - half.bytes, pieces.length - half.pieces.length) ? half : undefined
  }

  #choose(pieceSize: number): Choice {
    const { maxPieceSize, maxSegments, maxOwnerShare = 1 } = this.#policy
    const wish: Wish = {
      room: roomOf(pieceSize, maxSegments),
      first: this.#first(),
      ownerLimit:
        maxOwnerShare === 1 ? Infinity : Math.floor(roomOf(maxPieceSize).bytes * maxOwnerShare),
    }
    return choose(this.#backlog, wish)
  }

  #sizeFor({ bytes, pieces }: Choice): number {
    return smallestHolding(this.#policy.minPieceSize, bytes, pieces.length)
  }

  /** What cannot wait: deadlines before the next close, and the input whose age closes the batch. */
  *#first(): Generator<PlannedPiece> {
    yield* this.#backlog.dueBefore(this.#closesAt)
    if (this.#isAged) yield this.#oldest
  }
}
