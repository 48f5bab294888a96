/**
 * The node as Hardhat Ignition wants to see it (EIP-1193), in front of one that behaves as Lotus does. It signs with our key, keeps
 * the signed bytes before they leave, hands the same bytes over again where a node forgot them, and waits in Filecoin's rhythm.
 */
import { BaseWallet, type Provider, type Signer, Transaction } from 'ethers'
import { isStorageError, StorageError } from '../errors.ts'
import { type Clock, systemClock } from './clock.ts'
import { isActorUnknown } from './failure.ts'
import { checkGas, gasBoundOf } from './gas-bound.ts'
import { type CallOptions, callNode } from './node.ts'
import { pendingForm, quantity } from './pending-form.ts'
import { GAS_MARGIN, providerOf, RECEIPT_DEADLINE_MS } from './send.ts'
import { readSentNote, type SentNote, writeSentNote } from './sent-note.ts'

export interface IgnitionProviderOptions extends CallOptions {
  /** Folder of the one transaction that is sent. */
  readonly folder: string
  /** Between two looks for a new epoch. */
  readonly pollMs: number
  /** How long a node behind the same address may not have seen what another counts; 0 where there is one node. */
  readonly behindMs: number
  readonly clock?: Clock | undefined
  /** From the sending to the confirmed receipt. */
  readonly deadlineMs?: number | undefined
  readonly onSent?: ((tx: string) => void) | undefined
  /** Once, when the wait for the receipt begins. */
  readonly onWait?: ((tx: string) => void) | undefined
}

export interface IgnitionProvider {
  request(args: { readonly method: string; readonly params?: unknown }): Promise<unknown>
  /** Why the last refused request was: Ignition puts its own words over it. */
  failure(): StorageError | undefined
}

interface Params {
  readonly to?: string
  readonly from: string
  readonly data: string
  readonly value: string
  readonly nonce: string
  readonly gas: string
  readonly gasPrice?: string
  readonly maxFeePerGas?: string
  readonly maxPriorityFeePerGas?: string
}

/** Between two tries of a request while a transaction is on its way. */
const RETRY_MS = 3_000
const NONE = '0x0'

