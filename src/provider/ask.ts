/** What a provider asks for, and what its machine can hold. */
import { NETWORKS } from '../chain/networks.ts'
import { DEFAULT_PRICE_PER_GIB, type StartWindow } from '../deal/terms.ts'

export interface Ask {
  /** attoFIL per GiB of padded bytes and epoch. */
  readonly pricePerGiBEpoch: bigint
  /** Padded bytes. */
  readonly minPieceSize: bigint
  readonly maxPieceSize: bigint
}

export const GIB = 1n << 30n

/**
 * Boost's default for deals without DataCap, with the largest piece of a 32 GiB sector.
 * @see boost storagemarket/storedask/storedask.go:30-39
 */
export const BOOST_ASK: Ask = {
  pricePerGiBEpoch: DEFAULT_PRICE_PER_GIB,
  minPieceSize: 256n,
  maxPieceSize: 32n * GIB,
}

/** attoFIL per epoch for a whole piece, rounded down as Boost does. */
export function askedPrice(ask: Ask, pieceSize: bigint): bigint {
  return (ask.pricePerGiBEpoch * pieceSize) / GIB
}

/** Boost's is 2,880 to 43,200 epochs after the head; a devnet seals in seconds. */
export const DEVNET_WINDOW: StartWindow = NETWORKS.localnet.startWindow
