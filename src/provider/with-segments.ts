/** A depot that also has the segments of its aggregates as pieces: slices of what it stores once. */
import type { Depot } from '../depot/depot.ts'
import { requireRange } from '../depot/piece-reader.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { alteredDepot } from './altered-depot.ts'
import type { Shelf, Slice } from './shelf.ts'

export function withSegments(depot: Depot, shelf: Shelf): Depot {
  return alteredDepot(depot, {
    // An aggregate that begins with a CAR looks like that CAR with something behind it: its segment comes first.
    find: async (cid) => (await shelf.find(cid, depot)) ?? depot.find(cid),
    read: (piece, start = 0, end = piece.size) => {
      if (!isSlice(piece)) return depot.read(piece, start, end)
      requireRange(piece, start, end)
      return depot.read(piece.within, piece.first + start, piece.first + end)
    },
  })
}

function isSlice(piece: StoredPiece): piece is Slice {
  return 'within' in piece
}
