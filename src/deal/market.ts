/**
 * Params and returns of f05's methods for money and deals, "transparent" ones without an array around a single value.
 * @see builtin-actors actors/market/src/types.rs
 */
import {
  address,
  amount,
  bitfield,
  bool,
  codec,
  type Codec,
  int64,
  label,
  list,
  pieceCid,
  tuple,
  uint64,
} from './cbor.ts'

/** Params of AddBalance (whose escrow grows by the value sent) and GetBalance. */
export const escrowAddress: Codec<Uint8Array> = codec('an escrow address', address)

export interface WithdrawBalanceParams {
  readonly address: Uint8Array
  /** attoFIL, at most. */
  readonly amount: bigint
}

export const withdrawBalanceParams: Codec<WithdrawBalanceParams> = codec(
  'WithdrawBalance params',
  tuple<WithdrawBalanceParams>({ address, amount }),
)

/** attoFIL: return of WithdrawBalance (what was paid out) and of GetDeal…Price and …Collateral. */
export const amountReturn: Codec<bigint> = codec('an amount', amount)

/** attoFIL. */
export interface EscrowBalance {
  readonly balance: bigint
  /** Part of the balance that deals hold. */
  readonly locked: bigint
}

export const getBalanceReturn: Codec<EscrowBalance> = codec(
  'GetBalance return',
  tuple<EscrowBalance>({ balance: amount, locked: amount }),
)

/** Params of every GetDeal… method. */
export const dealIdParams: Codec<bigint> = codec('a deal id', uint64)

/** Return of GetDealClient, GetDealProvider (actor ids) and GetDealSector. */
export const idReturn: Codec<bigint> = codec('an id', uint64)

/** -1: not yet. `terminated` is -1 in practice: a terminated deal is deleted and answers exit code 32. */
export interface DealActivation {
  readonly activated: bigint
  readonly terminated: bigint
}

export const getDealActivationReturn: Codec<DealActivation> = codec(
  'GetDealActivation return',
  tuple<DealActivation>({ activated: int64, terminated: int64 }),
)

export interface DealTerm {
  readonly start: bigint
  /** Epochs, not the end. */
  readonly duration: bigint
}

export const getDealTermReturn: Codec<DealTerm> = codec(
  'GetDealTerm return',
  tuple<DealTerm>({ start: int64, duration: int64 }),
)

export interface DealDataCommitment {
  readonly pieceCid: Uint8Array
  /** Padded bytes. */
  readonly size: bigint
}

export const getDealDataCommitmentReturn: Codec<DealDataCommitment> = codec(
  'GetDealDataCommitment return',
  tuple<DealDataCommitment>({ pieceCid, size: uint64 }),
)

export const getDealLabelReturn: Codec<string | Uint8Array> = codec('GetDealLabel return', label)

export const getDealVerifiedReturn: Codec<boolean> = codec('GetDealVerified return', bool)

export const settleDealPaymentsParams: Codec<bigint[]> = codec(
  'SettleDealPayments params',
  bitfield,
)

export interface FailCode {
  /** Position in the ascending list of the deals asked for. */
  readonly index: bigint
  /** 17: no such deal, 32: expired. */
  readonly code: bigint
}

export interface Settlement {
  /** attoFIL that moved from client to provider. */
  readonly payment: bigint
  /** The deal ended with this settlement. */
  readonly completed: boolean
}

export interface SettleDealPaymentsReturn {
  readonly results: { readonly successCount: bigint; readonly failCodes: readonly FailCode[] }
  /** One per success. */
  readonly settlements: readonly Settlement[]
}

export const settleDealPaymentsReturn: Codec<SettleDealPaymentsReturn> = codec(
  'SettleDealPayments return',
  tuple<SettleDealPaymentsReturn>({
    results: tuple<SettleDealPaymentsReturn['results']>({
      successCount: uint64,
      failCodes: list(tuple<FailCode>({ index: uint64, code: uint64 })),
    }),
    settlements: list(tuple<Settlement>({ payment: amount, completed: bool })),
  }),
)
