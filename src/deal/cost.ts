/** What terms cost, and what of it is still to be paid in. All amounts in attoFIL. */
import type { DealTerms } from './terms.ts'

export interface Cost {
  /** Price of one replica for the whole duration. Providers earn it epoch by epoch. */
  readonly payment: bigint
  /** Locked with one replica and returned at its end. */
  readonly clientCollateral: bigint
  readonly perReplica: bigint
  readonly replicas: number
  /** What a proposal reserves of the escrow. */
  readonly total: bigint
}

export function costOf(
  terms: Pick<
    DealTerms,
    'startEpoch' | 'endEpoch' | 'pricePerEpoch' | 'clientCollateral' | 'replicas'
  >,
): Cost {
  const payment = terms.pricePerEpoch * (terms.endEpoch - terms.startEpoch)
  const perReplica = payment + terms.clientCollateral
  return {
    payment,
    clientCollateral: terms.clientCollateral,
    perReplica,
    replicas: terms.replicas,
    total: perReplica * BigInt(terms.replicas),
  }
}

/** Of a client contract. `available` is what of the escrow no deal locks and no proposal reserves. */
export interface Funds {
  readonly escrow: bigint
  readonly locked: bigint
  readonly reserved: bigint
  readonly available: bigint
  /** Of the contract itself, outside the escrow. */
  readonly balance: bigint
}

/** What a proposal of cost `total` must bring along: the contract moves its balance into the escrow by itself. */
export function missingFunds(total: bigint, funds: Pick<Funds, 'available' | 'balance'>): bigint {
  const missing = total - funds.available - funds.balance
  return missing > 0n ? missing : 0n
}
