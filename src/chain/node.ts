/**
 * Every call to a node goes through here: it ends within a time, stops when the signal is aborted, and fails with a
 * StorageError. Also JSON-RPC methods that ethers does not know.
 */
import type { Provider } from 'ethers'
import { isStorageError, StorageError } from '../errors.ts'
import { isMethodUnknown, toStorageError } from './failure.ts'

/** A public node answers within seconds or not at all. */
const CALL_TIMEOUT_MS = 30_000

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** Of one call. */
  readonly timeoutMs?: number | undefined
  /** Name of the network, for the commands that errors recommend. */
  readonly network?: string | undefined
}

/** @throws NODE_UNREACHABLE, ABORTED, and what `toStorageError` makes of other failures */
export async function callNode<T>(
  what: string,
  call: () => Promise<T>,
  { signal, timeoutMs = CALL_TIMEOUT_MS, network }: CallOptions = {},
): Promise<T> {
  const interrupted = (): StorageError =>
    new StorageError('ABORTED', { what: `interrupted: ${what}`, cause: signal?.reason })
  if (signal?.aborted === true) throw interrupted()
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(interrupted())
  signal?.addEventListener('abort', onAbort, { once: true })
  const timer = setTimeout(() => reject(silent(what, timeoutMs)), timeoutMs)
  try {
    return await Promise.race([call(), ended])
  } catch (error) {
    throw isStorageError(error) ? error : toStorageError(error, what, network)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

function silent(what: string, timeoutMs: number): StorageError {
  return new StorageError('NODE_UNREACHABLE', {
    what: `the node did not answer: ${what}`,
    expected: `an answer within ${timeoutMs / 1000} s`,
    hint: 'Check the network connection and the URL of the node in hardhat.config.ts.',
  })
}

/** The JSON-RPC result; undefined where the node does not offer the method. @throws as `callNode` */
export async function callRpc(
  provider: Provider,
  method: string,
  params: unknown[],
  options?: CallOptions,
): Promise<unknown> {
  if (!canSend(provider)) return undefined
  try {
    return await callNode(method, () => provider.send(method, params), options)
  } catch (error) {
    if (isMethodUnknown(error)) return undefined
    throw error
  }
}

interface Sender {
  send(method: string, params: unknown[]): Promise<unknown>
}

function canSend(provider: Provider): provider is Provider & Sender {
  return 'send' in provider && typeof provider.send === 'function'
}
