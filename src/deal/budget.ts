/** Whether proposals stay within what may be spent, and what would fit if they do not. All amounts in attoFIL. */
import { StorageError } from '../errors.ts'
import { costOf } from './cost.ts'
import { MIN_DURATION } from './rules.ts'
import type { DealTerms } from './terms.ts'
import { formatDuration, formatFil } from './units.ts'

type Priced = Pick<
  DealTerms,
  'pieceSize' | 'startEpoch' | 'endEpoch' | 'pricePerEpoch' | 'clientCollateral' | 'replicas'
>

/** What of one term would fit while the others stay; undefined where nothing does. */
export interface Fitting {
  readonly replicas: number | undefined
  /** Epochs. */
  readonly duration: bigint | undefined
  /** attoFIL per GiB of padded bytes and epoch. */
  readonly pricePerGib: bigint | undefined
}

const GIB = 1n << 30n

export function totalOf(offers: readonly Priced[]): bigint {
  return offers.reduce((sum, offer) => sum + costOf(offer).total, 0n)
}

/** `offers` have replicas and duration in common, as the pieces of one payload have. */
export function fittingWithin(offers: readonly Priced[], maxTotal: bigint): Fitting {
  const sum = (of: (offer: Priced) => bigint): bigint =>
    offers.reduce((total, offer) => total + of(offer), 0n)
  const perReplica = sum((offer) => costOf(offer).perReplica)
  const perEpoch = sum(({ pricePerEpoch }) => pricePerEpoch)
  const size = sum(({ pieceSize }) => BigInt(pieceSize))
  const [first] = offers
  if (first === undefined || perReplica === 0n)
    return { replicas: undefined, duration: undefined, pricePerGib: undefined }
  const replicas = maxTotal / perReplica
  // What is left for the payment of one replica of each piece.
  const left = maxTotal / BigInt(first.replicas) - sum(({ clientCollateral }) => clientCollateral)
  const duration = perEpoch === 0n || left < 0n ? 0n : left / perEpoch
  // Each price is rounded up to an attoFIL by itself.
  const eachEpoch = left / (first.endEpoch - first.startEpoch) - BigInt(offers.length - 1)
  const pricePerGib = eachEpoch <= 0n ? 0n : (eachEpoch * GIB) / size
  return {
    replicas: replicas >= 1n ? Number(replicas) : undefined,
    duration: duration >= MIN_DURATION ? duration : undefined,
    pricePerGib: pricePerGib > 0n ? pricePerGib : undefined,
  }
}

/** @throws COST_TOO_HIGH with both amounts and what would fit */
export function checkBudget(offers: readonly Priced[], maxTotal: bigint | undefined): void {
  const total = totalOf(offers)
  if (maxTotal === undefined || total <= maxTotal) return
  throw new StorageError('COST_TOO_HIGH', {
    what: `the deal would cost more than it may: ${composition(offers)}`,
    expected: `at most ${formatFil(maxTotal)}`,
    got: formatFil(total),
    hint: wayOut(fittingWithin(offers, maxTotal)),
  })
}

function composition(offers: readonly Priced[]): string {
  const parts = offers.map((offer) => {
    const { payment, clientCollateral, replicas } = costOf(offer)
    const collateral =
      clientCollateral === 0n ? '' : ` and ${formatFil(clientCollateral)} of collateral`
    const duration = formatDuration(offer.endEpoch - offer.startEpoch)
    return `${formatFil(payment)} in ${duration}${collateral} for each of ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`
  })
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : `${parts.length} pieces`
}

function wayOut({ replicas, duration, pricePerGib }: Fitting): string {
  const ways = [
    replicas === undefined ? '' : `--replicas ${replicas}`,
    duration === undefined ? '' : `--duration ${duration / 2880n}d`,
    pricePerGib === undefined
      ? ''
      : `--price ${formatFil(pricePerGib).replaceAll(' ', '')}/GiB/epoch, which providers may refuse`,
  ].filter((way) => way !== '')
  if (ways.length === 0) return 'Nothing of it fits: raise --max-total.'
  return `Raise --max-total, or what would fit is one of: ${ways.join('; ')}.`
}
