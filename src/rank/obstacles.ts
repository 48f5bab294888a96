/** What a provider would refuse of what is wished, by its own ask. */
import { fitsAsk, leastPrice } from '../deal/ask.ts'
import { type Price, pricePerEpoch } from '../deal/price.ts'
import type { ProviderFacts } from './facts.ts'

/** What is to be stored, as far as it is known. A price for the whole piece needs `pieceSize`. */
export interface RankWish {
  /** Padded bytes. */
  readonly pieceSize: number | undefined
  readonly price: Price | undefined
}

const GIB = 2 ** 30

/** What it would refuse, or why it cannot be used at all. */
export type Obstacle =
  | { readonly kind: 'no-miner' }
  | { readonly kind: 'size'; readonly pieceSize: number }
  /** attoFIL per epoch for `pieceSize`. */
  | {
      readonly kind: 'price'
      readonly offered: bigint
      readonly asked: bigint
      readonly pieceSize: number
    }

export function obstaclesOf(
  { isMiner, ask }: ProviderFacts,
  { pieceSize, price }: RankWish,
): Obstacle[] {
  if (isMiner === false) return [{ kind: 'no-miner' }]
  if (ask === undefined) return []
  const obstacles: Obstacle[] = []
  if (pieceSize !== undefined && !fitsAsk(ask, pieceSize))
    obstacles.push({ kind: 'size', pieceSize })
  if (price !== undefined) {
    const size = pieceSize ?? GIB
    const offered = pricePerEpoch(price, BigInt(size))
    const asked = leastPrice(ask, size)
    if (offered < asked) obstacles.push({ kind: 'price', offered, asked, pieceSize: size })
  }
  return obstacles
}
