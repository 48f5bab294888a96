/** The payload generators of the test vectors (test/vectors/SOURCES.md §2). */
import { createHash } from 'node:crypto'

export type PayloadGenerator =
  | { type: 'constant'; byte: string }
  | { type: 'sha256-counter'; seed: string }
  | { type: 'tiled'; seed: string; tile: number }
  | { type: 'affine'; mul: number; add: number }
  | { type: 'quad-index'; quads: number }
  | { type: 'point'; offset: number; byte: string }
  | { type: 'sha512-chain' }

export function payload(generator: PayloadGenerator, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  switch (generator.type) {
    case 'constant':
      return bytes.fill(parseInt(generator.byte, 16))
    case 'sha256-counter':
      return counterStream(size, generator.seed)
    case 'tiled': {
      const tile = counterStream(generator.tile, generator.seed)
      const view = new DataView(tile.buffer)
      for (let k = 0, at = 0; at < size; k++, at += tile.length) {
        view.setBigUint64(0, BigInt(k))
        bytes.set(tile.subarray(0, size - at), at)
      }
      return bytes
    }
    case 'affine':
      return bytes.map((_, i) => i * generator.mul + generator.add)
    case 'quad-index':
      return bytes.map((_, i) => {
        const quad = (i - (i % 127)) / 127
        return quad < generator.quads ? quad : 0
      })
    case 'point':
      bytes[generator.offset] = parseInt(generator.byte, 16)
      return bytes
    case 'sha512-chain': {
      let link = createHash('sha512').digest()
      for (let at = 0; at < size; at += link.length) {
        bytes.set(link.subarray(0, size - at), at)
        link = createHash('sha512').update(link).digest()
      }
      return bytes
    }
    default:
      throw new TypeError(`unknown generator ${JSON.stringify(generator satisfies never)}`)
  }
}

/** Views of `size` bytes each, the last one shorter. */
export function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function counterStream(size: number, seed: string): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size)
  const counter = Buffer.alloc(8)
  for (let k = 0, at = 0; at < out.length; k++, at += 32) {
    counter.writeBigUInt64BE(BigInt(k))
    const block = createHash('sha256').update(seed, 'ascii').update(counter).digest()
    out.set(block.subarray(0, out.length - at), at)
  }
  return out
}
