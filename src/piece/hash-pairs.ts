/**
 * The hash of the piece tree: SHA-256 of two nodes (64 bytes), the two top bits of the last byte cleared (trunc254).
 *
 * Whole levels go through `@chainsafe/hashtree`, native code. On a platform without a build of it
 * `@chainsafe/as-sha256`, WebAssembly, does the same at about a fifth of the speed.
 */
import { createRequire } from 'node:module'
import * as asSha256 from '@chainsafe/as-sha256'
import type * as hashtree from '@chainsafe/hashtree'

export const NODE_SIZE = 32
const PAIR_SIZE = 2 * NODE_SIZE

export type HashBackend = 'hashtree' | 'as-sha256'

/** Hashes consecutive pairs of nodes of `input` into the nodes of `output`, which is half as long. */
export type PairHasher = (input: Uint8Array, output: Uint8Array) => void

/** The backend that this machine uses. */
export function hashBackend(): HashBackend {
  return NATIVE === undefined ? 'as-sha256' : 'hashtree'
}

/** SHA-256 of pairs, not yet truncated; the native backend falls back where it is missing. */
export function sha256Pairs(backend: HashBackend = hashBackend()): PairHasher {
  return backend === 'hashtree' && NATIVE !== undefined ? NATIVE : asSha256.hashInto
}

/** The pair hasher of `backend`. */
export function pairHasher(backend: HashBackend = hashBackend()): PairHasher {
  const hashPairs = sha256Pairs(backend)
  return (input, output) => {
    hashPairs(input, output)
    for (let top = NODE_SIZE - 1; top < output.length; top += NODE_SIZE)
      output[top] = (output[top] as number) & 0x3f
  }
}

/** Parent of two nodes. */
export function parentOf(left: Uint8Array, right: Uint8Array, hashPairs: PairHasher): Uint8Array {
  const pair = new Uint8Array(PAIR_SIZE)
  pair.set(left)
  pair.set(right, NODE_SIZE)
  const parent = new Uint8Array(NODE_SIZE)
  hashPairs(pair, parent)
  return parent
}

const NATIVE = loadNative()

/** The package throws while it loads where no binary for the platform is installed; that is the answer, not a failure. */
function loadNative(): PairHasher | undefined {
  const require = createRequire(import.meta.url)
  try {
    return (require('@chainsafe/hashtree') as typeof hashtree).hashInto
  } catch {
    return undefined
  }
}
