/**
 * What tests and people do to a Filecoin of their own: let time pass, send native messages, commit and end sectors.
 * Plain functions over an EIP-1193 provider: a Hardhat connection's, or one that speaks to a served localnet.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { EPOCH_SECONDS } from './config.ts'
import {
  CHANGE_MULTIADDRS,
  encodeMultiaddrs,
  encodePreCommit,
  encodeProveCommit,
  encodeTerminate,
  dealNotice,
  PRE_COMMIT_SECTOR_BATCH_2,
  PROVE_COMMIT_SECTORS_3,
  TERMINATE_SECTORS,
} from './miner-messages.ts'
import { actorAddress, decodeAbort, decodeNativeReturn, encodeNative } from './native.ts'

/** EIP-1193. */
export interface Provider {
  request(request: { method: string; params?: unknown[] }): Promise<unknown>
}

export interface NativeMessage {
  /** 0x address of an account of the network. */
  from: string
  /** Actor id of the receiver. */
  to: bigint
  method: bigint
  /** CBOR; none if absent. */
  params?: Uint8Array
  /** attoFIL. */
  value?: bigint
}

export interface Wait {
  signal?: AbortSignal
  /** Default: 60,000. */
  deadlineMs?: number
}

const DEADLINE_MS = 60_000
const POLL_MS = 50

/** A native actor ended a message with an exit code. */
export class ActorExit extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(`exit code ${exitCode}: ${message}`, options)
    this.name = 'ActorExit'
    this.exitCode = exitCode
  }
}

/* TIME */

export async function currentEpoch(provider: Provider): Promise<bigint> {
  return BigInt(String(await provider.request({ method: 'eth_blockNumber' })))
}

/** Lets epochs pass, 30 s each. */
export async function mine(provider: Provider, epochs: bigint): Promise<void> {
  if (epochs <= 0n) return
  await setNextEpochTime(provider)
  const params = [quantity(epochs), quantity(BigInt(EPOCH_SECONDS))]
  await provider.request({ method: 'hardhat_mine', params })
}

/** The next block comes 30 s after the head, however long that is from now; the network's clock goes on from there. */
export async function setNextEpochTime(provider: Provider): Promise<void> {
  const head = await provider.request({ method: 'eth_getBlockByNumber', params: ['latest', false] })
  const { timestamp } = head as { timestamp: string }
  const params = [Number(timestamp) + EPOCH_SECONDS]
  await provider.request({ method: 'evm_setNextBlockTimestamp', params })
}

/** Lets epochs pass until the chain stands at `epoch`; does nothing if it stands there or later. */
export async function mineTo(provider: Provider, epoch: bigint): Promise<void> {
  await mine(provider, epoch - (await currentEpoch(provider)))
}

/* MESSAGES */

/**
 * Asks an actor without changing anything.
 * @returns The CBOR that it answers.
 * @throws ActorExit
 */
export async function callNative(provider: Provider, message: NativeMessage): Promise<Uint8Array> {
  try {
    const returned = await provider.request({
      method: 'eth_call',
      params: [transaction(message), 'latest'],
    })
    return decodeNativeReturn(String(returned)).data
  } catch (error) {
    throw exitOf(error)
  }
}

/**
 * Sends a message to an actor and waits until it is on chain.
 * @returns The hash of the transaction, and the CBOR that the actor answered.
 * @throws ActorExit
 */
export async function sendNative(
  provider: Provider,
  message: NativeMessage,
  wait: Wait = {},
): Promise<{ hash: string; data: Uint8Array }> {
  try {
    const params = [transaction(message)]
    const hash = String(await provider.request({ method: 'eth_sendTransaction', params }))
    return { hash, data: await nativeReturn(provider, hash, wait) }
  } catch (error) {
    throw exitOf(error)
  }
}

/**
 * What the actor answered to a message that was sent as a transaction.
 * @returns CBOR; empty if it answered nothing.
 * @throws ActorExit if it ended with an exit code; Error when the deadline passes before the transaction is on chain.
 */
