/** One owner's queue while pieces of it are chosen. The queue itself does not change: a choice may be dropped. */
import type { Lane, OwnerQueue } from './plan-backlog.ts'
import { compareAge, type PlannedPiece } from './plan-piece.ts'

export class Cursor {
  /** Room that the choice has given the owner, in weights. */
  taken = 0
  /** The queue's own until something is taken: most owners of a long backlog are only looked at. */
  #lanes: readonly Lane[]
  #isCopy = false
  readonly #isTaken: (piece: PlannedPiece) => boolean

  /** `isTaken` tells of pieces that are gone or were taken out of turn. */
  constructor(queue: OwnerQueue, isTaken: (piece: PlannedPiece) => boolean) {
    this.#lanes = queue.lanes
    this.#isTaken = isTaken
  }

  /** The sum of weights of what is left: a piece weighs its padded bytes, and at least `least`. */
  waiting(least: number): number {
    return this.#lanes.reduce(
      (sum, { left, pieceSize }) => sum + left * Math.max(pieceSize, least),
      0,
    )
  }

  /** The oldest piece of at most `most` padded bytes that is left. */
  oldest(most: number): PlannedPiece | undefined {
    let oldest: PlannedPiece | undefined
    for (const [at, lane] of this.#lanes.entries()) {
      if (lane.left === 0 || lane.pieceSize > most) continue
      const head = this.#head(at)
      if (oldest === undefined || compareAge(head, oldest) < 0) oldest = head
    }
    return oldest
  }

  /** Whether a piece of at most `most` padded bytes is left. */
  hasUpTo(most: number): boolean {
    return this.#lanes.some(({ left, pieceSize }) => left > 0 && pieceSize <= most)
  }

  /** Takes `piece`, in turn or out of it. */
  take(piece: PlannedPiece, weight: number): void {
    this.taken += weight
    const lane = this.#copy().find(({ pieceSize }) => pieceSize === piece.pieceSize)
    if (lane === undefined) return
    lane.left -= 1
    if (lane.pieces[lane.head] === piece) lane.head += 1
  }

  #head(at: number): PlannedPiece {
    let lane = this.#lanes[at] as Lane
    if (this.#isTaken(lane.pieces[lane.head] as PlannedPiece)) lane = this.#copy()[at] as Lane
    while (this.#isTaken(lane.pieces[lane.head] as PlannedPiece)) lane.head += 1
    return lane.pieces[lane.head] as PlannedPiece
  }

  #copy(): readonly Lane[] {
    if (!this.#isCopy) this.#lanes = this.#lanes.map((lane) => ({ ...lane }))
    this.#isCopy = true
    return this.#lanes
  }
}
