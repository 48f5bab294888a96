/**
 * The terms of a request: everything that a proposal fixes but the client, and to how many providers it goes. Defaults
 * are chosen so that providers with default settings accept them; the rules are the market's (`rules.ts`) and those
 * that Boost and Curio check before they accept.
 * @see boost storagemarket/deal_acceptance.go, node/config/def.go; curio market/mk12/mk12.go
 */
import { StorageError } from '../errors.ts'
import { parsePieceCid } from '../piece/piece-cid.ts'
import { paddedSize } from '../piece/size.ts'
import { pricePerEpochAt } from './ask.ts'
import { checkLabel } from './label.ts'
import {
  checkAmount,
  checkDuration,
  checkPieceSize,
  MAX_DURATION,
  MAX_SECTOR_SIZE,
} from './rules.ts'
import { EPOCHS_PER_DAY, formatDuration } from './units.ts'
import { checkUrl } from './url.ts'

export interface DealTerms {
  /** Version 1 or 2; the contract gets version 1. */
  readonly pieceCid: string
  /** Bytes that the URL serves. */
  readonly size: number
  /** Padded bytes. */
  readonly pieceSize: number
  readonly label: string
  /** Where providers fetch the piece. */
  readonly url: string
  readonly startEpoch: bigint
  readonly endEpoch: bigint
  /** attoFIL per epoch for the whole piece, for each replica. */
  readonly pricePerEpoch: bigint
  /** attoFIL that each provider locks. */
  readonly providerCollateral: bigint
  /** attoFIL that we lock for each replica. */
  readonly clientCollateral: bigint
  /** Copies, each at another provider. */
  readonly replicas: number
  /** Actor ids that may publish; empty: any. */
  readonly providers: readonly bigint[]
  readonly skipIpniAnnounce: boolean
  readonly removeUnsealedCopy: boolean
}

/** When a deal may start, in epochs after the head at which a provider judges it. */
export interface StartWindow {
  readonly minLead: bigint
  readonly maxLead: bigint
}

/** attoFIL: what `StateDealProviderCollateralBounds` answers. `min` is 1.1 times what the market demands. */
export interface CollateralBounds {
  readonly min: bigint
  readonly max: bigint
}

/** What the chain was like when the terms were made. */
export interface Circumstances {
  readonly epoch: bigint
  /** Padded bytes; the largest there is by default. */
  readonly sectorSize?: bigint
  /** Boost's default settings by default. */
  readonly startWindow?: StartWindow
  /** Undefined where the node does not tell. */
  readonly collateralBounds?: CollateralBounds | undefined
}

/** 1 and 15 days: Boost's ExpectedSealDuration and MaxDealStartDelay after it (node/config/def.go:107-108). */
export const BOOST_START_WINDOW: StartWindow = { minLead: EPOCHS_PER_DAY, maxLead: 43_200n }
/** 365 days, in epochs. */
export const DEFAULT_DURATION = 365n * EPOCHS_PER_DAY
/** 2 days: a day more than the least, for the provider to notice, fetch and batch. */
export const DEFAULT_LEAD = 2n * EPOCHS_PER_DAY
/** attoFIL per GiB and epoch: the default ask of Boost and Curio (boost storagemarket/storedask/storedask.go:30). */
export const DEFAULT_PRICE_PER_GIB = 50_000_000n
/** Per cent of the least: it moves between our look and the provider's. */
const COLLATERAL_MARGIN = 120n
/** Boost takes at most twice the least (storagemarket/provider.go:213). */
export const MAX_COLLATERAL_MULTIPLE = 2n

/** What must be said; everything else of `DealTerms` has a default. */
export type Request = Pick<DealTerms, 'pieceCid' | 'size' | 'pieceSize' | 'label' | 'url'> &
  Partial<DealTerms> & { readonly duration?: bigint }

/**
 * Fills in what `request` leaves out and validates the whole.
 * @throws as `validateTerms`; TERM_INVALID when no collateral is given and the node does not tell its bounds
 */
export function termsFor(request: Request, circumstances: Circumstances): DealTerms {
  const { duration, ...given } = request
  const startEpoch = request.startEpoch ?? circumstances.epoch + DEFAULT_LEAD
  const terms: DealTerms = {
    endEpoch: startEpoch + (duration ?? DEFAULT_DURATION),
    pricePerEpoch: pricePerEpochAt(DEFAULT_PRICE_PER_GIB, BigInt(request.pieceSize)),
    clientCollateral: 0n,
    replicas: 1,
    providers: [],
    skipIpniAnnounce: false,
    removeUnsealedCopy: false,
    ...withoutUndefined(given),
    startEpoch,
    providerCollateral:
      request.providerCollateral ?? defaultCollateral(circumstances.collateralBounds),
  }
  if (duration !== undefined && terms.endEpoch !== startEpoch + duration)
    throw new StorageError('TERM_INVALID', {
      what: 'end epoch and duration contradict each other',
      expected: startEpoch + duration,
      got: terms.endEpoch,
      hint: 'Give one of them.',
    })
  validateTerms(terms, circumstances)
  return terms
}

