/**
 * Shared memory that is used round and round: what is the `at`th byte ever placed lies at `at` modulo the size. Behind the end
 * there is a margin, so that whoever writes across it finds its room in one stretch. Who writes knows what is free.
 */
export class Ring {
  readonly size: number
  readonly #memory: Buffer<SharedArrayBuffer>

  /** @param margin Bytes that are placed at once at most. */
  constructor(size: number, margin: number) {
    this.size = size
    this.#memory = Buffer.from(new SharedArrayBuffer(size + margin))
  }

  /** The place of `length` bytes from the `at`th on. */
  view(at: number, length: number): Uint8Array {
    const start = at % this.size
    return this.#memory.subarray(start, start + length)
  }
}
