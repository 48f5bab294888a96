/**
 * Sends a transaction and waits for its receipt, the Filecoin way: a message is executed one or two epochs after it was
 * taken, until then the receipt is null, and a gas limit far above the need is paid for. Where the key is here, it is
 * signed once; the same bytes may then be given to any node as often as it takes, for a nonce makes them one message.
 */
import type { ContractRunner, Provider, TransactionReceipt, TransactionRequest } from 'ethers'
import { isStorageError, StorageError } from '../errors.ts'
import { isNullRound } from './blocks.ts'
import { type Clock, systemClock } from './clock.ts'
import { dispatch, estimateFor, type Sender } from './dispatch.ts'
import { checkGas, gasBoundOf } from './gas-bound.ts'
import { type CallOptions, callNode } from './node.ts'

/** 20 epochs: long enough for a full message pool. */
export const RECEIPT_DEADLINE_MS = 600_000
/** Between two looks for the receipt: quick at first, for a chain that mines at once; on others up to an epoch. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
/** Looks that find no receipt until the same bytes are sent again, to a node that lost them or never had them. */
const LOOKS_PER_SENDING = 4

/**
 * Per cent of the estimate. Lotus has put a quarter on top already (chain/messagepool/config.go:24), and what is above
 * 110 % of the need is burned; a Hardhat node estimates exactly, for the state of now.
 */
export const GAS_MARGIN = 105n

export interface SendOptions extends CallOptions {
  /** attoFIL sent along. */
  readonly value?: bigint | undefined
  /** attoFIL that its gas may cost at most. Default: as the provider's, `gasBoundOf`. */
  readonly mostForGas?: bigint | undefined
  /** For the receipt. */
  readonly deadlineMs?: number | undefined
  readonly clock?: Clock | undefined
  /** Told the hash as soon as a node took the transaction. */
  readonly onSent?: ((tx: string) => void) | undefined
  /** Of a wait for a receipt: sends the same bytes once more. Its failures are not the wait's. */
  readonly again?: (() => Promise<void>) | undefined
}

/** A transaction that was mined and succeeded. */
export interface Sent {
  readonly tx: string
  /** Epoch. */
  readonly block: bigint
  readonly receipt: TransactionReceipt
}

/** `to` is left out to create a contract. */
export interface Outgoing {
  readonly to?: string
  readonly data: string
}

/**
 * @param what What the transaction does, for errors.
 * @throws NO_KEY without a signer; NO_MONEY; COST_TOO_HIGH for its gas; CONTRACT_REFUSED and its like before anything is sent;
 *   TRANSACTION_FAILED; DEADLINE (it may still be mined); NODE_UNREACHABLE; ABORTED
 */
export async function send(
  runner: ContractRunner,
  outgoing: Outgoing,
  what: string,
  options: SendOptions = {},
): Promise<Sent> {
  const sender = senderOf(runner, what)
  const provider = providerOf(runner)
  const request: TransactionRequest = { ...outgoing, value: options.value ?? 0n }
  const estimate = await estimateFor(sender, provider, request, what, options)
  const fees = await callNode('fees', () => provider.getFeeData(), options)
  const limit = (estimate * GAS_MARGIN) / 100n
  const { mostForGas: most = gasBoundOf(provider) } = options
  checkGas(what, { limit, fee: fees.maxFeePerGas ?? fees.gasPrice ?? 0n, most })
  const filled = {
    ...request,
    gasLimit: limit,
    ...(fees.maxFeePerGas === null || fees.maxPriorityFeePerGas === null
      ? {}
      : { maxFeePerGas: fees.maxFeePerGas, maxPriorityFeePerGas: fees.maxPriorityFeePerGas }),
  }
  const { hash, again } = await dispatch(sender, provider, filled, what, options)
  options.onSent?.(hash)
  const receipt = await waitForReceipt(provider, hash, { ...options, again })
  if (receipt.status === 0) throw await failureOf(provider, request, receipt, what, options)
  return { tx: receipt.hash, block: BigInt(receipt.blockNumber), receipt }
}

