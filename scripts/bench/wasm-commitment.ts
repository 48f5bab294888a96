/** The commitment of the WebAssembly package, chunk by chunk, as the text of a piece CID v2. */
import { create } from 'fr32-sha2-256-trunc254-padded-binary-tree-multihash'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { RAW } from '../../src/car/cid.ts'

export interface WasmHasher {
  write(bytes: Uint8Array): void
  /** Ends the hasher too: its memory is not the garbage collector's. */
  finish(): string
}

export function createWasmHasher(): WasmHasher {
  const hasher = create()
  return {
    write: (bytes) => hasher.write(bytes),
    finish() {
      const multihash = new Uint8Array(hasher.multihashByteLength())
      hasher.digestInto(multihash, 0, true)
      hasher.free()
      return CID.createV1(RAW, Digest.decode(multihash)).toString()
    },
  }
}
