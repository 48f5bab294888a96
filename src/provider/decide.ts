/**
 * Whether a provider takes a proposal: every check that Boost makes before it downloads, in Boost's order, as a pure
 * function of what was read beforehand. Two rules are stricter than Boost's, as Curio has them or our clients need
 * them: the piece size is exactly that of the bytes, and deals with DataCap are over.
 *
 * @see boost storagemarket/deal_acceptance.go:30-189, provider_loop.go:107-223, node/modules/dealfilter.go;
 *      curio market/mk12/mk12.go:515; FIP-0118
 */
import { MAX_LABEL_BYTES, rootOfLabel } from '../deal/label.ts'
import type { DealProposal } from '../deal/proposal.ts'
import type { EscrowBalance } from '../deal/market.ts'
import { MAX_DURATION, MIN_DURATION, MIN_PIECE_SIZE } from '../deal/rules.ts'
import type { CollateralBounds, StartWindow } from '../deal/terms.ts'
import { checkUrl } from '../deal/url.ts'
import { isStorageError } from '../errors.ts'
import { paddedSize } from '../piece/size.ts'
import { type Ask, askedPrice } from './ask.ts'
import type { Verdict } from './ports.ts'

/** CIDv1, fil-commitment-unsealed, sha2-256-trunc254-padded, 32 bytes. */
const PIECE_CID_PREFIX = [0x01, 0x81, 0xe2, 0x03, 0x92, 0x20, 0x20]
const PIECE_CID_LENGTH = PIECE_CID_PREFIX.length + 32
/** Boost takes a provider collateral up to this multiple of the minimum. boost storagemarket/provider.go:213 */
const MAX_COLLATERAL_MULTIPLE = 2n

export type RefusalCode =
  | 'PROPOSAL_UNREADABLE'
  | 'PROPOSAL_INVALID'
  | 'AUTH_REFUSED'
  | 'PROVIDER_OTHER'
  | 'TRANSFER_INVALID'
  | 'LABEL_NOT_TEXT'
  | 'LABEL_TOO_LONG'
  | 'LABEL_NOT_CID'
  | 'PIECE_SIZE_INVALID'
  | 'PIECE_TOO_LARGE'
  | 'PIECE_CID_INVALID'
  | 'EPOCHS_INVALID'
  | 'START_PASSED'
  | 'DURATION_OUT_OF_BOUNDS'
  | 'END_TOO_LATE'
  | 'COLLATERAL_OUT_OF_BOUNDS'
  | 'PRICE_TOO_LOW'
  | 'SIZE_NOT_ASKED'
  | 'ESCROW_TOO_LOW'
  | 'VERIFIED_DEALS_ENDED'
  | 'URL_INVALID'
  | 'PROPOSAL_IDENTICAL'
  | 'START_TOO_SOON'
  | 'START_TOO_LATE'

export interface Refusal {
  readonly accept: false
  readonly code: RefusalCode
  readonly reason: string
}

type Decision = { readonly accept: true } | Refusal

/** What `getExtraParams` gives besides the terms. */
export interface Transfer {
  /** http or https. */
  readonly url: string
  /** Raw bytes that the URL serves. */
  readonly size: number
}

/** What the provider looked up before it decides. */
export interface Circumstances {
  readonly ask: Ask
  readonly window: StartWindow
  /** Padded bytes of a sector. */
  readonly sectorSize: bigint
  readonly head: bigint
  readonly auth: Verdict
  readonly bounds: CollateralBounds | undefined
  /** The client's. */
  readonly escrow: EscrowBalance
  /** Whether this very proposal was accepted once before. */
  readonly known: boolean
}

/** `proposal` names the deciding provider. */
export function decide(
  proposal: DealProposal,
  transfer: Transfer,
  circumstances: Circumstances,
): Decision {
  for (const rule of RULES) {
    const refusal = rule(proposal, transfer, circumstances)
    if (refusal !== undefined) return refusal
  }
  return { accept: true }
}

export function refuse(code: RefusalCode, reason: string): Refusal {
  return { accept: false, code, reason }
}

type Rule = (p: DealProposal, transfer: Transfer, c: Circumstances) => Refusal | undefined

const RULES: readonly Rule[] = [
  authentic,
  labelled,
  sized,
  identified,
  scheduled,
  secured,
  paid,
  funded,
  withoutDataCap,
  fetchable,
  unseen,
  startsInTime,
]

function authentic(_: DealProposal, __: Transfer, { auth }: Circumstances): Refusal | undefined {
  return auth.ok
    ? undefined
    : refuse('AUTH_REFUSED', `the client does not authenticate the deal: ${auth.reason}`)
}

function labelled({ label }: DealProposal): Refusal | undefined {
  if (typeof label !== 'string') return refuse('LABEL_NOT_TEXT', 'the label is bytes, not text')
  const length = new TextEncoder().encode(label).length
  if (length > MAX_LABEL_BYTES)
    return refuse(
      'LABEL_TOO_LONG',
      `the label has ${length} bytes, at most ${MAX_LABEL_BYTES} are taken`,
    )
  if (rootOfLabel(label) === undefined)
    return refuse('LABEL_NOT_CID', `the label carries no CID: ${JSON.stringify(label)}`)
  return undefined
}

