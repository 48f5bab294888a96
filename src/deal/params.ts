/**
 * The messages between the market, a client that is a contract, and the providers: what f05 asks and tells the client,
 * what a provider reads beside the proposal, what it publishes.
 * @see builtin-actors actors/market/src/{ext,types}.rs; boost storagemarket/types
 */
import {
  bitfield,
  bool,
  bytes,
  codec,
  type Codec,
  embedded,
  list,
  text,
  tuple,
  uint64,
} from './cbor.ts'
import { type DealProposal, proposalCodec, proposalField } from './proposal.ts'

/** f05 asks: did this client sign this proposal? The proposal is as the provider submitted it. */
export interface AuthenticateMessage {
  /** Without the type byte; `dead` from Boost. */
  readonly signature: Uint8Array
  readonly proposal: DealProposal
}

export const authenticateMessageParams: Codec<AuthenticateMessage> = codec(
  'AuthenticateMessage params',
  tuple<AuthenticateMessage>({ signature: bytes, proposal: embedded(proposalCodec) }),
)

/** The only answer to AuthenticateMessage besides a refusal. */
export const authenticateMessageReturn: Codec<boolean> = codec('AuthenticateMessage return', bool)

/** f05 tells: this proposal of yours became a deal. Client and provider are f0 addresses. */
export interface MarketNotifyDeal {
  readonly proposal: DealProposal
  readonly dealId: bigint
}

export const marketNotifyDealParams: Codec<MarketNotifyDeal> = codec(
  'MarketNotifyDeal params',
  tuple<MarketNotifyDeal>({ proposal: embedded(proposalCodec), dealId: uint64 }),
)

export interface SignedProposal {
  readonly proposal: DealProposal
  /** [type 1][data]: type 1 secp256k1, 2 BLS. f05 decodes no other (ref-fvm shared/src/crypto/signature.rs). */
  readonly signature: Uint8Array
}

export interface PublishStorageDealsParams {
  /** All of one provider. */
  readonly deals: readonly SignedProposal[]
}

export const publishStorageDealsParams: Codec<PublishStorageDealsParams> = codec(
  'PublishStorageDeals params',
  tuple<PublishStorageDealsParams>({
    deals: list(tuple<SignedProposal>({ proposal: proposalField, signature: bytes })),
  }),
)

export interface PublishStorageDealsReturn {
  /** Ids of the valid deals, in their order. */
  readonly ids: readonly bigint[]
  /** Positions in the params of the deals that became ids; the others were dropped. */
  readonly validDeals: readonly bigint[]
}

export const publishStorageDealsReturn: Codec<PublishStorageDealsReturn> = codec(
  'PublishStorageDeals return',
  tuple<PublishStorageDealsReturn>({ ids: list(uint64), validDeals: bitfield }),
)

/** What a provider needs to fetch the piece; `getExtraParams` of the client contract. */
export interface ExtraParams {
  /** http or https URL. */
  readonly locationRef: string
  /** Raw bytes that the URL serves. */
  readonly carSize: bigint
  readonly skipIpniAnnounce: boolean
  readonly removeUnsealedCopy: boolean
}

/** Go's reader refuses longer text (cbor-gen MaxLength). */
const MAX_LOCATION_BYTES = 8192

/** Carries any text as location. What may be fetched, and published by us, is `checkUrl`'s to say. */
export const extraParams: Codec<ExtraParams> = codec(
  'the extra params',
  tuple<ExtraParams>({
    locationRef: text(MAX_LOCATION_BYTES),
    carSize: uint64,
    skipIpniAnnounce: bool,
    removeUnsealedCopy: bool,
  }),
)
