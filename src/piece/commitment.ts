/** The piece commitment of a stream's bytes as they are, in one pass and flat memory. */
import { StorageError } from '../errors.ts'
import { startBlockThreads } from './block-threads.ts'
import type { HashBackend } from './hash-pairs.ts'
import type { PieceCommitment } from './piece-cid.ts'
import { PieceStream } from './piece-stream.ts'

export interface CommitmentOptions {
  readonly signal?: AbortSignal | undefined
  /** Threads that hash, the calling one included; it alone unless stated. */
  readonly threads?: number | undefined
  /** For tests and measurements; the fastest one by default. */
  readonly backend?: HashBackend | undefined
}

/**
 * Chunks in shared memory are used where they are and must stay as they are; others are copied.
 * @throws ABORTED when `signal` fires between two chunks; errors of `source` pass through
 */
export async function commitmentOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { signal, threads: count = 1, backend }: CommitmentOptions = {},
): Promise<PieceCommitment> {
  const threads = startBlockThreads(count)
  try {
    const stream = new PieceStream({ threads, backend })
    for await (const chunk of source) {
      if (signal?.aborted === true)
        throw new StorageError('ABORTED', {
          what: `the piece commitment was interrupted after ${stream.size} bytes`,
          cause: signal.reason,
        })
      const going =
        chunk.buffer instanceof SharedArrayBuffer
          ? stream.appendShared(chunk, () => {})
          : stream.tryAppend(chunk) || stream.append(chunk)
      if (going instanceof Promise) await going
    }
    const { root, size, pieceSize } = await stream.finish()
    return { root, size, pieceSize }
  } finally {
    await threads.close()
  }
}
