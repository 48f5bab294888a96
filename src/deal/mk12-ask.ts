/**
 * What a provider asks for, as MK12 tells it.
 * @see curio market/mk12/legacytypes
 */
import { address, amount, codec, type Codec, int64, uint64 } from './cbor.ts'
import { nullable, struct } from './cbor-map.ts'
import { mk12Signature } from './mk12.ts'

export interface Mk12AskRequest {
  /** Filecoin address bytes. */
  readonly miner: Uint8Array
}

export const mk12AskRequest: Codec<Mk12AskRequest> = codec(
  'the MK12 ask request',
  struct<Mk12AskRequest>({ miner: { key: 'Miner', field: address } }),
)

export interface Mk12Ask {
  readonly miner: Uint8Array
  /** attoFIL per GiB of padded bytes and epoch. */
  readonly price: bigint
  readonly sequence: bigint
  /** Epoch after which the ask no longer counts. */
  readonly expiry: bigint
  /** Epoch since when it counts. */
  readonly timestamp: bigint
  /** Padded bytes. */
  readonly maxPieceSize: bigint
  readonly minPieceSize: bigint
  /** For deals with DataCap, as `price`. */
  readonly verifiedPrice: bigint
}

interface SignedAsk {
  readonly ask: Mk12Ask | null
  /** Of the worker, over the CBOR of `ask`. */
  readonly signature: Uint8Array | null
}

export interface Mk12AskResponse {
  readonly ask: SignedAsk | null
}

export const mk12AskResponse: Codec<Mk12AskResponse> = codec(
  'the MK12 ask response',
  struct<Mk12AskResponse>({
    ask: {
      key: 'Ask',
      field: nullable(
        struct<SignedAsk>({
          ask: {
            key: 'Ask',
            field: nullable(
              struct<Mk12Ask>({
                miner: { key: 'Miner', field: address },
                price: { key: 'Price', field: amount },
                sequence: { key: 'SeqNo', field: uint64 },
                expiry: { key: 'Expiry', field: int64 },
                timestamp: { key: 'Timestamp', field: int64 },
                maxPieceSize: { key: 'MaxPieceSize', field: uint64 },
                minPieceSize: { key: 'MinPieceSize', field: uint64 },
                verifiedPrice: { key: 'VerifiedPrice', field: amount },
              }),
            ),
          },
          signature: { key: 'Signature', field: nullable(mk12Signature) },
        }),
      ),
    },
  }),
)
