/**
 * Reading leaves as a task for a thread: stretches of files are read into shared memory, each behind its place in a CAR,
 * hashed, and made sections by writing length and CID before them. Whoever gets the memory back only copies it.
 *
 *   [varint length][CID 01 55 12 20 [sha-256 32]][bytes of the file]
 *
 * What was read is what had been found: identity, size and time of a file are compared before and after.
 */
import { hash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { RAW, SHA2_256_SIZE } from '../car/cid.ts'
import { sectionHeadSize, writeSectionHead } from '../car/writer.ts'
import { StorageError } from '../errors.ts'
import { errnoOf, inputFault } from './fault.ts'
import type { FileIdentity } from './listing.ts'

/** A stretch of a file, at most one chunk. */
export interface Stretch extends FileIdentity {
  readonly path: string
  /** Where it begins in the file, and its bytes: 0 for an empty file only. */
  readonly offset: number
  readonly length: number
}

export interface LeafTask {
  readonly kind: 'leaves'
  readonly stretches: readonly Stretch[]
  /** Shared with whoever asks; their sections fill it from the front, one behind the other. */
  readonly memory: Uint8Array
}

/** SHA-256 digests of the leaves, 32 bytes each. */
export type LeafDigests = Uint8Array

/** A file that was exchanged for a pipe since it was found must not block the opening. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * @throws INPUT_CHANGED when size, modification time or identity differ before or after, or when there are fewer bytes than
 *   the size said; INPUT_NOT_FOUND, INPUT_UNREADABLE
 */
export function readLeaves({ stretches, memory }: LeafTask): LeafDigests {
  const digests = new Uint8Array(stretches.length * SHA2_256_SIZE)
  let at = 0
  for (const [i, stretch] of stretches.entries()) {
    const start = at + sectionHeadSize(stretch.length)
    const end = start + stretch.length
    const bytes = memory.subarray(start, end)
    readStretch(stretch, bytes)
    const digest = hash('sha256', bytes, 'buffer')
    digests.set(digest, i * SHA2_256_SIZE)
    writeSectionHead(memory, at, RAW, digest, stretch.length)
    at = end
  }
  return digests
}

/**
 * Fills `into` with a stretch, at once.
 * @throws as `readLeaves`
 */
export function readStretch(stretch: Stretch, into: Uint8Array): void {
  const file = openFound(stretch)
  try {
    requireUnchanged(file, stretch)
    let filled = 0
    while (filled < into.length) {
      const read = readSync(file, into, filled, into.length - filled, stretch.offset + filled)
      if (read === 0)
        throw changed(stretch, `${stretch.size} bytes`, `${stretch.offset + filled} bytes`)
      filled += read
    }
    // Files of procfs say that they are empty, and are not.
    if (stretch.size === 0 && readSync(file, new Uint8Array(1)) > 0)
      throw changed(stretch, '0 bytes', '1 byte or more')
    requireUnchanged(file, stretch)
  } catch (error) {
    throw inputFault(stretch.path, error)
  } finally {
    closeSync(file)
  }
}

function openFound(stretch: Stretch): number {
  try {
    return openSync(stretch.path, OPEN_FLAGS)
  } catch (error) {
    if (errnoOf(error) === 'ENXIO') throw changed(stretch, 'a regular file', 'something else')
    throw inputFault(stretch.path, error)
  }
}

function requireUnchanged(file: number, found: Stretch): void {
  const now = fstatSync(file)
  if (now.dev !== found.dev || now.ino !== found.ino)
    throw changed(found, 'the same file', 'another file under its name')
  if (now.size !== found.size) throw changed(found, `${found.size} bytes`, `${now.size} bytes`)
  if (now.mtimeMs !== found.mtimeMs)
    throw changed(found, isoTime(found.mtimeMs), `changed at ${isoTime(now.mtimeMs)}`)
}

function changed(stretch: Stretch, expected: string, got: string): StorageError {
  return new StorageError('INPUT_CHANGED', {
    what: `${stretch.path} changed while it was read`,
    expected,
    got,
    hint: 'try again when nothing writes to it',
  })
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
