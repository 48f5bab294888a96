/** Reads a file once, from start to end, as what had been found; for a CAR that is taken as it is. */
import { CHUNK_SIZE } from '../unixfs/node.ts'
import { requireLive } from './fault.ts'
import { readStretch } from './leaf-task.ts'
import type { FileIdentity } from './listing.ts'
import type { PrepareProgress } from './progress.ts'

interface ReadOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: PrepareProgress) => void) | undefined
}

/**
 * Chunks of 1 MiB, the last one shorter, each in memory of its own.
 * @throws INPUT_CHANGED, INPUT_NOT_FOUND, INPUT_UNREADABLE, ABORTED
 */
export async function* readFound(
  path: string,
  identity: FileIdentity,
  { signal, onProgress }: ReadOptions,
): AsyncGenerator<Uint8Array> {
  const { size: total } = identity
  onProgress?.({ bytes: 0, total, file: path })
  for (let offset = 0; offset < total; offset += CHUNK_SIZE) {
    requireLive(signal)
    const length = Math.min(CHUNK_SIZE, total - offset)
    const chunk = Buffer.allocUnsafeSlow(length)
    readStretch({ ...identity, path, offset, length }, chunk)
    onProgress?.({ bytes: offset + length, total, file: path })
    yield chunk
  }
}
