/**
 * What a downloaded piece is: a CAR, or an aggregate, whose true segments are then served too. Anything else is refused, as
 * providers refuse raw files: nobody could find anything in it.
 */
import { StorageError } from '../errors.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { openCar } from './car-header.ts'
import type { Context } from './context.ts'
import { about } from './events.ts'
import type { RecordIn } from './ledger.ts'
import { type Index, segmentsIn } from './segments-in.ts'

/** Wrong entries that an event tells of. */
const MAX_TOLD = 5

/**
 * A piece that is refused is removed.
 * @throws CAR_INVALID for what is neither; PIECE_MISMATCH for an aggregate of which no entry is true; DEPOT_CORRUPT,
 *   DEPOT_READ_ONLY, DEPOT_FULL, ABORTED
 */
export async function takeUp(
  context: Context,
  record: RecordIn<'accepted'>,
  piece: StoredPiece,
): Promise<void> {
  const { id, depot, shelf, signal, emit } = context
  if (shelf.has(piece)) return
  try {
    const index = await segmentsIn(depot, piece, signal)
    if (index === undefined) return await requireCar(context, piece)
    requireTruth(index, piece)
    await shelf.add(piece, index.segments)
    emit({
      type: 'indexed',
      ...about(id, record),
      pieceCid: piece.pieceCid,
      segments: index.segments.length,
      skipped: index.wrong.length,
      reasons: index.wrong.slice(0, MAX_TOLD),
    })
  } catch (error) {
    if (!signal.aborted) await depot.remove(piece.pieceCidV2)
    throw error
  }
}

async function requireCar({ depot }: Context, piece: StoredPiece): Promise<void> {
  const bytes = depot.read(piece)
  try {
    await openCar(bytes)
  } finally {
    bytes.destroy()
  }
}

function requireTruth({ segments, wrong }: Index, { pieceCid }: StoredPiece): void {
  if (segments.length > 0) return
  const [first] = wrong
  throw new StorageError('PIECE_MISMATCH', {
    what: `no entry in the index of the aggregate ${pieceCid} is true`,
    expected: 'at least one segment with the commitment that its entry says',
    got: `${wrong.length}, of which entry ${first?.slot}: ${first?.why}`,
  })
}
