/** Bytes of a stream, taken in the lengths that a decoder asks for. Views into the source's chunks where one suffices. */

export class ByteQueue {
  /** Offset in the stream of the next byte to be taken. */
  offset = 0
  readonly #source: AsyncIterator<Uint8Array>
  readonly #chunks: Uint8Array[] = []
  #length = 0
  #ended = false

  /** The source must not write to a chunk after it has handed it over. */
  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Up to `size` bytes, fewer only at the end of the stream; they stay in the queue. */
  async peek(size: number): Promise<Uint8Array> {
    while (this.#length < size && !this.#ended) {
      const { value, done } = await this.#source.next()
      if (done === true) this.#ended = true
      else if (value.length > 0) {
        this.#chunks.push(value)
        this.#length += value.length
      }
    }
    const first = this.#chunks[0]
    if (first === undefined) return new Uint8Array(0)
    if (first.length < size && this.#chunks.length > 1) {
      this.#chunks.splice(0, this.#chunks.length, Buffer.concat(this.#chunks))
      return this.peek(size)
    }
    return first.subarray(0, size)
  }

  /** As `peek`, and removes the bytes from the queue. */
  async take(size: number): Promise<Uint8Array> {
    const bytes = await this.peek(size)
    const first = this.#chunks[0]
    if (first !== undefined) {
      if (first.length === bytes.length) this.#chunks.shift()
      else this.#chunks[0] = first.subarray(bytes.length)
    }
    this.#length -= bytes.length
    this.offset += bytes.length
    return bytes
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    this.#ended = true
    await this.#source.return?.()
  }
}
