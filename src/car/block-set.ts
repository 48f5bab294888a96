/**
 * Which blocks a CAR has already, by codec and SHA-256 digest: open addressing over one typed array of 32 bytes a slot.
 *
 * It doubles when three quarters are used, so a block takes at most 86 bytes (and half as much again while growing), where
 * JavaScript's Set takes more than twice as much and ends at 2^24 entries. `CidTable` also knows where a block lies.
 */
import { randomInt } from 'node:crypto'
import { SHA2_256_SIZE } from './cid.ts'

const WORDS = SHA2_256_SIZE / 4
const FIRST_CAPACITY = 256
/** 2^32 / φ, odd: spreads the bits of a word over its upper half (Knuth, TAOCP 6.4). */
const GOLDEN_RATIO = 0x9e3779b1

export class BlockSet {
  #size = 0
  #capacity = FIRST_CAPACITY
  /** A slot of zeros is free: no digest is known that is all zeros. */
  #slots = new Uint32Array(FIRST_CAPACITY * WORDS)
  readonly #key = new Uint32Array(WORDS)
  /** Keeps a maker of blocks from choosing digests that all fall on one slot. */
  readonly #seed = randomInt(2 ** 32)

  get size(): number {
    return this.#size
  }

  has(codec: number, digest: Uint8Array): boolean {
    this.#load(codec, digest)
    return !this.#isFree(this.#find())
  }

  /** Whether it was new. */
  add(codec: number, digest: Uint8Array): boolean {
    if ((this.#size + 1) * 4 > this.#capacity * 3) this.#grow()
    this.#load(codec, digest)
    const slot = this.#find()
    if (!this.#isFree(slot)) return false
    this.#slots.set(this.#key, slot * WORDS)
    this.#size += 1
    return true
  }

  /** The codec goes into the key: one digest under two codecs is two blocks. */
  #load(codec: number, digest: Uint8Array): void {
    const view = new DataView(digest.buffer, digest.byteOffset, SHA2_256_SIZE)
    for (let i = 0; i < WORDS; i++) this.#key[i] = view.getUint32(4 * i)
    this.#key[WORDS - 1] = (this.#key[WORDS - 1] ?? 0) ^ codec
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #find(): number {
    const mask = this.#capacity - 1
    const mixed = Math.imul((this.#key[0] ?? 0) ^ this.#seed, GOLDEN_RATIO)
    let slot = (mixed ^ (mixed >>> 15)) & mask
    while (!this.#isFree(slot) && !this.#isAt(slot)) slot = (slot + 1) & mask
    return slot
  }

  #isFree(slot: number): boolean {
    const start = slot * WORDS
    for (let i = 0; i < WORDS; i++) if (this.#slots[start + i] !== 0) return false
    return true
  }

  #isAt(slot: number): boolean {
    const start = slot * WORDS
    for (let i = 0; i < WORDS; i++) if (this.#slots[start + i] !== this.#key[i]) return false
    return true
  }

  #grow(): void {
    const old = this.#slots
    this.#capacity *= 2
    this.#slots = new Uint32Array(this.#capacity * WORDS)
    for (let start = 0; start < old.length; start += WORDS) {
      this.#key.set(old.subarray(start, start + WORDS))
      if (this.#key.some((word) => word !== 0)) this.#slots.set(this.#key, this.#find() * WORDS)
    }
  }
}
