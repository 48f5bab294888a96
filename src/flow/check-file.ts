/** Whether a file on disk is the one of a receipt: its piece (a CAR, or bytes as they are), or the payload itself. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { carRootOf, HEAD_SIZE } from '../depot/car-root.ts'
import { commitmentOf } from '../piece/commitment.ts'
import { pieceCidV2 } from '../piece/piece-cid.ts'
import { errnoOf, inputFault } from '../prepare/fault.ts'
import { rootOf } from '../prepare/root-of.ts'
import type { Claim } from '../receipt/check.ts'
import { invalidReceipt, requireEqual } from '../receipt/invalid.ts'
import type { Receipt } from '../receipt/schema.ts'

export interface CheckedFile {
  readonly claims: readonly Claim[]
  /** The file is the piece itself, so that root and piece were seen together. */
  readonly isPiece: boolean
}

/**
 * @param path A file; a folder only as the payload.
 * @throws RECEIPT_INVALID when it is neither; INPUT_NOT_FOUND, INPUT_UNREADABLE and others of `rootOf`
 */
export async function checkFile({ piece, file }: Receipt, path: string): Promise<CheckedFile> {
  const got = await reading(path, async () =>
    pieceCidV2(await commitmentOf(createReadStream(path))),
  )
  const how = `${path} read`
  if (got === piece.pieceCidV2) {
    const bytes = { claim: 'the bytes of the file have the commitment of the segment', how }
    if (file.root === null) return { claims: [bytes], isPiece: true }
    requireEqual('file.root', (await reading(path, () => rootIn(path))) ?? 'none', file.root)
    const root = { claim: 'the CAR of the segment names the root', how: 'its header read' }
    return { claims: [bytes, root], isPiece: true }
  }
  if (file.root !== null && (await rootOf(path)) === file.root)
    return { claims: [{ claim: 'the file has the root of the receipt', how }], isPiece: false }
  throw invalidReceipt('piece.pieceCidV2', {
    why: `${path} is another file`,
    expected: piece.pieceCidV2,
    ...(got === undefined ? {} : { got }),
  })
}

async function rootIn(path: string): Promise<string | undefined> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD_SIZE), 0, HEAD_SIZE, 0)
  return carRootOf(buffer.subarray(0, bytesRead))
}

/** Undefined for a folder. */
async function reading<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (errnoOf(error) === 'EISDIR') return undefined
    throw inputFault(path, error)
  }
}
