/** What a failed file operation means for the user: the operating system's code → one of ours. */
import { type ErrorCode, isStorageError, StorageError } from '../errors.ts'

/** A failed read of an input. StorageErrors pass through. */
export function inputFault(path: string, cause: unknown): StorageError {
  if (isStorageError(cause)) return cause
  const errno = errnoOf(cause)
  if (errno === 'ENOENT' || errno === 'ENOTDIR')
    return new StorageError('INPUT_NOT_FOUND', {
      what: `${path} does not exist`,
      hint: 'check the path; a file that was there a moment ago has been moved or deleted',
      cause,
    })
  if (errno === 'ENAMETOOLONG')
    return new StorageError('INPUT_UNSUPPORTED', {
      what: 'a path is longer than the system can open',
      got: `${Buffer.byteLength(path)} bytes: ${path.slice(0, 80)}…`,
      hint: 'Linux takes 4,095 bytes: work from a folder whose own path is shorter, or move the files up',
      cause,
    })
  return new StorageError('INPUT_UNREADABLE', {
    what: `${path} cannot be read (${errno ?? messageOf(cause)})`,
    hint: 'check its permissions and the disk',
    cause,
  })
}

const SINK_FAULTS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOSPC: ['DEPOT_FULL', 'free some space, or use a depot on another disk'],
  EDQUOT: ['DEPOT_FULL', 'free some space, or use a depot on another disk'],
  EFBIG: ['DEPOT_FULL', 'raise the limit on the size of files, or use a depot on another disk'],
  EROFS: ['DEPOT_READ_ONLY', 'use a depot folder that can be written'],
  EACCES: ['DEPOT_READ_ONLY', 'use a depot folder that can be written'],
  EPERM: ['DEPOT_READ_ONLY', 'use a depot folder that can be written'],
}

/** A failed write of the CAR. StorageErrors pass through, and so does what is nobody's fault but ours. */
export function sinkFault(path: string, cause: unknown): unknown {
  if (isStorageError(cause)) return cause
  const [code, hint] = SINK_FAULTS[errnoOf(cause) ?? ''] ?? []
  if (code === undefined) return cause
  return new StorageError(code, {
    what: `${path} cannot be written (${errnoOf(cause)})`,
    ...(hint === undefined ? {} : { hint }),
    cause,
  })
}

/** What ended the work: the reason that was given, if it is one of ours (a deadline). */
export function aborted(signal: AbortSignal): StorageError {
  if (isStorageError(signal.reason)) return signal.reason
  return new StorageError('ABORTED', { what: 'the work was interrupted', cause: signal.reason })
}

/** @throws ABORTED, or the reason of the abort */
export function requireLive(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal)
}

export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
