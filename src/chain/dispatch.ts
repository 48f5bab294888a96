/** A transaction on its way to a node: what it needs, and then once, whatever the node does. */
import {
  BaseWallet,
  type ContractRunner,
  formatEther,
  JsonRpcSigner,
  type Provider,
  Transaction,
  type TransactionRequest,
} from 'ethers'
import { isStorageError, StorageError } from '../errors.ts'
import { isActorUnknown, wasAnswered } from './failure.ts'
import { type CallOptions, callNode } from './node.ts'

/** Signing may ask a person for a password. */
const SEND_TIMEOUT_MS = 120_000

export type Sender = ContractRunner &
  Required<Pick<ContractRunner, 'estimateGas' | 'sendTransaction'>>

/** @throws NO_MONEY for an account that the chain does not know yet; as `callNode` */
export async function estimateFor(
  sender: Sender,
  provider: Provider,
  request: TransactionRequest,
  what: string,
  options: CallOptions,
): Promise<bigint> {
  try {
    return await callNode(what, () => sender.estimateGas(request), options)
  } catch (error) {
    if (!isActorUnknown(error) || !('getAddress' in sender)) throw error
    const account = await (sender as unknown as { getAddress(): Promise<string> }).getAddress()
    const balance = await callNode('balance', () => provider.getBalance(account), options)
    if (balance > 0n) throw error
    throw new StorageError('NO_MONEY', {
      what: `the account ${account} is not on the chain yet, for it never got any FIL: ${what}`,
      got: `${formatEther(balance)} FIL`,
      hint: 'Send FIL to the account, for its gas and for the value that it sends.',
      next: 'npx hardhat get-address',
      cause: error,
    })
  }
}

interface Dispatched {
  readonly hash: string
  /** Only where the bytes are here. */
  readonly again: (() => Promise<void>) | undefined
}

/** Once: what a node does not answer for is not signed again. */
export async function dispatch(
  sender: Sender,
  provider: Provider,
  filled: TransactionRequest,
  what: string,
  options: CallOptions,
): Promise<Dispatched> {
  const slow = { timeoutMs: SEND_TIMEOUT_MS, ...options }
  if (!(sender instanceof BaseWallet)) {
    // The node has the key. ethers' own wait for the transaction is left out: the receipt is waited for here.
    const send = async (): Promise<string> =>
      sender instanceof JsonRpcSigner
        ? sender.sendUncheckedTransaction(filled)
        : (await sender.sendTransaction(filled)).hash
    return { hash: await callNode(what, send, slow), again: undefined }
  }
  const raw = await callNode(
    what,
    async () => sender.signTransaction(await sender.populateTransaction(filled)),
    slow,
  )
  const { hash } = Transaction.from(raw)
  if (hash === null) throw new StorageError('INTERNAL', { what: 'the transaction is not signed' })
  const again = async (): Promise<void> => {
    await callNode(what, () => provider.broadcastTransaction(raw), options)
  }
  try {
    await again()
  } catch (error) {
    // A node that answers took it or did not. Without an answer it may be on its way: the wait for its receipt shows.
    if (!isStorageError(error, 'NODE_UNREACHABLE') || wasAnswered(error)) throw error
  }
  return { hash, again }
}
