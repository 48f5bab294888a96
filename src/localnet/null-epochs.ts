/** Which epochs of a chain have no block: ascending ranges that neither touch nor overlap. */
interface Range {
  readonly first: bigint
  readonly last: bigint
}

export class NullEpochs {
  #ranges: Range[] = []

  get isEmpty(): boolean {
    return this.#ranges.length === 0
  }

  /** @param first Later than every epoch that was added before, with one that is not null in between. */
  add(first: bigint, last: bigint): void {
    this.#ranges.push({ first, last })
  }

  has(epoch: bigint): boolean {
    return this.#rangeOf(epoch) !== undefined
  }

  /** The last epoch with a block, at `epoch` or before it. */
  withBlock(epoch: bigint): bigint {
    const range = this.#rangeOf(epoch)
    return range === undefined ? epoch : range.first - 1n
  }

  /** The chain goes back to `head`. */
  cut(head: bigint): void {
    this.#ranges = this.#ranges.filter(({ first }) => first <= head)
  }

  /** The latest ranges are asked for most. */
  #rangeOf(epoch: bigint): Range | undefined {
    const range = this.#ranges.findLast(({ first }) => first <= epoch)
    return range !== undefined && epoch <= range.last ? range : undefined
  }
}
