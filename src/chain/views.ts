/** Between the contract's structs, as ethers encodes and decodes them, and values of ours. */
import type { Result } from 'ethers'
import { fromHex } from '../bytes/hex.ts'
import type { DealState, ProposalState } from '../deal/state.ts'
import type { DealTerms } from '../deal/terms.ts'
import { StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1, pieceCidV1Bytes } from '../piece/piece-cid.ts'
import type { DealView, ProposalView } from './chain.ts'

const EXTRA_PARAMS_VERSION = 1n

/** In the order of the contract's enums. */
const PROPOSAL_STATES: readonly (ProposalState | undefined)[] = [
  undefined,
  'open',
  'filled',
  'lapsed',
  'cancelled',
]
const DEAL_STATES: readonly (DealState | undefined)[] = [
  undefined,
  'published',
  'active',
  'missed',
  'ended',
  'terminated',
]

/** The contract's `DealRequest`. */
export function requestOf(terms: DealTerms): Record<string, unknown> {
  return {
    piece_cid: pieceCidV1Bytes(parsePieceCid(terms.pieceCid).root),
    piece_size: terms.pieceSize,
    verified_deal: false,
    label: terms.label,
    start_epoch: terms.startEpoch,
    end_epoch: terms.endEpoch,
    storage_price_per_epoch: terms.pricePerEpoch,
    provider_collateral: terms.providerCollateral,
    client_collateral: terms.clientCollateral,
    extra_params_version: EXTRA_PARAMS_VERSION,
    extra_params: {
      location_ref: terms.url,
      car_size: terms.size,
      skip_ipni_announce: terms.skipIpniAnnounce,
      remove_unsealed_copy: terms.removeUnsealedCopy,
    },
  }
}

/** As ethers decodes `DealRequest` of the ABI. */
export interface RawRequest {
  readonly piece_cid: string
  readonly piece_size: bigint
  readonly label: string
  readonly start_epoch: bigint
  readonly end_epoch: bigint
  readonly storage_price_per_epoch: bigint
  readonly provider_collateral: bigint
  readonly client_collateral: bigint
  readonly extra_params: {
    readonly location_ref: string
    readonly car_size: bigint
    readonly skip_ipni_announce: boolean
    readonly remove_unsealed_copy: boolean
  }
}

/** The terms of a `DealRequest` that the contract accepted; its piece CID may have the `00` before it. @throws CID_INVALID */
export function termsOf(
  raw: RawRequest,
  { replicas, providers }: Pick<DealTerms, 'replicas' | 'providers'>,
): DealTerms {
  const pieceCid = fromHex(raw.piece_cid)
  return {
    pieceCid: pieceCidV1(parsePieceCid(pieceCid[0] === 0 ? pieceCid.subarray(1) : pieceCid)),
    size: Number(raw.extra_params.car_size),
    pieceSize: Number(raw.piece_size),
    label: raw.label,
    url: raw.extra_params.location_ref,
    startEpoch: raw.start_epoch,
    endEpoch: raw.end_epoch,
    pricePerEpoch: raw.storage_price_per_epoch,
    providerCollateral: raw.provider_collateral,
    clientCollateral: raw.client_collateral,
    replicas,
    providers,
    skipIpniAnnounce: raw.extra_params.skip_ipni_announce,
    removeUnsealedCopy: raw.extra_params.remove_unsealed_copy,
  }
}

/** As ethers decodes `Proposal` of the ABI. */
export interface RawProposal {
  readonly pieceCommitment: string
  readonly pieceSize: bigint
  readonly startEpoch: bigint
  readonly endEpoch: bigint
  readonly pricePerEpoch: bigint
  readonly providerCollateral: bigint
  readonly clientCollateral: bigint
  readonly label: string
  readonly locationRef: string
  readonly carSize: bigint
  readonly skipIpniAnnounce: boolean
  readonly removeUnsealedCopy: boolean
  readonly replicas: bigint
  readonly published: bigint
  readonly providers: Result
  readonly dealIds: Result
  readonly state: bigint
}

/** @throws PROPOSAL_NOT_FOUND */
export function proposalView(proposalId: string, raw: RawProposal): ProposalView {
  const state = PROPOSAL_STATES[Number(raw.state)]
  if (state === undefined)
    throw new StorageError('PROPOSAL_NOT_FOUND', {
      what: `the client contract has no proposal ${proposalId}`,
    })
  return {
    proposalId,
    pieceCid: pieceCidV1({ root: fromHex(raw.pieceCommitment) }),
    pieceSize: Number(raw.pieceSize),
    size: Number(raw.carSize),
    label: raw.label,
    url: raw.locationRef,
    startEpoch: raw.startEpoch,
    endEpoch: raw.endEpoch,
    pricePerEpoch: raw.pricePerEpoch,
    providerCollateral: raw.providerCollateral,
    clientCollateral: raw.clientCollateral,
    skipIpniAnnounce: raw.skipIpniAnnounce,
    removeUnsealedCopy: raw.removeUnsealedCopy,
    replicas: Number(raw.replicas),
    published: Number(raw.published),
    providers: raw.providers.toArray() as bigint[],
    dealIds: raw.dealIds.toArray() as bigint[],
    state,
  }
}

/** As ethers decodes `Deal` of the ABI. */
export interface RawDeal {
  readonly proposalId: string
  readonly dealId: bigint
  readonly provider: bigint
  readonly publishedAt: bigint
  readonly activatedAt: bigint
  readonly startEpoch: bigint
  readonly endEpoch: bigint
  readonly state: bigint
}

/** Of the contract's enum; undefined for None and beyond. */
export function dealStateNamed(index: bigint): DealState | undefined {
  return DEAL_STATES[Number(index)]
}

/** @throws CONTRACT_REFUSED for a deal that f05 does not know */
export function dealView(raw: RawDeal): DealView {
  const state = dealStateNamed(raw.state)
  if (state === undefined)
    throw new StorageError('CONTRACT_REFUSED', {
      what: `the market does not know the deal ${raw.dealId}`,
      hint: 'The chain may have been set back to before its publication. Try again in a few minutes.',
    })
  return {
    dealId: raw.dealId,
    proposalId: raw.proposalId,
    provider: raw.provider,
    publishedAt: raw.publishedAt,
    activatedAt: raw.activatedAt < 0n ? undefined : raw.activatedAt,
    startEpoch: raw.startEpoch,
    endEpoch: raw.endEpoch,
    state,
  }
}
