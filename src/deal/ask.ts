/** What a provider asks for: the price below which it refuses, and the pieces it takes. */

export interface Ask {
  /** attoFIL per GiB of padded bytes and epoch, of an unverified deal. */
  readonly pricePerGib: bigint
  /** Padded bytes. */
  readonly minPieceSize: bigint
  readonly maxPieceSize: bigint
  /** Where this is known from, such as "GET http://…/market/mk12/ask". */
  readonly source: string
}

const GIB = 1n << 30n

/** attoFIL per epoch for a piece of `pieceSize` padded bytes, rounded up so that it never falls below the ask. */
export function pricePerEpochAt(pricePerGib: bigint, pieceSize: bigint): bigint {
  return (pricePerGib * pieceSize + GIB - 1n) / GIB
}
