/** Reads a file once, from start to end, and makes sure that what was read is what had been found. */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { StorageError } from '../errors.ts'
import { CHUNK_SIZE } from './dag.ts'
import { errnoOf, inputFault, requireLive } from './fault.ts'
import type { FileEntry } from './scan.ts'

/** A file that was exchanged for a pipe since it was found must not block the opening. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * Chunks of 1 MiB, the last one shorter, each in memory of its own, so that it becomes a block without being copied; the
 * next one is being read while one is used.
 * @throws INPUT_CHANGED when size, modification time or identity differ before or after, or when there are more or fewer
 *   bytes than the size said; INPUT_NOT_FOUND, INPUT_UNREADABLE, ABORTED
 */
export async function* readUnchanged(
  entry: FileEntry,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const file = await openFound(entry)
  try {
    await requireUnchanged(file, entry)
    let bytes = 0
    let ahead = readChunk(file, entry, 0)
    try {
      for (let last = false; !last;) {
        const chunk = await ahead
        requireLive(signal)
        bytes += chunk.length
        last = chunk.length < CHUNK_SIZE || bytes > entry.size
        if (!last) ahead = readChunk(file, entry, bytes)
        if (chunk.length > 0) yield chunk
      }
    } finally {
      await ahead.catch(() => {}) // a chunk that nobody waits for any more
    }
    if (bytes !== entry.size) throw changed(entry, `${entry.size} bytes`, `${bytes} bytes or more`)
    await requireUnchanged(file, entry)
  } finally {
    await file.close()
  }
}

async function openFound(entry: FileEntry): Promise<FileHandle> {
  try {
    return await open(entry.path, OPEN_FLAGS)
  } catch (error) {
    if (errnoOf(error) === 'ENXIO') throw changed(entry, 'a regular file', 'something else')
    throw inputFault(entry.path, error)
  }
}

/** Fewer bytes than a chunk only at the end of the file; one byte more is asked for than the size promises. */
async function readChunk(file: FileHandle, entry: FileEntry, start: number): Promise<Uint8Array> {
  const wanted = Math.min(CHUNK_SIZE, Math.max(entry.size - start, 0) + 1)
  const chunk = Buffer.allocUnsafeSlow(wanted)
  let filled = 0
  while (filled < wanted) {
    const { bytesRead } = await file
      .read(chunk, filled, wanted - filled, start + filled)
      .catch((error: unknown) => {
        throw inputFault(entry.path, error)
      })
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return chunk.subarray(0, filled)
}

async function requireUnchanged(file: FileHandle, entry: FileEntry): Promise<void> {
  const now = await file.stat({ bigint: true }).catch((error: unknown) => {
    throw inputFault(entry.path, error)
  })
  if (now.dev !== entry.device || now.ino !== entry.inode)
    throw changed(entry, 'the same file', 'another file under its name')
  if (now.size !== BigInt(entry.size))
    throw changed(entry, `${entry.size} bytes`, `${now.size} bytes`)
  if (now.mtimeNs !== entry.modifiedNs)
    throw changed(entry, isoTime(entry.modifiedNs), `changed at ${isoTime(now.mtimeNs)}`)
}

function changed(entry: FileEntry, expected: string, got: string): StorageError {
  return new StorageError('INPUT_CHANGED', {
    what: `${entry.path} changed while it was read`,
    expected,
    got,
    hint: 'try again when nothing writes to it',
  })
}

function isoTime(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString()
}
