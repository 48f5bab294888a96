/**
 * Whether a provider takes a proposal that is pushed to it: Curio's checks, in Curio's order and words, as a pure function of what
 * was read beforehand. What Curio looks up in tables of its operator (lists of clients, filters, back-pressure) is not here; nor
 * is the prefix of the piece CID, without which our codec reads no proposal.
 *
 * @see curio market/mk12/mk12.go: `validateDealProposal`, `applyFilters`, `processDeal`; go-state-types abi/piece.go
 */
import { actorIdOf, addressToString, idAddress } from '../bytes/address.ts'
import { decodeHttpTransfer } from '../deal/mk12-transfer.ts'
import type { Mk12DealParams } from '../deal/mk12.ts'
import { MAX_LABEL_BYTES } from '../deal/label.ts'
import type { DealProposal } from '../deal/proposal.ts'
import { MAX_DURATION, MIN_DURATION, MIN_PIECE_SIZE } from '../deal/rules.ts'
import { isStorageError } from '../errors.ts'
import { paddedSize } from '../piece/size.ts'
import { askedPrice } from './ask.ts'
import {
  type Circumstances,
  type Refusal,
  type RefusalCode,
  refuse,
  type Transfer,
} from './decide.ts'

/** Curio takes a provider collateral up to this multiple of the minimum (mk12_utils.go:26). */
const MAX_COLLATERAL_MULTIPLE = 2n

export type PushCircumstances = Pick<
  Circumstances,
  'ask' | 'head' | 'auth' | 'bounds' | 'escrow' | 'known'
> & {
  /** Actor id of the deciding provider. */
  readonly id: bigint
  /** CID of the proposal. */
  readonly proposalCid: string
  /** Whether a deal with this UUID is there. */
  readonly uuidKnown: boolean
}

export type PushDecision = { readonly accept: true; readonly transfer: Transfer } | Refusal

export function decidePush(params: Mk12DealParams, c: PushCircumstances): PushDecision {
  const { proposal } = params.deal
  for (const rule of VALIDATION) {
    const refusal = rule(proposal, c)
    if (refusal !== undefined) return refuse(refusal[0], `failed validation: ${refusal[1]}`)
  }
  if (params.isOffline)
    return refuse('TRANSFER_INVALID', 'offline deals are not allowed on this provider')
  const unasked = filter(proposal, c)
  // Curio keeps the reason to itself: it takes the comparison with the ask for a failure of its filters.
  if (unasked !== undefined)
    return refuse(unasked, 'internal server error: failed to apply filters')
  return process(params, c)
}

type Rule = (p: DealProposal, c: PushCircumstances) => readonly [RefusalCode, string] | undefined

