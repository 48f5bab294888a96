/**
 * Messages to the native actors of a localnet, asked without effect or sent by an account that the node signs for. An
 * actor's exit code becomes CONTRACT_REFUSED with the ActorExit as its cause.
 */
import { BrowserProvider } from 'ethers'
import { NETWORKS } from '../chain/networks.ts'
import { callNode } from '../chain/node.ts'
import { StorageError, isStorageError } from '../errors.ts'
import { ActorExit, type Provider, callNative, sendNative } from '../localnet/controls.ts'

/** A localnet mines at once, or every epoch. */
const MINED_WITHIN_MS = 120_000

export interface Message {
  /** Actor id. */
  readonly to: bigint
  readonly method: bigint
  /** CBOR. */
  readonly params: Uint8Array
  /** attoFIL. */
  readonly value?: bigint
}

export interface Door {
  /** For everything that ethers can read. */
  readonly node: BrowserProvider
  /** What the actor would answer. Errors: CONTRACT_REFUSED, NODE_UNREACHABLE. */
  ask(message: Message): Promise<Uint8Array>
  /**
   * Resolves when the message is mined; the account's next nonce by default.
   * Errors: CONTRACT_REFUSED when the actor aborted, NODE_UNREACHABLE.
   */
  send(message: Message, nonce?: number): Promise<void>
}

export function openDoor(provider: Provider, account: string): Door {
  const node = new BrowserProvider(provider, NETWORKS.localnet.chainId, {
    staticNetwork: true,
    // What was read before an effect is never the answer after it.
    cacheTimeout: -1,
  })
  return {
    node,
    ask: (message) => through(message, () => callNative(provider, { from: account, ...message })),
    send: async (message, nonce) => {
      const via = nonce === undefined ? provider : withNonce(provider, nonce)
      const wait = { deadlineMs: MINED_WITHIN_MS }
      await through(message, () => sendNative(via, { from: account, ...message }, wait))
    },
  }
}

/** The exit code with which an actor ended a message, behind an error of the door. */
export function exitCodeOf(error: unknown): number | undefined {
  return isStorageError(error) && error.cause instanceof ActorExit
    ? error.cause.exitCode
    : undefined
}

function through<T>({ to, method }: Message, pass: () => Promise<T>): Promise<T> {
  const what = `method ${method} of f0${to}`
  const passed = (): Promise<T> =>
    pass().catch((cause: unknown) => {
      if (!(cause instanceof ActorExit)) throw cause
      throw new StorageError('CONTRACT_REFUSED', {
        what: `${what} was refused: ${cause.message}`,
        cause,
      })
    })
  return callNode(what, passed, { timeoutMs: MINED_WITHIN_MS + 30_000 })
}

/** The provider, with `nonce` in the transactions that are sent through it. */
function withNonce(provider: Provider, nonce: number): Provider {
  return {
    request: ({ method, params = [] }) => {
      if (method !== 'eth_sendTransaction') return provider.request({ method, params })
      const [transaction] = params
      const numbered = { ...(transaction as object), nonce: `0x${nonce.toString(16)}` }
      return provider.request({ method, params: [numbered] })
    },
  }
}
