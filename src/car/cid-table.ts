/**
 * CID → place of its block, in flat memory: open addressing over typed arrays, [digest 32][codec 4] → [offset 8][size 4].
 *
 * A slot takes 48 bytes and the table doubles when three quarters are used, so an entry takes at most 128 bytes (and half
 * as much again while growing). JavaScript's Map takes more, and ends at 2^24 entries. Version 0 and 1 of a CID are one key.
 */
import { randomInt } from 'node:crypto'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { StorageError } from '../errors.ts'
import { SHA2_256, SHA2_256_SIZE } from './cid.ts'

const DIGEST_WORDS = SHA2_256_SIZE / 4
const KEY_WORDS = DIGEST_WORDS + 1
const EMPTY = Number.NaN
/** 2^32 / φ, odd: spreads the bits of a word over its upper half (Knuth, TAOCP 6.4). */
const GOLDEN_RATIO = 0x9e3779b1

/** Where the bytes of a block lie in its CAR. */
export interface BlockPlace {
  readonly offset: number
  readonly size: number
}

export class CidTable {
  size = 0
  #capacity = 1024
  #keys = new Uint32Array(this.#capacity * KEY_WORDS)
  #offsets = new Float64Array(this.#capacity).fill(EMPTY)
  #sizes = new Uint32Array(this.#capacity)
  readonly #key = new Uint32Array(KEY_WORDS)
  /** Keeps a maker of blocks from choosing digests that all fall on one slot. */
  readonly #seed = randomInt(2 ** 32)

  /** The CID must have a sha2-256 digest. */
  get(cid: CID): BlockPlace | undefined {
    const slot = this.#slot(this.#load(cid))
    return this.#isFree(slot) ? undefined : this.#place(slot)
  }

  set(cid: CID, place: BlockPlace): void {
    if ((this.size + 1) * 4 > this.#capacity * 3) this.#grow()
    const slot = this.#slot(this.#load(cid))
    if (this.#isFree(slot)) this.size += 1
    this.#write(slot, this.#key, place)
  }

  /** In no particular order; CIDs as version 1. */
  *entries(): Generator<{ cid: CID; place: BlockPlace }> {
    for (let slot = 0; slot < this.#capacity; slot++) {
      if (this.#isFree(slot)) continue
      const digest = new Uint8Array(SHA2_256_SIZE)
      const view = new DataView(digest.buffer)
      const key = this.#keys.subarray(slot * KEY_WORDS, (slot + 1) * KEY_WORDS)
      for (let i = 0; i < DIGEST_WORDS; i++) view.setUint32(4 * i, key[i] ?? 0)
      const cid = CID.createV1(key[DIGEST_WORDS] ?? 0, Digest.create(SHA2_256, digest))
      yield { cid, place: this.#place(slot) }
    }
  }

  #load(cid: CID): Uint32Array {
    const { code, digest } = cid.multihash
    if (code !== SHA2_256 || digest.length !== SHA2_256_SIZE)
      throw new StorageError('INTERNAL', { what: `a CID table has no place for ${cid}` })
    const view = new DataView(digest.buffer, digest.byteOffset, SHA2_256_SIZE)
    for (let i = 0; i < DIGEST_WORDS; i++) this.#key[i] = view.getUint32(4 * i)
    this.#key[DIGEST_WORDS] = cid.code
    return this.#key
  }

  /** The slot that holds `key`, or the free one where it belongs. */
  #slot(key: Uint32Array): number {
    const mask = this.#capacity - 1
    const mixed = Math.imul((key[0] ?? 0) ^ this.#seed, GOLDEN_RATIO)
    let slot = (mixed ^ (mixed >>> 15)) & mask
    while (!this.#isFree(slot) && !this.#isAt(slot, key)) slot = (slot + 1) & mask
    return slot
  }

  #isFree(slot: number): boolean {
    return Number.isNaN(this.#offsets[slot])
  }

  #isAt(slot: number, key: Uint32Array): boolean {
    const start = slot * KEY_WORDS
    for (let i = 0; i < KEY_WORDS; i++) if (this.#keys[start + i] !== key[i]) return false
    return true
  }

  #place(slot: number): BlockPlace {
    return { offset: this.#offsets[slot] ?? 0, size: this.#sizes[slot] ?? 0 }
  }

  #write(slot: number, key: Uint32Array, place: BlockPlace): void {
    this.#keys.set(key, slot * KEY_WORDS)
    this.#offsets[slot] = place.offset
    this.#sizes[slot] = place.size
  }

  #grow(): void {
    const [keys, offsets, sizes] = [this.#keys, this.#offsets, this.#sizes]
    this.#capacity *= 2
    this.#keys = new Uint32Array(this.#capacity * KEY_WORDS)
    this.#offsets = new Float64Array(this.#capacity).fill(EMPTY)
    this.#sizes = new Uint32Array(this.#capacity)
    for (let old = 0; old < offsets.length; old++) {
      const offset = offsets[old] ?? EMPTY
      if (Number.isNaN(offset)) continue
      const key = keys.subarray(old * KEY_WORDS, (old + 1) * KEY_WORDS)
      this.#write(this.#slot(key), key, { offset, size: sizes[old] ?? 0 })
    }
  }
}
