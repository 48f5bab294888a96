/**
 * The books of a client: four accounts, and entries that each change them in one fixed way. All amounts in attoFIL.
 *
 *   kind                balance  escrow  locked  reserved   when
 *   received               +                                money came with a call or a plain transfer
 *   withdrawn              -                                the owner sent it away
 *   deposited              -       +                        into the escrow
 *   escrowWithdrawn        +       -                        out of the escrow
 *   reserved                                        +       a proposal was made
 *   released                                        -       it was cancelled, or released after it lapsed
 *   locked                                 +        -       a copy was published: price · duration + client collateral
 *   paid                           -       -                this client had f05 settle a deal
 *   refunded                               -                a deal was closed by that settlement
 *   paidElsewhere                  -       -                seen later: others had f05 settle, or terminated
 *   refundedElsewhere                      -                seen later: f05 closed deals for others
 *   given                          +                        seen later: others added to the escrow
 */

export interface Accounts {
  /** Of the contract itself. */
  readonly balance: bigint
  /** In f05, with what is locked of it. */
  readonly escrow: bigint
  readonly locked: bigint
  /** By proposals, of what of the escrow is not locked. */
  readonly reserved: bigint
}

type Kind =
  | { readonly kind: 'received'; readonly from: string }
  | { readonly kind: 'withdrawn'; readonly to: string }
  | { readonly kind: 'deposited' | 'escrowWithdrawn' | 'paidElsewhere' | 'given' }
  | { readonly kind: 'reserved' | 'released'; readonly proposalId: string }
  | { readonly kind: 'locked' | 'paid' | 'refunded'; readonly dealId: bigint }
  | {
      readonly kind: 'refundedElsewhere'
      /** The deals that were found gone since the escrow was seen last. The refund is theirs, or of deals not yet looked at. */
      readonly found: readonly bigint[]
    }

/** `amount` is above 0: what moved nothing is not in the books. */
export type LedgerEntry = Kind & { readonly epoch: bigint; readonly amount: bigint }

type Change = Partial<Record<keyof Accounts, 1n | -1n>>

const CHANGES: Readonly<Record<LedgerEntry['kind'], Change>> = {
  received: { balance: 1n },
  withdrawn: { balance: -1n },
  deposited: { balance: -1n, escrow: 1n },
  escrowWithdrawn: { balance: 1n, escrow: -1n },
  reserved: { reserved: 1n },
  released: { reserved: -1n },
  locked: { locked: 1n, reserved: -1n },
  paid: { escrow: -1n, locked: -1n },
  refunded: { locked: -1n },
  paidElsewhere: { escrow: -1n, locked: -1n },
  refundedElsewhere: { locked: -1n },
  given: { escrow: 1n },
}

export const EMPTY_ACCOUNTS: Accounts = { balance: 0n, escrow: 0n, locked: 0n, reserved: 0n }

export function accountsAfter(before: Accounts, { kind, amount }: LedgerEntry): Accounts {
  const change = CHANGES[kind]
  const moved = (account: keyof Accounts): bigint =>
    before[account] + (change[account] ?? 0n) * amount
  return {
    balance: moved('balance'),
    escrow: moved('escrow'),
    locked: moved('locked'),
    reserved: moved('reserved'),
  }
}

/** The sum of all entries of a kind. */
export function totalOf(ledger: readonly LedgerEntry[], kind: LedgerEntry['kind']): bigint {
  return ledger.reduce((sum, entry) => (entry.kind === kind ? sum + entry.amount : sum), 0n)
}
