/**
 * How a deal goes, as MK12 tells it to who knows the deal's UUID.
 * @see curio market/mk12/types.go; market/mk12/mk12_utils.go `GetDealStatus` for the words
 */
import { bool, codec, type Codec, uint64 } from './cbor.ts'
import { link, nullable, struct } from './cbor-map.ts'
import { mk12Signature, mk12Text, mk12Uuid } from './mk12.ts'
import { type DealProposal, proposalField } from './proposal.ts'

export interface Mk12StatusRequest {
  readonly dealUuid: Uint8Array
  /** Curio does not look at it. */
  readonly signature: Uint8Array
}

export const mk12StatusRequest: Codec<Mk12StatusRequest> = codec(
  'the MK12 status request',
  struct<Mk12StatusRequest>({
    dealUuid: { key: 'DealUUID', field: mk12Uuid },
    signature: { key: 'Signature', field: mk12Signature },
  }),
)

export interface Mk12DealStatus {
  /** Why the deal failed; empty while it has not. */
  readonly error: string
  /** Such as `Processing`, `Sealing`, `Sealed`. */
  readonly status: string
  readonly sealingStatus: string
  readonly proposal: DealProposal
  readonly signedProposalCid: string
  /** CID of the message that published it. */
  readonly publishCid: string | null
  /** 0 until it is published. */
  readonly chainDealId: bigint
}

export interface Mk12StatusResponse {
  /** Why there is no status; empty where there is one. */
  readonly error: string
  readonly dealUuid: Uint8Array
  readonly isOffline: boolean
  readonly status: Mk12DealStatus | null
  /** Bytes; Curio says 1. */
  readonly transferSize: bigint
  readonly bytesReceived: bigint
}

export const mk12StatusResponse: Codec<Mk12StatusResponse> = codec(
  'the MK12 status response',
  struct<Mk12StatusResponse>({
    error: { key: 'Error', field: mk12Text },
    dealUuid: { key: 'DealUUID', field: mk12Uuid },
    isOffline: { key: 'IsOffline', field: bool },
    status: {
      key: 'DealStatus',
      field: nullable(
        struct<Mk12DealStatus>({
          error: { key: 'Error', field: mk12Text },
          status: { key: 'Status', field: mk12Text },
          sealingStatus: { key: 'SealingStatus', field: mk12Text },
          proposal: { key: 'Proposal', field: proposalField },
          signedProposalCid: { key: 'SignedProposalCid', field: link },
          publishCid: { key: 'PublishCid', field: nullable(link) },
          chainDealId: { key: 'ChainDealID', field: uint64 },
        }),
      ),
    },
    transferSize: { key: 'TransferSize', field: uint64 },
    bytesReceived: { key: 'NBytesReceived', field: uint64 },
  }),
)
