/** Writes a stream into a staged file and computes its commitment on the way. */
import { StorageError } from '../errors.ts'
import { PieceHasher } from '../piece/hasher.ts'
import { type PieceCommitment, pieceCidV1, parsePieceCid } from '../piece/piece-cid.ts'
import type { Staging } from '../prepare/sink.ts'
import type { Expected } from './depot.ts'
import { depotFault } from './fault.ts'
import { type Files, writeAll } from './files.ts'

/**
 * Each chunk is on its way to the disk before the next is asked for.
 * Errors: PIECE_MISMATCH unless the bytes are what is expected, CID_INVALID, those of `depotFault`, and those of the source.
 */
export async function receive(
  files: Files,
  staging: Staging,
  source: AsyncIterable<Uint8Array>,
  expect: Expected,
): Promise<PieceCommitment> {
  const wanted = expect.pieceCid === undefined ? undefined : parsePieceCid(expect.pieceCid)
  const sizes = [expect.size, wanted?.size].filter((size) => size !== undefined)
  const limit = Math.min(...sizes)
  const hasher = new PieceHasher()
  const failed = (error: unknown): never => {
    throw depotFault(error, `write ${staging.path}`)
  }
  const handle = await files.open(staging.path, 'r+').catch(failed)
  try {
    for await (const chunk of source) {
      hasher.update(chunk)
      if (hasher.bytes > limit) throw mismatch('bytes', limit, `at least ${hasher.bytes}`)
      await writeAll(handle, chunk).catch(failed)
    }
  } finally {
    await handle.close().catch(failed)
  }
  const commitment = hasher.digest()
  for (const size of sizes) {
    if (size !== commitment.size) throw mismatch('bytes', size, commitment.size)
  }
  if (wanted !== undefined) {
    const [expected, got] = [pieceCidV1(wanted), pieceCidV1(commitment)]
    if (expected !== got) throw mismatch('piece CID', expected, got)
  }
  return commitment
}

function mismatch(what: string, expected: string | number, got: string | number): StorageError {
  return new StorageError('PIECE_MISMATCH', {
    what: `${what} of the piece to store`,
    expected,
    got,
    hint: 'get the piece again: it was altered or cut on its way',
  })
}
