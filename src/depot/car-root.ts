/**
 * What the first bytes of a piece say of its root. Only the header is looked at: whoever makes or retrieves a CAR checks
 * its blocks.
 */
import { readCar } from '../car/reader.ts'
import { isStorageError, StorageError } from '../errors.ts'

/** Bytes. A header with one root of a 512-bit hash has 96. */
export const HEAD_SIZE = 512

/** The root in base32 CIDv1; undefined when the bytes do not begin a CARv1 with exactly one root. */
export async function carRootOf(head: Uint8Array): Promise<string | undefined> {
  try {
    const { roots } = await readCar(once(head))
    return roots.length === 1 ? roots[0]?.toV1().toString() : undefined
  } catch (error) {
    // not a CAR: a piece need not be one
    if (isStorageError(error)) return undefined
    throw error
  }
}

/** Errors: CAR_INVALID unless the header of the CAR to store names the root that it should. */
export function requireRoot(expected: string, got: string | undefined): void {
  if (expected === got) return
  throw new StorageError('CAR_INVALID', {
    what: 'root in the header of the CAR to store',
    expected,
    got: got ?? 'no CARv1 header with one root',
  })
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