/** attoFIL: a fifth above the least. @throws TERM_INVALID when the bounds are not known */
export function defaultCollateral(bounds: CollateralBounds | undefined): bigint {
  if (bounds !== undefined) return (bounds.min * COLLATERAL_MARGIN + 99n) / 100n
  throw new StorageError('TERM_INVALID', {
    what: 'the node does not tell which provider collateral the market demands',
    hint: 'Give the provider collateral, or use a node with Filecoin.StateDealProviderCollateralBounds.',
  })
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T
}

/** @throws EPOCH_PAST, TERM_INVALID, LABEL_TOO_LONG, URL_INVALID, PIECE_TOO_LARGE, CID_INVALID */
export function validateTerms(terms: DealTerms, circumstances: Circumstances): void {
  parsePieceCid(terms.pieceCid)
  checkSizes(terms, circumstances.sectorSize ?? MAX_SECTOR_SIZE)
  checkLabel(terms.label)
  checkUrl(terms.url)
  checkStart(terms.startEpoch, circumstances)
  checkDuration(terms.startEpoch, terms.endEpoch)
  checkEnd(terms.endEpoch, circumstances.epoch)
  checkAmount('price per epoch', terms.pricePerEpoch)
  checkAmount('provider collateral', terms.providerCollateral)
  checkAmount('client collateral', terms.clientCollateral)
  checkCollateral(terms.providerCollateral, circumstances.collateralBounds)
  checkReplicas(terms.replicas, terms.providers)
}

function checkSizes({ pieceCid, size, pieceSize }: DealTerms, sectorSize: bigint): void {
  if (!Number.isSafeInteger(pieceSize))
    throw new StorageError('TERM_INVALID', {
      what: 'the padded piece size is not a number of bytes',
      got: pieceSize,
    })
  checkPieceSize(BigInt(pieceSize), sectorSize)
  // Curio accepts no other piece size than the smallest (market/mk12/mk12.go:515).
  if (!Number.isSafeInteger(size) || size < 1 || paddedSize(size) !== pieceSize)
    throw new StorageError('TERM_INVALID', {
      what: `${size} bytes do not make a piece of ${pieceSize} padded bytes`,
      ...(Number.isSafeInteger(size) && size > 0 ? { expected: paddedSize(size) } : {}),
      got: pieceSize,
    })
  const stated = parsePieceCid(pieceCid)
  if (stated.version === 2 && (stated.size !== size || stated.pieceSize !== pieceSize))
    throw new StorageError('TERM_INVALID', {
      what: 'the piece CID states another size',
      expected: `${stated.size} bytes`,
      got: `${size} bytes`,
    })
}

function checkStart(startEpoch: bigint, { epoch, startWindow }: Circumstances): void {
  const { minLead, maxLead } = startWindow ?? BOOST_START_WINDOW
  if (startEpoch <= epoch)
    throw new StorageError('EPOCH_PAST', {
      what: 'the start epoch lies in the past',
      expected: `${epoch + minLead} or later`,
      got: startEpoch,
      hint: `The chain is at epoch ${epoch}. Leave the start epoch out to start in ${formatDuration(DEFAULT_LEAD)}.`,
    })
  const lead = startEpoch - epoch
  if (lead >= minLead && lead <= maxLead) return
  throw new StorageError('TERM_INVALID', {
    what:
      lead < minLead
        ? 'the deal starts too soon for providers to seal it'
        : 'the deal starts later than providers plan',
    expected: `epoch ${epoch + minLead} to ${epoch + maxLead}`,
    got: startEpoch,
    hint: `Let it start ${formatDuration(minLead)} to ${formatDuration(maxLead)} from now.`,
  })
}

/** Boost counts the longest duration from its head, not from the start (storagemarket/deal_acceptance.go). */
function checkEnd(endEpoch: bigint, epoch: bigint): void {
  if (endEpoch <= epoch + MAX_DURATION) return
  throw new StorageError('TERM_INVALID', {
    what: 'the deal ends later than providers accept',
    expected: `at most epoch ${epoch + MAX_DURATION}, ${formatDuration(MAX_DURATION)} from now`,
    got: endEpoch,
  })
}

function checkCollateral(collateral: bigint, bounds: CollateralBounds | undefined): void {
  if (bounds === undefined) return
  const accepted = bounds.min * MAX_COLLATERAL_MULTIPLE
  const max = accepted < bounds.max ? accepted : bounds.max
  if (collateral >= bounds.min && collateral <= max) return
  throw new StorageError('TERM_INVALID', {
    what: 'providers do not accept this provider collateral',
    expected: `${bounds.min} to ${max} attoFIL`,
    got: collateral,
    hint: 'Leave the provider collateral out to get a fitting one.',
  })
}

function checkReplicas(replicas: number, providers: readonly bigint[]): void {
  if (!Number.isSafeInteger(replicas) || replicas < 1)
    throw new StorageError('TERM_INVALID', {
      what: 'the number of replicas is not possible',
      expected: '1 or more',
      got: replicas,
    })
  const repeated = providers.find((id, index) => providers.indexOf(id) !== index)
  if (repeated !== undefined)
    throw new StorageError('TERM_INVALID', {
      what: `the provider f0${repeated} is listed twice`,
      hint: 'Every replica goes to another provider; name each once.',
    })
  if (providers.length > 0 && providers.length < replicas)
    throw new StorageError('TERM_INVALID', {
      what: 'fewer providers are listed than replicas wanted',
      expected: `${replicas} or more, or none to let any provider take it`,
      got: providers.length,
    })
}
