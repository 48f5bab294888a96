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

/**
 * attoFIL per epoch below which a provider refuses a piece: it rounds down.
 * @see boost storagemarket/deal_acceptance.go validateAsk; curio market/mk12/mk12.go
 */
export function leastPrice({ pricePerGib }: Ask, pieceSize: number): bigint {
  return (pricePerGib * BigInt(pieceSize)) / GIB
}

export function fitsAsk({ minPieceSize, maxPieceSize }: Ask, pieceSize: number): boolean {
  return pieceSize >= minPieceSize && pieceSize <= maxPieceSize
}
