/**
 * Memory that is used round and round: what is the `at`th byte ever placed lies at `at` modulo the size. Behind the end
 * there is a margin, so that whoever writes across it finds its room in one stretch. Who writes knows what is free.
 */
export class Ring {
  readonly size: number
  readonly #memory: Buffer

  /**
   * @param margin Bytes that are placed at once at most.
   * @param shared Whether other threads see it. Node does not notice how much shared memory is left over, and frees it late.
   */
  constructor(size: number, margin: number, shared: boolean) {
    this.size = size
    const bytes = size + margin
    this.#memory = Buffer.from(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes))
  }

  /** The place of `length` bytes from the `at`th on. */
  view(at: number, length: number): Uint8Array {
    const start = at % this.size
    return this.#memory.subarray(start, start + length)
  }
}
