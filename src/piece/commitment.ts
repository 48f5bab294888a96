/** The piece commitment of a stream's bytes as they are, in one pass and flat memory. */
import { StorageError } from '../errors.ts'
import { noThreads, startThreads } from '../threads/pool.ts'
import { type BlockThreads, blockWork } from './block-task.ts'
import type { HashBackend } from './hash-pairs.ts'
import type { PieceCommitment } from './piece-cid.ts'
import { PieceStream } from './piece-stream.ts'

export interface CommitmentOptions {
  readonly signal?: AbortSignal | undefined
  /** Threads that hash beside the calling one, which feeds them; none unless stated. */
  readonly threads?: number | undefined
  /** For tests and measurements; the fastest one by default. */
  readonly backend?: HashBackend | undefined
}

/** @throws ABORTED when `signal` fires between two chunks; errors of `source` pass through */
export async function commitmentOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { signal, threads: count = 0, backend }: CommitmentOptions = {},
): Promise<PieceCommitment> {
  const threads = blockThreads(count)
  try {
    const stream = new PieceStream({ threads, backend })
    for await (const chunk of source) {
      if (signal?.aborted === true)
        throw new StorageError('ABORTED', {
          what: `the piece commitment was interrupted after ${stream.size} bytes`,
          cause: signal.reason,
        })
      if (!stream.tryAppend(chunk)) await stream.append(chunk)
    }
    const { root, size, pieceSize } = await stream.finish()
    return { root, size, pieceSize }
  } finally {
    await threads.close()
  }
}

function blockThreads(count: number): BlockThreads {
  if (count === 0) return noThreads(blockWork())
  return startThreads(new URL('block-thread.ts', import.meta.url), count, blockWork())
}
