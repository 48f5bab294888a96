/** What is to be stored: files, prepared now or before, or a piece that is in the depot. */
import type { Depot } from '../depot/depot.ts'
import { StorageError } from '../errors.ts'
import { prepare } from '../prepare/prepare.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import type { FlowContext } from './context.ts'

export interface PiecesRequest {
  /** Files or folders to prepare; or `cid`. */
  readonly inputs?: readonly string[] | undefined
  readonly wrap?: boolean | undefined
  readonly followSymlinks?: boolean | undefined
  /** Padded bytes of a piece at most; 32 GiB unless stated. */
  readonly maxPieceSize?: number | undefined
  /** Root or piece CID of what is in the depot. */
  readonly cid?: string | undefined
}

/** @throws ARGUMENT_INVALID, CID_NOT_FOUND; as `prepare` */
export async function piecesOf(
  request: PiecesRequest,
  context: Pick<FlowContext, 'depot' | 'signal' | 'onEvent'>,
): Promise<readonly StoredPiece[]> {
  const { depot, signal, onEvent } = context
  const { inputs = [], cid } = request
  if ((inputs.length === 0) === (cid === undefined))
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'what to store is not clear',
      expected: 'either files to prepare or the CID of a piece in the depot',
      got: cid === undefined ? 'neither' : 'both',
      hint: 'Give --file PATH or --cid CID.',
    })
  if (cid !== undefined) return storedPieces(cid, depot)
  const { pieces } = await prepare(inputs, depot, {
    wrap: request.wrap,
    followSymlinks: request.followSymlinks,
    maxPieceSize: request.maxPieceSize,
    signal,
    onProgress: ({ bytes, total, file }) =>
      onEvent?.({ type: 'prepare:progress', bytes, total, file }),
  })
  for (const { pieceCid, root, size, files } of pieces)
    onEvent?.({ type: 'prepare:done', pieceCid, root, size, files })
  return pieces
}

/** The piece of a CID, or all pieces of the payload with that root. @throws CID_NOT_FOUND */
async function storedPieces(cid: string, depot: Depot): Promise<readonly StoredPiece[]> {
  const stored = await depot.find(cid)
  if (stored !== undefined) return [stored]
  const manifest = await depot.findManifest(cid)
  const pieces: StoredPiece[] = []
  for (const { pieceCidV2 } of manifest?.parts ?? []) pieces.push(await depot.get(pieceCidV2))
  return pieces.length > 0 ? pieces : [await depot.get(cid)]
}
