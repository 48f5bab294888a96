/** Random choices that a seed repeats: bytes of `random`, read a number at a time. */
import { random } from './random.ts'

const CHUNK = 1 << 16

export class Dice {
  readonly #seed: string
  #bytes: DataView = new DataView(new ArrayBuffer(0))
  #at = 0
  #chunk = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** A whole number from `min` to `max`, both included, less than 2^32 apart. */
  int(min: number, max: number): number {
    if (this.#at + 4 > this.#bytes.byteLength) {
      this.#bytes = new DataView(random(CHUNK, `${this.#seed} ${this.#chunk++}`).buffer)
      this.#at = 0
    }
    const value = this.#bytes.getUint32(this.#at)
    this.#at += 4
    return min + (value % (max - min + 1))
  }

  /** True once in `of` times. */
  once(of: number): boolean {
    return this.int(1, of) === 1
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)] as T
  }

  /** 0 to 2^bits − 1. */
  big(bits: number): bigint {
    let value = 0n
    for (let have = 0; have < bits; have += 32)
      value = (value << 32n) | BigInt(this.int(0, 2 ** 32 - 1))
    return value >> BigInt(Math.ceil(bits / 32) * 32 - bits)
  }
}