/** @throws DEADLINE, NODE_UNREACHABLE after the deadline only, ABORTED */
export async function waitForReceipt(
  provider: Provider,
  tx: string,
  { clock = systemClock, deadlineMs = RECEIPT_DEADLINE_MS, again, ...call }: SendOptions = {},
): Promise<TransactionReceipt> {
  const end = clock.now() + deadlineMs
  const { first, longest } = rhythmOf(provider)
  let unreachable: StorageError | undefined
  for (let look = 1, pause = first; ; look += 1, pause = Math.min(pause * 1.5, longest)) {
    try {
      const receipt = await callNode(
        `receipt of ${tx}`,
        () => provider.getTransactionReceipt(tx),
        call,
      )
      if (receipt !== null) return receipt
      unreachable = undefined
    } catch (error) {
      // The transaction is on its way; a node that fails for a moment does not change that.
      if (!isStorageError(error, 'NODE_UNREACHABLE')) throw error
      unreachable = error
    }
    if (clock.now() >= end)
      throw new StorageError('DEADLINE', {
        what: `the transaction ${tx} was sent but not mined`,
        expected: `a receipt within ${deadlineMs / 1000} s`,
        hint: 'It may still be mined. Look for it before sending again.',
        cause: unreachable,
      })
    await clock.sleep(pause, call.signal)
    if (look % LOOKS_PER_SENDING === 0) await again?.().catch(() => undefined)
  }
}

/** Milliseconds between two looks: the provider of a public network asks once an epoch. */
function rhythmOf(provider: Provider): { first: number; longest: number } {
  const { pollingInterval = 0 } = provider as Partial<Record<'pollingInterval', number>>
  if (pollingInterval <= LONGEST_PAUSE_MS)
    return { first: FIRST_PAUSE_MS, longest: LONGEST_PAUSE_MS }
  return { first: LONGEST_PAUSE_MS, longest: pollingInterval }
}

/**
 * Waits until the node holds no transaction of `account` that is not mined: what was sent before a crash has its effect
 * then.
 * @throws DEADLINE, NODE_UNREACHABLE, ABORTED
 */
export async function waitForPending(
  provider: Provider,
  account: string,
  { clock = systemClock, deadlineMs = RECEIPT_DEADLINE_MS, ...call }: SendOptions = {},
): Promise<void> {
  const count = (state: 'latest' | 'pending'): Promise<number> =>
    callNode('nonce', () => provider.getTransactionCount(account, state), call)
  const end = clock.now() + deadlineMs
  while ((await count('latest')) < (await count('pending'))) {
    if (clock.now() >= end)
      throw new StorageError('DEADLINE', {
        what: `a transaction of ${account} was sent before and is not mined`,
        expected: `within ${deadlineMs / 1000} s`,
        hint: 'Wait until it is mined, or replace it with the same nonce and a higher fee.',
      })
    await clock.sleep(rhythmOf(provider).longest, call.signal)
  }
}

/** Runs a failed transaction again, as a call, to learn the reason. */
async function failureOf(
  provider: Provider,
  request: TransactionRequest,
  receipt: TransactionReceipt,
  what: string,
  options: SendOptions,
): Promise<StorageError> {
  const failed = (reason: string, cause?: unknown): StorageError =>
    new StorageError('TRANSACTION_FAILED', {
      what: `${what}: the transaction ${receipt.hash} failed in block ${receipt.blockNumber}`,
      hint: reason,
      cause,
    })
  // In the state before it, that is of the last epoch with a block.
  for (let blockTag = receipt.blockNumber - 1; ; blockTag -= 1)
    try {
      const again = { ...request, from: receipt.from, blockTag }
      await callNode(what, () => provider.call(again), options)
      break
    } catch (error) {
      if (isNullRound(error) && blockTag > 0) continue
      return failed(error instanceof Error ? error.message : String(error), error)
    }
  return failed('It succeeds when run alone: it ran out of gas, or the chain changed before it.')
}

/** @throws INTERNAL when the runner is not connected */
export function providerOf(runner: ContractRunner): Provider {
  if (runner.provider === null)
    throw new StorageError('INTERNAL', { what: 'the signer is connected to no node' })
  return runner.provider
}

function senderOf(runner: ContractRunner, what: string): Sender {
  if (canSend(runner)) return runner
  throw new StorageError('NO_KEY', {
    what: `no key to sign with: ${what}`,
    hint: 'Store the private key of an account that has FIL.',
    next: 'npx hardhat keystore set PRIVATE_KEY',
  })
}

function canSend(runner: ContractRunner): runner is Sender {
  // A provider has the method too, but only signers know an address to send from.
  return 'getAddress' in runner && runner.sendTransaction !== undefined
}
