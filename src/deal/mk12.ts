/**
 * The messages of Curio's market MK12, with which a client hands a proposal to a provider over HTTP: CBOR maps as cbor-gen
 * writes them. Bounds are cbor-gen's: text of 8,192 bytes, byte strings of 2 MiB, a signature of 200.
 * @see curio market/mk12/types.go, types_cbor_gen.go; go-state-types crypto/signature.go
 */
import { bool, codec, type Codec, type Field, text, tuple, uint64 } from './cbor.ts'
import { bytesOf, link, struct } from './cbor-map.ts'
import type { SignedProposal } from './params.ts'
import { proposalField } from './proposal.ts'

const MAX_TEXT_BYTES = 8192
const MAX_PARAMS_BYTES = 2 << 20
const UUID_BYTES = 16
const MAX_SIGNATURE_BYTES = 200

export const mk12Text: Field<string> = text(MAX_TEXT_BYTES)
export const mk12Uuid: Field<Uint8Array> = bytesOf(UUID_BYTES, UUID_BYTES)
/** [type 1][data]. */
export const mk12Signature: Field<Uint8Array> = bytesOf(1, MAX_SIGNATURE_BYTES)

/** How the provider gets the bytes; empty for a deal whose data come another way. */
export interface Mk12Transfer {
  /** Raw bytes. */
  readonly size: bigint
  /** `http`. */
  readonly type: string
  /** For `http` the JSON of `mk12-transfer.ts`. */
  readonly params: Uint8Array
  /** The client's own name for it. */
  readonly clientId: string
}

export interface Mk12DealParams {
  /** 16 bytes, made by the client. */
  readonly dealUuid: Uint8Array
  readonly transfer: Mk12Transfer
  readonly isOffline: boolean
  /** Root CID of the payload. */
  readonly dealDataRoot: string
  readonly skipIpniAnnounce: boolean
  readonly deal: SignedProposal
  readonly removeUnsealedCopy: boolean
}

export const mk12DealParams: Codec<Mk12DealParams> = codec(
  'the MK12 deal params',
  struct<Mk12DealParams>({
    dealUuid: { key: 'DealUUID', field: mk12Uuid },
    transfer: {
      key: 'Transfer',
      field: struct<Mk12Transfer>({
        size: { key: 'Size', field: uint64 },
        type: { key: 'Type', field: mk12Text },
        params: { key: 'Params', field: bytesOf(0, MAX_PARAMS_BYTES) },
        clientId: { key: 'ClientID', field: mk12Text },
      }),
    },
    isOffline: { key: 'IsOffline', field: bool },
    dealDataRoot: { key: 'DealDataRoot', field: link },
    skipIpniAnnounce: { key: 'SkipIPNIAnnounce', field: bool },
    deal: {
      key: 'ClientDealProposal',
      field: tuple<SignedProposal>({ proposal: proposalField, signature: mk12Signature }),
    },
    removeUnsealedCopy: { key: 'RemoveUnsealedCopy', field: bool },
  }),
)

export interface Mk12DealResponse {
  readonly accepted: boolean
  /** Why it was refused; empty when it was accepted. */
  readonly message: string
}

export const mk12DealResponse: Codec<Mk12DealResponse> = codec(
  'the MK12 deal response',
  struct<Mk12DealResponse>({
    message: { key: 'Message', field: mk12Text },
    accepted: { key: 'Accepted', field: bool },
  }),
)
