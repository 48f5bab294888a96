/** System errors of the depot's folder, said in the depot's words. */
import { isStorageError, StorageError } from '../errors.ts'
import { errnoOf } from './files.ts'

/**
 * What a failed step on the depot's folder means. A StorageError passes through.
 * DEPOT_FULL: no space or quota. DEPOT_READ_ONLY: no right to write, a read-only disk, or something that is no folder
 * in its place. DEPOT_CORRUPT: the disk cannot read back, or a file or folder of the depot is gone. INTERNAL: anything else, with its cause.
 *
 * @param doing what failed, as in "cannot <doing>"
 */
export function depotFault(cause: unknown, doing: string): StorageError {
  if (isStorageError(cause)) return cause
  const errno = errnoOf(cause)
  const what = `cannot ${doing}${errno === undefined ? '' : ` (${errno})`}`
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new StorageError('DEPOT_FULL', {
        what,
        hint: 'free space on that disk or choose a depot folder on another one; nothing was kept of this piece',
        cause,
      })
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
    case 'ENOTDIR':
    case 'EEXIST':
      return new StorageError('DEPOT_READ_ONLY', {
        what,
        hint: 'give this user the right to read and write there or choose another depot folder',
        cause,
      })
    case 'EIO':
      return new StorageError('DEPOT_CORRUPT', {
        what,
        hint: 'the disk reports read or write errors: check it, then store the piece again',
        cause,
      })
    case 'ENOENT':
      return new StorageError('DEPOT_CORRUPT', {
        what,
        hint: 'another program removed files of the depot: open it again, then store the piece again',
        cause,
      })
    default:
      return new StorageError('INTERNAL', { what, cause })
  }
}
