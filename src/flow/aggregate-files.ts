/** Files that an aggregation leaves beside the depot: a proof for each segment, and the bytes of the whole. */
import { createWriteStream } from 'node:fs'
import { lstat, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Depot } from '../depot/depot.ts'
import { depotFault } from '../depot/fault.ts'
import { errnoOf } from '../depot/files.ts'
import { StorageError } from '../errors.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import type { Aggregated } from './aggregate.ts'
import { segmentDocument } from './aggregated.ts'
import type { SegmentProofDocument } from './documents.ts'

/**
 * Writes `<pieceCid>.json` for each segment into a folder, which is made when missing. A proof that is there is replaced: it
 * follows from the aggregate, so it is written again rather than put on the disk before the next.
 * @throws ABORTED; system errors in the words of `depotFault`
 */
export async function writeProofs(
  folder: string,
  made: readonly Aggregated[],
  signal?: AbortSignal,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    for (const each of made) {
      const { pieceCid, pieceCidV2, pieceSize } = each.piece
      for (let i = 0; i < each.aggregate.segments.length; i++) {
        signal?.throwIfAborted()
        const document: SegmentProofDocument = {
          version: 1,
          kind: 'segment-proof',
          aggregate: { pieceCid, pieceCidV2, pieceSize },
          segment: segmentDocument(each, i),
        }
        const path = join(folder, `${document.segment.pieceCid}.json`)
        await writeFile(`${path}.part`, `${JSON.stringify(document)}\n`)
        await rename(`${path}.part`, path)
      }
    }
  } catch (error) {
    throw depotFault(error, `write the proofs into ${folder}`)
  }
}

/**
 * Writes all bytes of a piece into a file that must not exist.
 * @throws TARGET_EXISTS, ABORTED, DEPOT_CORRUPT; system errors in the words of `depotFault`
 */
export async function writeWhole(
  path: string,
  piece: StoredPiece,
  depot: Pick<Depot, 'read'>,
  signal?: AbortSignal,
): Promise<void> {
  await requireFree(path)
  const part = `${path}.${process.pid}.part`
  try {
    await mkdir(dirname(path), { recursive: true })
    await pipeline(depot.read(piece), createWriteStream(part), { signal })
    await using file = await open(part, 'r+')
    await file.sync()
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    if (signal?.aborted === true) throw signal.reason
    throw depotFault(error, `write ${path}`)
  }
}

/** Errors: TARGET_EXISTS, system errors in the words of `depotFault`. */
export async function requireFree(path: string): Promise<void> {
  try {
    await lstat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw depotFault(error, `look for ${path}`)
  }
  throw new StorageError('TARGET_EXISTS', {
    what: `${path} exists`,
    hint: 'Name another file: existing ones are never overwritten.',
  })
}
