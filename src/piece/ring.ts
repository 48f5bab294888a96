/**
 * A stream's bytes in shared memory that is used round and round: the byte at offset `at` of the stream lies at `at` modulo
 * the size. Behind the end there is a margin, so that whoever writes finds its room in one stretch; `wrap` copies what was
 * written there to the front.
 */
export class Ring {
  readonly size: number
  readonly #memory: Uint8Array<SharedArrayBuffer>

  /** @param margin Bytes that are written at once at most. */
  constructor(size: number, margin: number) {
    this.size = size
    this.#memory = new Uint8Array(new SharedArrayBuffer(size + margin))
  }

  /** The place of `length` bytes (at most the margin, or up to the end of the ring) at offset `at` of the stream. */
  view(at: number, length: number): Uint8Array<SharedArrayBuffer> {
    const start = at % this.size
    return this.#memory.subarray(start, start + length)
  }

  /** To be called when bytes up to offset `end` of the stream have been written, from `start` on. */
  wrap(start: number, end: number): void {
    const over = (start % this.size) + (end - start) - this.size
    if (over > 0) this.#memory.copyWithin(0, this.size, this.size + over)
  }
}
