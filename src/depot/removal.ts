/**
 * Removes a piece, unless an aggregate is made of it. Another process may store such an aggregate at the same moment: the
 * record goes first, then aggregates are looked for again; whoever stores one looks for its pieces after writing its own
 * record. So one of the two sees the other, and the record is put back or the aggregate is not kept.
 */
import { join } from 'node:path'
import { StorageError } from '../errors.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { errnoOf, type Files, syncFolder } from './files.ts'
import { LAYOUT_SUFFIX, RECORD_SUFFIX } from './record.ts'

/**
 * Errors: PIECE_NEEDED, system errors.
 *
 * @param draft a path on the same disk for the record on its way out
 * @param madeOf finds an aggregate that is made of the piece
 */
export async function removePiece(
  files: Files,
  folder: string,
  v2: string,
  draft: string,
  madeOf: () => Promise<StoredPiece | undefined>,
): Promise<void> {
  requireUnneeded(v2, await madeOf())
  const record = join(folder, `${v2}${RECORD_SUFFIX}`)
  await renameIfThere(files, record, draft)
  try {
    requireUnneeded(v2, await madeOf())
    for (const suffix of ['.car', '.bin', LAYOUT_SUFFIX])
      await files.rm(join(folder, `${v2}${suffix}`), { force: true })
  } catch (error) {
    await renameIfThere(files, draft, record)
    throw error
  }
  await files.rm(draft, { force: true })
  await syncFolder(files, folder)
}

/** Another process may have removed it. */
async function renameIfThere(files: Files, from: string, to: string): Promise<void> {
  try {
    await files.rename(from, to)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

function requireUnneeded(v2: string, aggregate: StoredPiece | undefined): void {
  if (aggregate === undefined) return
  throw new StorageError('PIECE_NEEDED', {
    what: `an aggregate in the depot is made of the piece ${v2}`,
    got: `"${aggregate.name}", ${aggregate.pieceCidV2}`,
    hint: 'Remove that aggregate first.',
  })
}
