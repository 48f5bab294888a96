/** The leaves of a listing where the first ones are known from an earlier run, and only the others are read. */
import { RAW, SHA2_256_SIZE } from '../car/cid.ts'
import { type Leaf, type LeafSource, stretchesOf } from './leaf-source.ts'
import type { Listing } from './listing.ts'

const NOTHING = new Uint8Array(0)
const holdNothing = () => () => {}

export class KnownLeaves implements Pick<LeafSource, 'next' | 'load'> {
  readonly #known: Iterator<Leaf>
  readonly #rest: Pick<LeafSource, 'next' | 'load'>

  /**
   * @param digests Of the leaves that are known, in their order; they come without a section.
   * @param rest The leaves behind them.
   */
  constructor(
    listing: Listing,
    digests: readonly Uint8Array[],
    rest: Pick<LeafSource, 'next' | 'load'>,
  ) {
    this.#known = leavesOf(listing, digests)
    this.#rest = rest
  }

  next(): Leaf | undefined {
    const { value, done } = this.#known.next()
    return done === true ? this.#rest.next() : value
  }

  load(): Promise<void> {
    return this.#rest.load()
  }
}

function* leavesOf(listing: Listing, digests: readonly Uint8Array[]): Generator<Leaf, undefined> {
  const stretches = stretchesOf(listing)
  for (const some of digests)
    for (let at = 0; at < some.length; at += SHA2_256_SIZE) {
      const { value, done } = stretches.next()
      if (done === true) return
      const digest = some.subarray(at, at + SHA2_256_SIZE)
      yield { codec: RAW, digest, length: value.length, section: NOTHING, hold: holdNothing }
    }
}
