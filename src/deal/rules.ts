/**
 * The rules of the market that show in a proposal alone, and the two of the project: no verified deals, and no piece
 * above the largest sector. The bounds hold on every network.
 * @see builtin-actors actors/market/src/lib.rs:1616-1688, policy.rs
 */
import { StorageError } from '../errors.ts'
import { MAX_LABEL_BYTES } from './label.ts'
import type { DealProposal } from './proposal.ts'
import { EPOCHS_PER_DAY, formatDuration } from './units.ts'

/** Epochs: 180 and 1278 days. */
export const MIN_DURATION = 180n * EPOCHS_PER_DAY
export const MAX_DURATION = 1278n * EPOCHS_PER_DAY

/** Padded bytes. */
export const MIN_PIECE_SIZE = 128n
/** Padded bytes: the largest sector, 64 GiB. The market has no bound; sealing does. */
export const MAX_SECTOR_SIZE = 1n << 36n

/** attoFIL: all FIL that will ever be, the bound of prices and collaterals. */
export const MAX_AMOUNT = 2_000_000_000n * 10n ** 18n

/** @throws TERM_INVALID, PIECE_TOO_LARGE, LABEL_TOO_LONG */
export function validateProposal(proposal: DealProposal): void {
  if (proposal.verifiedDeal)
    throw new StorageError('TERM_INVALID', {
      what: 'verified deals have ended: FIP-0118 abolished DataCap',
      hint: 'Propose an unverified deal with a price.',
    })
  const { label } = proposal
  const length = typeof label === 'string' ? Buffer.byteLength(label) : label.length
  if (length > MAX_LABEL_BYTES)
    throw new StorageError('LABEL_TOO_LONG', {
      what: 'the label of the deal is too long',
      expected: `at most ${MAX_LABEL_BYTES} bytes`,
      got: length,
    })
  checkPieceSize(proposal.pieceSize, MAX_SECTOR_SIZE)
  checkDuration(proposal.startEpoch, proposal.endEpoch)
  checkAmount('price per epoch', proposal.storagePricePerEpoch)
  checkAmount('provider collateral', proposal.providerCollateral)
  checkAmount('client collateral', proposal.clientCollateral)
}

/** @throws TERM_INVALID unless a power of two of at least 128; PIECE_TOO_LARGE above `sectorSize` */
export function checkPieceSize(pieceSize: bigint, sectorSize: bigint): void {
  if (pieceSize < MIN_PIECE_SIZE || (pieceSize & (pieceSize - 1n)) !== 0n)
    throw new StorageError('TERM_INVALID', {
      what: 'the padded piece size is not one that a piece can have',
      expected: `a power of two of at least ${MIN_PIECE_SIZE} bytes`,
      got: pieceSize,
    })
  if (pieceSize > sectorSize)
    throw new StorageError('PIECE_TOO_LARGE', {
      what: 'the piece does not fit a sector',
      expected: `at most ${sectorSize} padded bytes`,
      got: pieceSize,
      hint: 'Split the data into several folders and prepare each as a piece of its own.',
    })
}

/** @throws TERM_INVALID unless 180 to 1278 days pass from start to end */
export function checkDuration(startEpoch: bigint, endEpoch: bigint): void {
  const duration = endEpoch - startEpoch
  if (duration >= MIN_DURATION && duration <= MAX_DURATION) return
  throw new StorageError('TERM_INVALID', {
    what: 'the market takes no deal of this duration',
    expected: `${MIN_DURATION} to ${MAX_DURATION} epochs (${formatDuration(MIN_DURATION)} to ${formatDuration(MAX_DURATION)})`,
    got: `${duration} (${formatDuration(duration)})`,
    hint: 'Choose another end, or give a duration such as 180d or 1y.',
  })
}

/** @throws TERM_INVALID below 0 and above 2·10^9 FIL */
export function checkAmount(name: string, attoFil: bigint): void {
  if (attoFil >= 0n && attoFil <= MAX_AMOUNT) return
  throw new StorageError('TERM_INVALID', {
    what: `the ${name} is out of bounds`,
    expected: `0 to ${MAX_AMOUNT} attoFIL`,
    got: attoFil,
  })
}
