import { AssertionError } from 'chai'
import { type ErrorCode, isStorageError, type StorageError } from '../../src/errors.ts'

/** Passes when `act` fails with a StorageError of `code`, and returns that error. */
export async function refused(
  code: ErrorCode,
  act: (() => unknown) | Promise<unknown>,
): Promise<StorageError> {
  try {
    await (typeof act === 'function' ? act() : act)
  } catch (error) {
    if (isStorageError(error, code)) return error
    throw new AssertionError(`expected ${code}, got ${error}`, { cause: error })
  }
  throw new AssertionError(`expected ${code}, got no error`)
}
