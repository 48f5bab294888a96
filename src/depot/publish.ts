/**
 * The last steps of storing a piece: check the staged file, put it on the disk, move it into place, then its record. Bytes
 * take the place of an older file of the same piece, so storing again repairs a damaged one; a good record stays. A piece that
 * was there in another form (an aggregate whose bytes are stored, or the reverse) keeps its name alone.
 */
import { join } from 'node:path'
import { StorageError } from '../errors.ts'
import type { PieceRecord, Staging, StoredPiece } from '../prepare/sink.ts'
import { carRootOf, HEAD_SIZE } from './car-root.ts'
import { depotFault } from './fault.ts'
import { type Files, syncFolder, writeDurably } from './files.ts'
import { bytesName, encodeRecord, RECORD_SUFFIX } from './record.ts'

/**
 * Makes the staged bytes durable and returns the root that their header names.
 * Errors: PIECE_MISMATCH when the file has another size than the piece, those of `depotFault`.
 */
export async function seal(
  files: Files,
  staging: Staging,
  size: number,
): Promise<string | undefined> {
  try {
    const handle = await files.open(staging.path, 'r+')
    try {
      const { size: got } = await handle.stat()
      if (got !== size) {
        throw new StorageError('PIECE_MISMATCH', { what: 'bytes staged', expected: size, got })
      }
      await handle.sync()
      const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD_SIZE), 0, HEAD_SIZE, 0)
      return await carRootOf(buffer.subarray(0, bytesRead))
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw depotFault(error, `put ${staging.path} on the disk`)
  }
}

/**
 * Moves sealed bytes into the folder of pieces. With `known` in the same form, the record that is there stays. Errors: system
 * errors.
 *
 * @param recordDraft a path on the same disk for the record while it is written
 */
export async function publish(
  files: Files,
  pieces: string,
  staging: Staging,
  record: PieceRecord,
  recordDraft: string,
  known: StoredPiece | undefined,
): Promise<StoredPiece> {
  const path = join(pieces, bytesName(record))
  if (known !== undefined && known.path === path) {
    await files.rename(staging.path, path)
    await syncFolder(files, pieces)
    return known
  }
  const named = known === undefined ? record : { ...record, name: known.name }
  try {
    await writeDurably(files, recordDraft, encodeRecord(named))
    await files.rename(staging.path, path)
    const recordPath = join(pieces, `${record.pieceCidV2}${RECORD_SUFFIX}`)
    await files.rename(recordDraft, recordPath).catch(async (error: unknown) => {
      await files.rm(path, { force: true })
      throw error
    })
    await syncFolder(files, pieces)
    if (known !== undefined) await files.rm(known.path, { force: true })
  } catch (error) {
    await files.rm(recordDraft, { force: true })
    throw error
  }
  return { ...named, path }
}
