/**
 * Who gets room when an aggregate does not hold everything that waits. First what cannot wait. Then every owner up to
 * an equal share of the rest, oldest first: the largest share that can be given to all, so what small owners do not use
 * goes to the others (max-min fairness). Then what no share could use, in turn, to whoever has least so far. A piece
 * weighs its bytes and at least its part of the index, so that nobody takes all entries with tiny files.
 */
import type { Backlog } from './plan-backlog.ts'
import { Cursor } from './plan-cursor.ts'
import { Heap } from './plan-heap.ts'
import { compareAge, type PlannedPiece } from './plan-piece.ts'
import { holds, type Room } from './plan-room.ts'

export interface Choice {
  readonly pieces: readonly PlannedPiece[]
  /** Padded. */
  readonly bytes: number
  /** Something waits that the room does not hold any more. */
  readonly full: boolean
}

export interface Wish {
  readonly room: Room
  /** What cannot wait, in order; as much of it as fits. */
  readonly first: Iterable<PlannedPiece>
  /** The weight that an owner may take, unless with a single piece or with what cannot wait. */
  readonly ownerLimit: number
}

export function choose(backlog: Backlog, wish: Wish): Choice {
  if (wish.ownerLimit === Infinity && holds(wish.room, backlog.bytes, backlog.count))
    return { pieces: backlog.left(), bytes: backlog.bytes, full: false }
  return new Choosing(backlog, wish).choice()
}

class Choosing {
  readonly #pieces: PlannedPiece[] = []
  readonly #cursors = new Map<string, Cursor>()
  readonly #first = new Set<PlannedPiece>()
  readonly #wish: Wish
  #bytes: number
  #entries: number
  /** What a piece weighs at least: the bytes that go with an index entry, of what is free after what cannot wait. */
  #least = 0
  #full = false

  constructor(backlog: Backlog, wish: Wish) {
    this.#wish = wish
    this.#bytes = wish.room.bytes
    this.#entries = wish.room.entries
    const isTaken = (piece: PlannedPiece) => backlog.isGone(piece) || this.#first.has(piece)
    for (const queue of backlog.queues()) this.#cursors.set(queue.owner, new Cursor(queue, isTaken))
  }

  choice(): Choice {
    this.#takeFirst()
    if (this.#entries > 0) {
      this.#least = Math.ceil(this.#bytes / this.#entries)
      this.#takeShares()
    }
    this.#takeTurns()
    return {
      pieces: this.#pieces,
      bytes: this.#wish.room.bytes - this.#bytes,
      full: this.#full,
    }
  }

  #takeFirst(): void {
    for (const piece of this.#wish.first) {
      if (this.#first.has(piece)) continue
      if (piece.pieceSize > this.#bytes || this.#entries === 0) return
      this.#first.add(piece)
      this.#take(this.#cursors.get(piece.owner) as Cursor, piece)
    }
  }

  #takeShares(): void {
    const cursors = [...this.#cursors.values()]
    const share = equalShare(
      cursors.map((cursor) => Math.min(cursor.waiting(this.#least), this.#allowed(cursor))),
      this.#bytes,
    )
    for (const cursor of cursors) {
      const end = cursor.taken + Math.min(share, this.#allowed(cursor))
      while (end - cursor.taken >= this.#least) {
        const piece = cursor.oldest(end - cursor.taken)
        if (piece === undefined) break
        this.#take(cursor, piece)
      }
    }
  }

  #takeTurns(): void {
    const turns = new Heap<readonly [Cursor, PlannedPiece]>(
      ([a, pieceOfA], [b, pieceOfB]) => a.taken - b.taken || compareAge(pieceOfA, pieceOfB),
    )
    const enter = (cursor: Cursor) => {
      const piece = this.#next(cursor)
      if (piece !== undefined) turns.push([cursor, piece])
    }
    for (const cursor of this.#cursors.values()) enter(cursor)
    for (let turn = turns.pop(); turn !== undefined; turn = turns.pop()) {
      const [cursor] = turn
      const piece = this.#next(cursor)
      if (piece === undefined) continue
      this.#take(cursor, piece)
      enter(cursor)
    }
  }

  #allowed(cursor: Cursor): number {
    return Math.max(0, this.#wish.ownerLimit - cursor.taken)
  }

  /** The owner's oldest piece that fits; marks the aggregate as full when only room is missing. */
  #next(cursor: Cursor): PlannedPiece | undefined {
    const allowed = cursor.taken === 0 ? Infinity : this.#allowed(cursor)
    if (allowed < this.#least) return undefined
    const fitting = this.#entries === 0 ? 0 : Math.min(this.#bytes, allowed)
    const piece = cursor.oldest(fitting)
    if (piece === undefined && cursor.hasUpTo(allowed)) this.#full = true
    return piece
  }

  #take(cursor: Cursor, piece: PlannedPiece): void {
    cursor.take(piece, Math.max(piece.pieceSize, this.#least))
    this.#pieces.push(piece)
    this.#bytes -= piece.pieceSize
    this.#entries -= 1
  }
}

/** The largest share, rounded down, of which all can take at most that much; Infinity when all get what they want. */
function equalShare(wanted: readonly number[], supply: number): number {
  const ascending = Float64Array.from(wanted).toSorted()
  let left = supply
  for (const [at, want] of ascending.entries()) {
    const others = ascending.length - at
    if (want * others > left) return Math.floor(left / others)
    left -= want
  }
  return Infinity
}
