/** The piece commitment of a stream's bytes as they are, in one pass and flat memory. */
import { StorageError } from '../errors.ts'
import { PieceHasher } from './hasher.ts'
import type { PieceCommitment } from './piece-cid.ts'

/** @throws ABORTED when `signal` fires between two chunks; errors of `source` pass through */
export async function commitmentOf(
  source: AsyncIterable<Uint8Array>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<PieceCommitment> {
  const hasher = new PieceHasher()
  for await (const chunk of source) {
    if (signal?.aborted === true)
      throw new StorageError('ABORTED', {
        what: `the piece commitment was interrupted after ${hasher.bytes} bytes`,
        cause: signal.reason,
      })
    hasher.update(chunk)
  }
  return hasher.digest()
}
