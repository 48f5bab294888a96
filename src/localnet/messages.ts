/**
 * Native messages: asked without effect, or sent by an account and waited for.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { actorAddress, decodeAbort, decodeNativeReturn, encodeNative } from './native.ts'
import { type Provider, quantity } from './provider.ts'

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

/** Asks without being anybody. */
export const ANYONE = '0x0000000000000000000000000000000000000000'

/** A native actor ended a message with an exit code. */
export class ActorExit extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(`exit code ${exitCode}: ${message}`, options)
    this.name = 'ActorExit'
    this.exitCode = exitCode
  }
}

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
  await receiptOf(provider, hash, wait)
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

/** Waits until a transaction is on chain: a network that mines by the clock takes a while. */
export async function receiptOf(
  provider: Provider,
  hash: string,
  wait: Wait = {},
): Promise<{ readonly status: string }> {
  const deadline = AbortSignal.timeout(wait.deadlineMs ?? DEADLINE_MS)
  const signal = wait.signal === undefined ? deadline : AbortSignal.any([wait.signal, deadline])
  for (;;) {
    const asked = { method: 'eth_getTransactionReceipt', params: [hash] }
    const receipt = await provider.request(asked)
    if (receipt !== null) return receipt as { status: string }
    await sleep(POLL_MS, undefined, { signal })
  }
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