function sized(
  { pieceSize }: DealProposal,
  { size }: Transfer,
  { sectorSize }: Circumstances,
): Refusal | undefined {
  if (pieceSize < MIN_PIECE_SIZE || (pieceSize & (pieceSize - 1n)) !== 0n)
    return refuse(
      'PIECE_SIZE_INVALID',
      `the piece size ${pieceSize} is no power of two from ${MIN_PIECE_SIZE} on`,
    )
  if (pieceSize > sectorSize)
    return refuse(
      'PIECE_TOO_LARGE',
      `the piece of ${pieceSize} bytes exceeds a sector of ${sectorSize}`,
    )
  if (size < 1 || size > pieceSize || BigInt(paddedSize(size)) !== pieceSize)
    return refuse('PIECE_SIZE_INVALID', `${size} bytes do not pad to a piece of ${pieceSize}`)
  return undefined
}

function identified({ pieceCid }: DealProposal): Refusal | undefined {
  const right =
    pieceCid.length === PIECE_CID_LENGTH &&
    PIECE_CID_PREFIX.every((byte, index) => pieceCid[index] === byte)
  return right ? undefined : refuse('PIECE_CID_INVALID', 'the piece CID is no commP in CIDv1 form')
}

function scheduled(
  { startEpoch, endEpoch }: DealProposal,
  _: Transfer,
  { head }: Circumstances,
): Refusal | undefined {
  if (endEpoch <= startEpoch)
    return refuse(
      'EPOCHS_INVALID',
      `the end epoch ${endEpoch} is not after the start ${startEpoch}`,
    )
  if (startEpoch < head)
    return refuse('START_PASSED', `the start epoch ${startEpoch} is before the head ${head}`)
  const duration = endEpoch - startEpoch
  if (duration < MIN_DURATION || duration > MAX_DURATION)
    return refuse(
      'DURATION_OUT_OF_BOUNDS',
      `the duration of ${duration} epochs is not in [${MIN_DURATION}, ${MAX_DURATION}]`,
    )
  if (endEpoch > head + MAX_DURATION)
    return refuse(
      'END_TOO_LATE',
      `the end epoch ${endEpoch} is more than ${MAX_DURATION} epochs after the head ${head}`,
    )
  return undefined
}

function secured(
  { providerCollateral }: DealProposal,
  _: Transfer,
  { bounds }: Circumstances,
): Refusal | undefined {
  if (bounds === undefined) return undefined
  const max = bounds.min * MAX_COLLATERAL_MULTIPLE
  if (providerCollateral >= bounds.min && providerCollateral <= max) return undefined
  return refuse(
    'COLLATERAL_OUT_OF_BOUNDS',
    `the provider collateral of ${providerCollateral} attoFIL is not in [${bounds.min}, ${max}]`,
  )
}

function paid(
  { storagePricePerEpoch, pieceSize }: DealProposal,
  _: Transfer,
  { ask }: Circumstances,
): Refusal | undefined {
  const asked = askedPrice(ask, pieceSize)
  if (storagePricePerEpoch < asked)
    return refuse(
      'PRICE_TOO_LOW',
      `the price of ${storagePricePerEpoch} attoFIL per epoch is below the ask of ${asked}`,
    )
  if (pieceSize < ask.minPieceSize || pieceSize > ask.maxPieceSize)
    return refuse(
      'SIZE_NOT_ASKED',
      `the piece size ${pieceSize} is not in [${ask.minPieceSize}, ${ask.maxPieceSize}]`,
    )
  return undefined
}

function funded(p: DealProposal, _: Transfer, { escrow }: Circumstances): Refusal | undefined {
  const needed = p.storagePricePerEpoch * (p.endEpoch - p.startEpoch) + p.clientCollateral
  const available = escrow.balance - escrow.locked
  return available >= needed
    ? undefined
    : refuse(
        'ESCROW_TOO_LOW',
        `the client's escrow has ${available} attoFIL available, the deal needs ${needed}`,
      )
}

function withoutDataCap({ verifiedDeal }: DealProposal): Refusal | undefined {
  return verifiedDeal
    ? refuse('VERIFIED_DEALS_ENDED', 'deals with DataCap ended with FIP-0118')
    : undefined
}

function fetchable(_: DealProposal, { url }: Transfer): Refusal | undefined {
  try {
    checkUrl(url)
    return undefined
  } catch (error) {
    if (!isStorageError(error, 'URL_INVALID')) throw error
    return refuse('URL_INVALID', error.message)
  }
}

function unseen(_: DealProposal, __: Transfer, { known }: Circumstances): Refusal | undefined {
  return known
    ? refuse('PROPOSAL_IDENTICAL', 'an identical proposal was accepted before; change the label')
    : undefined
}

function startsInTime(
  { startEpoch }: DealProposal,
  _: Transfer,
  { head, window }: Circumstances,
): Refusal | undefined {
  if (startEpoch < head + window.minLead)
    return refuse(
      'START_TOO_SOON',
      `the start epoch ${startEpoch} leaves less than ${window.minLead} epochs from the head ${head}`,
    )
  if (startEpoch > head + window.maxLead)
    return refuse(
      'START_TOO_LATE',
      `the start epoch ${startEpoch} is more than ${window.maxLead} epochs after the head ${head}`,
    )
  return undefined
}
