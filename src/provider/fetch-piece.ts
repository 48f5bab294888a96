/** Downloads the piece of an accepted proposal into the depot, which takes it only if its commitment is right; then looks into it. */
import { openCar } from './car-header.ts'
import type { Context } from './context.ts'
import { download } from './download.ts'
import { about } from './events.ts'
import type { RecordIn } from './ledger.ts'
import { hasRoomForIndex } from './segments-in.ts'
import { pieceCidOf } from './signed.ts'
import { takeUp } from './take-up.ts'

/** Events per download, at most. */
const PROGRESS_STEPS = 100

/** Errors: FETCH_FAILED, DEADLINE, CAR_INVALID, PIECE_MISMATCH, those of the depot, ABORTED. */
export async function fetchPiece(context: Context, record: RecordIn<'accepted'>): Promise<void> {
  const { id, depot, ledger, clock, signal, settings, emit } = context
  const { key, url, size } = record
  const pieceCid = pieceCidOf(record)
  let piece = await depot.find(pieceCid)
  if (piece === undefined) {
    let told = 0
    const onProgress = (bytes: number): void => {
      if (bytes < size && bytes - told < size / PROGRESS_STEPS) return
      told = bytes
      emit({ type: 'downloading', ...about(id, record), bytes, size })
    }
    emit({ type: 'downloading', ...about(id, record), bytes: 0, size })
    const policy = settings.download
    const bytes = download(url, size, { policy, clock, signal, onProgress })
    try {
      // What has no room for an index must be a CAR, which is seen at once.
      const source = hasRoomForIndex(size) ? bytes : (await openCar(bytes)).bytes
      piece = await depot.put(source, { pieceCid, size }, { signal })
    } finally {
      // A depot that cannot store does not begin with the source: its connection would stay open.
      await bytes.return(undefined)
    }
  }
  await takeUp(context, record, piece)
  await ledger.record({ kind: 'downloaded', key })
  emit({ type: 'downloaded', ...about(id, record), pieceCid, size })
}
