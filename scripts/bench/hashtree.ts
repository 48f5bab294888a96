/** `@chainsafe/hashtree` itself, without anything of ours around it; undefined where there is no build for the platform. */
import { createRequire } from 'node:module'
import type * as hashtree from '@chainsafe/hashtree'

/** Hashes consecutive 64 bytes of `input` into 32 bytes of `output`. */
export type HashInto = (input: Uint8Array, output: Uint8Array) => void

export const hashInto: HashInto | undefined = load()

function load(): HashInto | undefined {
  try {
    const require = createRequire(import.meta.url)
    return (require('@chainsafe/hashtree') as typeof hashtree).hashInto
  } catch {
    return undefined
  }
}