export function ignitionProvider(
  signer: Signer,
  options: IgnitionProviderOptions,
): IgnitionProvider {
  const { folder, pollMs, behindMs, clock = systemClock, signal } = options
  const { deadlineMs = RECEIPT_DEADLINE_MS } = options
  const node = rpcOf(providerOf(signer))
  let failure: StorageError | undefined
  let sent: SentNote | undefined = readSentNote(folder)
  let end = clock.now() + deadlineMs
  let before = ''
  let waits = false
  let isTaken = false

  const ask = (method: string, params: unknown): Promise<unknown> =>
    callNode(method, () => node.send(method, listOf(params)), options)

  /** A node that fails for a moment does not change what is on its way. */
  async function read(method: string, params: unknown): Promise<unknown> {
    for (;;) {
      try {
        return await ask(method, params)
      } catch (error) {
        const passes = isStorageError(error, 'NODE_UNREACHABLE') && sent !== undefined
        if (!passes || isActorUnknown(error) || clock.now() >= end) throw error
        await clock.sleep(RETRY_MS, signal)
      }
    }
  }

  /**
   * A key that never had money has no actor on Filecoin: nonce 0. And Ignition compares the count some epochs ago with the pending
   * one. On Lotus that epoch may be a null round, or its state older by an epoch than its receipts, which looks as if something
   * were unconfirmed; what is pending is waited for before Ignition starts, so the count of now says the same.
   */
  async function count([account, tag]: readonly unknown[]): Promise<unknown> {
    try {
      return await read('eth_getTransactionCount', [account, tag === 'pending' ? tag : 'latest'])
    } catch (error) {
      if (isActorUnknown(error)) return NONE
      throw error
    }
  }

  async function latestBlock(params: unknown): Promise<unknown> {
    // Two in a row: Ignition waits for the next epoch.
    if (before === 'eth_getBlockByNumber' && sent?.hash != null) {
      if (!waits) options.onWait?.(sent.hash)
      waits = true
      if (clock.now() >= end) throw late(sent.hash, deadlineMs)
      await clock.sleep(pollMs, signal)
    }
    return read('eth_getBlockByNumber', params)
  }

  async function send(params: Params): Promise<string> {
    const { from } = params
    const nonce = Number(params.nonce)
    end = clock.now() + deadlineMs
    checkGas(params.to === undefined ? 'deploy a contract' : `a call of ${params.to}`, {
      limit: BigInt(params.gas),
      fee: BigInt(params.maxFeePerGas ?? params.gasPrice ?? 0),
      most: gasBoundOf(providerOf(signer)),
    })
    if (!(signer instanceof BaseWallet)) {
      writeSentNote(folder, { from, nonce, hash: null, raw: null })
      const hash = String(await ask('eth_sendTransaction', [params]))
      writeSentNote(folder, (sent = { from, nonce, hash, raw: null }))
      options.onSent?.(hash)
      return hash
    }
    const { chainId } = await callNode('chain id', () => providerOf(signer).getNetwork(), options)
    const { to, data, value, gas, gasPrice, maxFeePerGas, maxPriorityFeePerGas } = params
    const raw = await signer.signTransaction({
      chainId,
      nonce,
      data,
      value,
      gasLimit: gas,
      ...(to === undefined ? {} : { to }),
      ...(gasPrice === undefined
        ? {
            type: 2,
            maxFeePerGas: maxFeePerGas ?? null,
            maxPriorityFeePerGas: maxPriorityFeePerGas ?? null,
          }
        : { type: 0, gasPrice }),
    })
    const { hash } = Transaction.from(raw)
    if (hash === null)
      throw new StorageError('INTERNAL', { what: 'a signed transaction has no hash' })
    writeSentNote(folder, (sent = { from, nonce, hash, raw }))
    await broadcast(raw, hash)
    options.onSent?.(hash)
    return hash
  }

  /** The bytes that are on disk: to say them twice is to say them once. */
  async function broadcast(raw: string, hash: string): Promise<void> {
    try {
      await read('eth_sendRawTransaction', [raw])
    } catch (error) {
      if ((await read('eth_getTransactionByHash', [hash])) === null) throw error
    }
  }

  /** What we sent stays known to Ignition until its nonce is taken by something else. */
  async function transaction(hash: string): Promise<unknown> {
    const known = await read('eth_getTransactionByHash', [hash])
    if (known !== null || sent?.raw == null || sent.hash !== hash) return known
    if (Number(await count([sent.from, 'latest'])) > sent.nonce)
      return (await isMined(hash)) ? pendingForm(sent.raw) : null
    await broadcast(sent.raw, hash)
    return pendingForm(sent.raw)
  }

  /** Of a transaction whose nonce is taken. What one node counts another may see some epochs later. */
  async function isMined(hash: string): Promise<boolean> {
    for (const until = clock.now() + behindMs; !isTaken;) {
      if ((await read('eth_getTransactionReceipt', [hash])) !== null) return true
      if (clock.now() >= end && behindMs > 0) throw late(hash, deadlineMs)
      // Ignition asks several times: it is waited for once.
      if (clock.now() >= until) isTaken = true
      else await clock.sleep(RETRY_MS, signal)
    }
    return false
  }

  async function answer(method: string, params: unknown): Promise<unknown> {
    const list = listOf(params)
    switch (method) {
      // How many confirmations to wait for is ours to say.
      case 'hardhat_getAutomine':
        return false
      case 'web3_clientVersion':
        return ''
      case 'eth_getBlockByNumber':
        return latestBlock(list)
      case 'eth_getTransactionCount':
        return count(list)
      case 'eth_estimateGas': {
        const estimate = BigInt(String(await ask(method, list)))
        return quantity((estimate * GAS_MARGIN) / 100n)
      }
      case 'eth_sendTransaction':
        return send(list[0] as Params)
      case 'eth_getTransactionByHash':
        return transaction(String(list[0]))
      // Ignition does without this one.
      case 'eth_maxPriorityFeePerGas':
        return ask(method, list)
      default:
        return read(method, list)
    }
  }

  return {
    failure: () => failure,
    async request({ method, params }) {
      try {
        return await answer(method, defined(params))
      } catch (error) {
        if (method !== 'eth_maxPriorityFeePerGas' && isStorageError(error)) failure = error
        // Ignition reads the bytes that a contract reverted with.
        throw method === 'eth_call' && isStorageError(error, 'CONTRACT_REFUSED')
          ? (error.cause ?? error)
          : error
      } finally {
        before = method
      }
    },
  }
}

function late(hash: string, deadlineMs: number): StorageError {
  return new StorageError('DEADLINE', {
    what: `the transaction ${hash} was sent but is not confirmed`,
    expected: `within ${deadlineMs / 1000} s`,
    hint: 'It may still be mined. Deploy again: that goes on where it stopped and sends nothing twice.',
  })
}

function listOf(params: unknown): unknown[] {
  return Array.isArray(params) ? params : []
}

/** Without what is undefined, which EDR does not take. */
function defined(params: unknown): unknown {
  return params === undefined ? [] : JSON.parse(JSON.stringify(params))
}

interface Rpc {
  send(method: string, params: unknown[]): Promise<unknown>
}

function rpcOf(provider: Provider): Rpc {
  if ('send' in provider && typeof provider.send === 'function') return provider as Provider & Rpc
  throw new StorageError('INTERNAL', { what: 'the provider speaks no JSON-RPC' })
}