export async function nativeReturn(
  provider: Provider,
  hash: string,
  wait: Wait = {},
): Promise<Uint8Array> {
  const deadline = AbortSignal.timeout(wait.deadlineMs ?? DEADLINE_MS)
  const signal = wait.signal === undefined ? deadline : AbortSignal.any([wait.signal, deadline])
  while (
    (await provider.request({ method: 'eth_getTransactionReceipt', params: [hash] })) === null
  ) {
    await sleep(POLL_MS, undefined, { signal })
  }
  // A transaction has no return value on Ethereum's JSON-RPC; its trace has.
  const options = { tracer: 'callTracer', tracerConfig: { onlyTopCall: true } }
  const trace = await provider.request({
    method: 'debug_traceTransaction',
    params: [hash, options],
  })
  const { output = '0x', error } = trace as { output?: string; error?: string }
  if (error === undefined) return decodeNativeReturn(output).data
  const abort = decodeAbort(output)
  if (abort === undefined) throw new Error(`transaction ${hash} failed: ${error} ${output}`)
  throw new ActorExit(abort.exitCode, abort.message)
}

/* SECTORS */

export interface DealInSector {
  dealId: bigint
  /** Piece CID v1, 39 bytes. */
  pieceCid: Uint8Array
  /** Padded bytes. */
  pieceSize: bigint
}

/** Commits a sector that holds the pieces of the deals, which makes f05 activate them. */
export async function activate(
  provider: Provider,
  sector: {
    miner: bigint
    worker: string
    number: bigint
    expiration: bigint
    deals: DealInSector[]
  },
): Promise<void> {
  const { miner, worker, number, expiration } = sector
  const pieces = sector.deals.map(({ dealId, pieceCid, pieceSize }) => ({
    pieceCid,
    pieceSize,
    notify: [dealNotice(dealId)],
  }))
  const to = { from: worker, to: miner }
  const preCommit = encodePreCommit([{ number, expiration }])
  await sendNative(provider, { ...to, method: PRE_COMMIT_SECTOR_BATCH_2, params: preCommit })
  const proveCommit = encodeProveCommit([{ number, pieces }], true)
  await sendNative(provider, { ...to, method: PROVE_COMMIT_SECTORS_3, params: proveCommit })
}

/** Gives sectors up before their time, which makes f05 remove their deals. */
export async function terminate(
  provider: Provider,
  sectors: { miner: bigint; worker: string; numbers: bigint[] },
): Promise<void> {
  const { miner, worker, numbers } = sectors
  const params = encodeTerminate(numbers)
  await sendNative(provider, { from: worker, to: miner, method: TERMINATE_SECTORS, params })
}

/** Publishes where a miner can be reached. Binary multiaddrs. */
export async function setMultiaddrs(
  provider: Provider,
  where: { miner: bigint; worker: string; multiaddrs: Uint8Array[] },
): Promise<void> {
  const params = encodeMultiaddrs(where.multiaddrs)
  await sendNative(provider, {
    from: where.worker,
    to: where.miner,
    method: CHANGE_MULTIADDRS,
    params,
  })
}

function transaction({ from, to, method, params, value }: NativeMessage): Record<string, string> {
  return {
    from,
    to: actorAddress(to),
    data: encodeNative(method, params),
    value: quantity(value ?? 0n),
  }
}

/** An actor's exit as ActorExit, any other failure as it is. */
function exitOf(error: unknown): unknown {
  const abort = decodeAbort(revertDataOf(error) ?? '')
  return abort === undefined
    ? error
    : new ActorExit(abort.exitCode, abort.message, { cause: error })
}

function revertDataOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('data' in error)) return undefined
  if (typeof error.data === 'string') return error.data
  return revertDataOf(error.data)
}

function quantity(value: bigint): string {
  return `0x${value.toString(16)}`
}
