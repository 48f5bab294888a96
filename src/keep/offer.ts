/**
 * What a store offers: amounts in attoFIL, rounded up.
 * @see contracts/perpetual/Offer.sol
 */

/** From the first offer to the ceiling. */
export const STEPS = 8
const STEPS_BIG = BigInt(STEPS)
const GIB = 1n << 30n

/** `step` eighths of the way from the first amount to the ceiling; never above it. */
export function offerAt(first: bigint, ceiling: bigint, step: number): bigint {
  if (step > STEPS) return ceiling
  return first + ((ceiling - first) * BigInt(step) + STEPS_BIG - 1n) / STEPS_BIG
}

/** The price of a copy for an epoch, or a provider's collateral: per GiB times `pieceSize` padded bytes. */
export function offerPerEpoch(
  first: bigint,
  ceiling: bigint,
  step: number,
  pieceSize: number,
): bigint {
  return (offerAt(first, ceiling, step) * BigInt(pieceSize) + GIB - 1n) / GIB
}
