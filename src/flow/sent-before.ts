/** What may still come of a deploying transaction that an earlier run sent, and whose contract is not there. */
import type { TransactionReceipt } from 'ethers'
import { isActorUnknown } from '../chain/failure.ts'
import { callNode } from '../chain/node.ts'
import { untilSeen } from '../chain/seen.ts'
import { providerOf, waitForPending, waitForReceipt } from '../chain/send.ts'
import type { SentNote } from '../chain/sent-note.ts'
import { isStorageError, StorageError } from '../errors.ts'
import type { DeployOnceOptions } from './deploy-once.ts'

/** 5 epochs: a node that is further behind is none to go by. */
const SEEN_MS = 150_000

/**
 * True when the transaction is to be waited for; false when another has to be sent: it was mined and failed, its nonce is taken, or
 * a local chain forgot it.
 * @throws DEADLINE when it waits for others of the account that the node does not know
 */
export async function stillStands(options: DeployOnceOptions, note: SentNote): Promise<boolean> {
  const { signer, signal, clock, deadlineMs, network } = options
  const provider = providerOf(signer)
  const call = { signal, clock, deadlineMs }
  const { hash, raw, from, nonce } = note
  const count = (tag: 'latest' | 'pending'): Promise<number> =>
    callNode('nonce', () => provider.getTransactionCount(from, tag), { signal }).catch(
      (error: unknown) => {
        if (isActorUnknown(error)) return 0
        throw error
      },
    )
  if (hash !== null) {
    const known = await callNode('transaction', () => provider.getTransaction(hash), { signal })
    if (known !== null) {
      // Ignition does not go on while later transactions of the account are on their way.
      if ((await count('pending')) > nonce + 1) await waitForReceipt(provider, hash, call)
      const receipt = await callNode('receipt', () => provider.getTransactionReceipt(hash), {
        signal,
      })
      return receipt?.status !== 0
    }
  }
  if (raw === null) {
    // The node signs, and has it or not.
    await waitForPending(provider, from, call)
    return false
  }
  const next = await count('latest')
  // The node forgot it: the same bytes are sent again, and can be mined but once.
  if (next === nonce) return true
  // Where a chain begins anew, a nonce of the old one says nothing.
  if (network.genesis === undefined) return false
  // Taken: by something else, or by it, which the node that was asked for it does not know yet.
  if (next > nonce) return hash !== null && (await succeeded(options, hash))
  throw new StorageError('DEADLINE', {
    what: `the deploying transaction ${hash} waits for others of ${from}`,
    expected: `${nonce} transactions of the account on chain`,
    got: next,
    hint: 'The node may be behind. Deploy again when it has caught up.',
  })
}

/** Whether a receipt turns up, and says that it did what it should. */
async function succeeded(
  { signer, signal, clock }: DeployOnceOptions,
  hash: string,
): Promise<boolean> {
  const look = async (): Promise<TransactionReceipt> => {
    const receipt = await callNode(
      'receipt',
      () => providerOf(signer).getTransactionReceipt(hash),
      { signal },
    )
    if (receipt !== null) return receipt
    throw new StorageError('NODE_BEHIND', { what: `no receipt of ${hash}` })
  }
  try {
    const patience = { signal, clock, deadlineMs: SEEN_MS }
    return (await untilSeen(look, ['NODE_BEHIND', 'NODE_UNREACHABLE'], patience)).status !== 0
  } catch (error) {
    if (isStorageError(error, 'NODE_BEHIND')) return false
    throw error
  }
}
