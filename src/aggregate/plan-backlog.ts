/** The pieces that wait, in the orders in which the planner asks for them. Grows never, shrinks with every aggregate. */
import { compareAge, type PlannedPiece } from './plan-piece.ts'

/** Pieces of one owner and one size, oldest first. Those before `head` are gone, later ones may be. */
export interface Lane {
  readonly pieceSize: number
  readonly pieces: PlannedPiece[]
  head: number
  /** How many are not gone. */
  left: number
}

export interface OwnerQueue {
  readonly owner: string
  /** Few: a lane for every size. */
  readonly lanes: Lane[]
}

export class Backlog {
  bytes = 0
  count = 0
  readonly #byAge: readonly PlannedPiece[]
  readonly #byDeadline: readonly PlannedPiece[]
  readonly #queues = new Map<string, OwnerQueue>()
  readonly #gone = new Set<PlannedPiece>()
  #oldest = 0
  #due = 0

  /** `pieces` come oldest first. */
  constructor(pieces: readonly PlannedPiece[]) {
    this.#byAge = pieces
    this.#byDeadline = pieces
      .filter(({ deadline }) => deadline !== undefined)
      .toSorted((a, b) => deadlineOf(a) - deadlineOf(b) || compareAge(a, b))
    for (const piece of pieces) this.#add(piece)
  }

  oldest(): PlannedPiece | undefined {
    while (this.#gone.has(this.#byAge[this.#oldest] as PlannedPiece)) this.#oldest += 1
    return this.#byAge[this.#oldest]
  }

  /** Oldest first. */
  left(): PlannedPiece[] {
    return this.#byAge.slice(this.#oldest).filter((piece) => !this.#gone.has(piece))
  }

  /** Whose deadline comes before `time`, the earliest first. */
  *dueBefore(time: number): Generator<PlannedPiece> {
    while (this.#gone.has(this.#byDeadline[this.#due] as PlannedPiece)) this.#due += 1
    for (let at = this.#due; at < this.#byDeadline.length; at++) {
      const piece = this.#byDeadline[at] as PlannedPiece
      if (deadlineOf(piece) >= time) return
      if (!this.#gone.has(piece)) yield piece
    }
  }

  isGone(piece: PlannedPiece): boolean {
    return this.#gone.has(piece)
  }

  /** Of owners that have something waiting, in the order in which they came. */
  queues(): Iterable<OwnerQueue> {
    return this.#queues.values()
  }

  remove(pieces: readonly PlannedPiece[]): void {
    for (const piece of pieces) {
      this.#gone.add(piece)
      this.bytes -= piece.pieceSize
      this.count -= 1
      const queue = this.#queues.get(piece.owner)
      const lane = queue?.lanes.find(({ pieceSize }) => pieceSize === piece.pieceSize)
      if (lane === undefined) continue
      lane.left -= 1
      while (this.#gone.has(lane.pieces[lane.head] as PlannedPiece)) lane.head += 1
      if (queue?.lanes.every(({ left }) => left === 0) === true) this.#queues.delete(piece.owner)
    }
  }

  #add(piece: PlannedPiece): void {
    const { owner, pieceSize } = piece
    let queue = this.#queues.get(owner)
    if (queue === undefined) this.#queues.set(owner, (queue = { owner, lanes: [] }))
    let lane = queue.lanes.find((each) => each.pieceSize === pieceSize)
    if (lane === undefined) queue.lanes.push((lane = { pieceSize, pieces: [], head: 0, left: 0 }))
    lane.pieces.push(piece)
    lane.left += 1
    this.bytes += pieceSize
    this.count += 1
  }
}

function deadlineOf(piece: PlannedPiece): number {
  return piece.deadline ?? Infinity
}
