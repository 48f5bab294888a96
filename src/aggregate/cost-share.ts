/** What a file pays of the deal that it shares, and what it would pay for a deal of its own. Amounts in attoFIL. */
import { StorageError } from '../errors.ts'
import type { PlannedSegment } from './plan-layout.ts'

const GIB = 1n << 30n

export interface CostShare {
  readonly id: string
  readonly attoFil: bigint
}

/**
 * `total` split among segments by padded bytes, and within a segment among its inputs evenly. What division leaves over
 * goes one by one to the largest remainders, of equals to the first: the sum is `total`, to the attoFIL.
 * @throws ARGUMENT_INVALID for a negative total or no segments
 */
export function costShares(
  aggregate: { readonly segments: readonly PlannedSegment[] },
  total: bigint,
): CostShare[] {
  const { segments } = aggregate
  const shares = split(
    total,
    segments.map(({ pieceSize }) => BigInt(pieceSize)),
  )
  return segments.flatMap(({ ids }, at) => {
    const parts = split(
      shares[at] ?? 0n,
      ids.map(() => 1n),
    )
    return ids.map((id, which) => ({ id, attoFil: parts[which] ?? 0n }))
  })
}

/**
 * A deal for the piece alone, at the same price: providers take no piece below `minPieceSize`, so a smaller one pays
 * for that. The price per epoch is rounded up, as providers demand it.
 * @throws ARGUMENT_INVALID unless sizes (padded bytes), price and epochs are 0 or more
 */
export function costAlone(deal: {
  readonly pieceSize: number
  readonly minPieceSize: number
  readonly pricePerGibEpoch: bigint
  readonly epochs: bigint
}): bigint {
  const { pieceSize, minPieceSize, pricePerGibEpoch, epochs } = deal
  for (const size of [pieceSize, minPieceSize])
    if (!Number.isSafeInteger(size) || size < 0) fail('a size is a whole number of bytes', size)
  if (pricePerGibEpoch < 0n) fail('a price is not negative', pricePerGibEpoch)
  if (epochs < 0n) fail('a duration is not negative', epochs)
  const size = BigInt(Math.max(pieceSize, minPieceSize))
  return ((pricePerGibEpoch * size + GIB - 1n) / GIB) * epochs
}

/** The method of the largest remainder. */
function split(total: bigint, weights: readonly bigint[]): bigint[] {
  if (total < 0n) fail('a cost is not negative', total)
  if (weights.length === 0) fail('a cost is shared by at least one', 0)
  const sum = weights.reduce((a, b) => a + b, 0n)
  const parts = weights.map((weight) => (total * weight) / sum)
  const over = Number(total - parts.reduce((a, b) => a + b, 0n))
  const remainders = weights.map((weight) => (total * weight) % sum)
  const order = [...weights.keys()].toSorted((a, b) => {
    const more = (remainders[b] ?? 0n) - (remainders[a] ?? 0n)
    return more === 0n ? a - b : Number(more > 0n) * 2 - 1
  })
  for (const at of order.slice(0, over)) parts[at] = (parts[at] ?? 0n) + 1n
  return parts
}

function fail(what: string, got: number | bigint): never {
  throw new StorageError('ARGUMENT_INVALID', { what, got })
}