const VALIDATION: readonly Rule[] = [
  (_, { auth }) => (auth.ok ? undefined : ['AUTH_REFUSED', 'invalid signature']),
  ({ provider }, { id }) =>
    actorIdOf(provider) === id
      ? undefined
      : [
          'PROVIDER_OTHER',
          `incorrect provider for deal; proposal.Provider: ${addressToString(provider, 'f')}; provider.Address: [${addressToString(idAddress(id), 'f')}]`,
        ],
  ({ label }) => {
    const length = typeof label === 'string' ? Buffer.byteLength(label) : label.length
    return length <= MAX_LABEL_BYTES
      ? undefined
      : ['LABEL_TOO_LONG', `deal label can be at most ${MAX_LABEL_BYTES} bytes, is ${length}`]
  },
  ({ pieceSize }) => {
    const invalid = 'proposal piece size is invalid'
    if (pieceSize < MIN_PIECE_SIZE)
      return ['PIECE_SIZE_INVALID', `${invalid}: minimum piece size is ${MIN_PIECE_SIZE} bytes`]
    return (pieceSize & (pieceSize - 1n)) === 0n
      ? undefined
      : ['PIECE_SIZE_INVALID', `${invalid}: padded piece size must be a power of 2`]
  },
  ({ startEpoch, endEpoch }) =>
    endEpoch > startEpoch
      ? undefined
      : ['EPOCHS_INVALID', `proposal end ${endEpoch} before proposal start ${startEpoch}`],
  ({ startEpoch }, { head }) =>
    head <= startEpoch
      ? undefined
      : [
          'START_PASSED',
          `deal start epoch ${startEpoch} has already elapsed (current epoch: ${head})`,
        ],
  ({ startEpoch, endEpoch }) => {
    const duration = endEpoch - startEpoch
    return duration >= MIN_DURATION && duration <= MAX_DURATION
      ? undefined
      : [
          'DURATION_OUT_OF_BOUNDS',
          `deal duration out of bounds (min, max, provided): ${MIN_DURATION}, ${MAX_DURATION}, ${duration}`,
        ]
  },
  ({ endEpoch }, { head }) =>
    endEpoch <= head + MAX_DURATION
      ? undefined
      : [
          'END_TOO_LATE',
          `invalid deal end epoch ${endEpoch}: cannot be more than ${MAX_DURATION} past current epoch ${head}`,
        ],
  ({ providerCollateral }, { bounds }) => {
    if (bounds === undefined) return undefined
    const max = bounds.min * MAX_COLLATERAL_MULTIPLE
    const proposed = `proposed provider collateral ${providerCollateral}`
    if (providerCollateral < bounds.min)
      return ['COLLATERAL_OUT_OF_BOUNDS', `${proposed} below minimum ${bounds.min}`]
    return providerCollateral <= max
      ? undefined
      : ['COLLATERAL_OUT_OF_BOUNDS', `${proposed} above maximum ${max}`]
  },
  (p, { escrow }) => {
    const needed = p.storagePricePerEpoch * (p.endEpoch - p.startEpoch) + p.clientCollateral
    const available = escrow.balance - escrow.locked
    return available >= needed
      ? undefined
      : [
          'ESCROW_TOO_LOW',
          `client available funds in escrow ${available} not enough to meet storage cost for deal ${needed}`,
        ]
  },
  ({ verifiedDeal }) =>
    verifiedDeal ? ['VERIFIED_DEALS_ENDED', 'client is not a verified client'] : undefined,
]

function filter(
  { storagePricePerEpoch, pieceSize }: DealProposal,
  { ask }: PushCircumstances,
): RefusalCode | undefined {
  if (storagePricePerEpoch < askedPrice(ask, pieceSize)) return 'PRICE_TOO_LOW'
  return pieceSize < ask.minPieceSize || pieceSize > ask.maxPieceSize ? 'SIZE_NOT_ASKED' : undefined
}

function process(
  { transfer, deal }: Mk12DealParams,
  { known, proposalCid, uuidKnown }: PushCircumstances,
): PushDecision {
  if (transfer.type === 'libp2p')
    return refuse('TRANSFER_INVALID', 'libp2p URLs are not supported by this provider')
  const { pieceSize } = deal.proposal
  // More bytes than the padded piece has do not fit, and need not fit a number either.
  const padded = transfer.size > pieceSize ? transfer.size : paddedOf(transfer.size)
  if (padded !== pieceSize)
    return refuse(
      'PIECE_SIZE_INVALID',
      `deal proposal piece size ${pieceSize} doesn't match padded piece size ${padded}`,
    )
  let url: string
  try {
    url = decodeHttpTransfer(transfer.params).url
  } catch (error) {
    if (!isStorageError(error, 'CBOR_INVALID')) throw error
    return refuse(
      'TRANSFER_INVALID',
      `failed to de-serialize transport params bytes: ${error.message}`,
    )
  }
  if (known)
    return refuse(
      'PROPOSAL_IDENTICAL',
      `store deal: market deal with the same proposalCID ${proposalCid} already exists: 1`,
    )
  if (uuidKnown)
    return refuse(
      'PROPOSAL_IDENTICAL',
      'store deal: store deal success: updated 0 rows instead of 1',
    )
  return { accept: true, transfer: { url, size: Number(transfer.size) } }
}

function paddedOf(size: bigint): bigint {
  return size === 0n ? MIN_PIECE_SIZE : BigInt(paddedSize(Number(size)))
}
