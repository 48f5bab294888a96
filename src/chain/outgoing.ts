/** What may leave for Filecoin: it takes legacy and type-2 transactions with an empty access list, and no others. */
import { Transaction, type TransactionLike } from 'ethers'
import { StorageError } from '../errors.ts'

/** @see lotus chain/types/ethtypes/eth_transactions.go, ParseEthTransaction */
const TYPES: ReadonlySet<number> = new Set([0, 2])

/**
 * Of bytes that are signed.
 * @throws ARGUMENT_INVALID for another type or chain, an access list, or bytes that are no transaction
 */
export function checkSigned(raw: unknown, chainId: bigint): Transaction {
  let transaction: Transaction
  try {
    transaction = Transaction.from(String(raw))
  } catch (cause) {
    throw refused('bytes that are no signed transaction', cause)
  }
  checkOutgoing(transaction)
  if (transaction.chainId !== chainId)
    throw refused(`one for chain ${transaction.chainId}, and this is chain ${chainId}`)
  return transaction
}

type Outgoing = Pick<TransactionLike, 'type' | 'accessList'>

/** Of a transaction that is to be signed. @throws as `checkSigned` */
export function checkOutgoing({ type, accessList }: Outgoing): void {
  if (type !== undefined && type !== null && !TYPES.has(type)) throw refused(`one of type ${type}`)
  const entries = Array.isArray(accessList) ? accessList : Object.keys(accessList ?? {})
  if (entries.length > 0) throw refused('one with an access list')
}

function refused(got: string, cause?: unknown): StorageError {
  return new StorageError('ARGUMENT_INVALID', {
    what: 'Filecoin does not take the transaction; it was not sent',
    expected: 'a legacy or type-2 transaction with an empty access list, signed for the network',
    got,
    cause,
  })
}
