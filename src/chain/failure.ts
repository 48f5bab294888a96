/** What went wrong between us and a node, from the errors of ethers, Hardhat, Lotus and the network, as a StorageError. */
import { StorageError } from '../errors.ts'
import { oneLine } from './one-line.ts'
import { decodeRevert, refusal } from './revert.ts'
import { isNotYet } from './rpc-policy.ts'

/** One error of those that wrap each other. */
interface Layer {
  readonly code: unknown
  readonly message: string
  readonly data: unknown
}

const MAX_DEPTH = 8

/** An error and all that it wraps, outermost first, in the places where ethers, Hardhat and undici put them. */
function layersOf(error: unknown): Layer[] {
  const layers: Layer[] = []
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return
    const { code, message, data, cause, error: inner, info } = value as Record<string, unknown>
    layers.push({ code, message: typeof message === 'string' ? message : '', data })
    for (const next of [inner, info, cause, data]) visit(next, depth + 1)
  }
  visit(error, 0)
  return layers
}

const UNREACHABLE_CODES = new Set<unknown>([
  'NETWORK_ERROR',
  'TIMEOUT',
  'SERVER_ERROR',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
])
const UNREACHABLE_WORDS =
  /cannot connect to the network|fetch failed|socket hang up|failed to detect network/i
/** ethers, EDR, and Lotus' message pool and gas estimation. */
const NO_MONEY_WORDS =
  /insufficient funds|doesn't have enough funds|not enough funds|actor balance less than needed|insufficient balance/i

/**
 * @param what What was being done, for the message.
 * @param network Name of the network, for the next command.
 */
export function toStorageError(error: unknown, what: string, network?: string): StorageError {
  const layers = layersOf(error)
  const data = revertDataOf(layers)
  if (data !== undefined)
    return decodeRevert(data, { what, network, cause: error }) ?? refusal(what, data, error)
  const said = (words: RegExp): boolean => layers.some(({ message }) => words.test(message))
  if (layers.some(({ code }) => code === 'INSUFFICIENT_FUNDS') || said(NO_MONEY_WORDS))
    return new StorageError('NO_MONEY', {
      what: `the account cannot pay for it: ${what}`,
      hint: 'Send FIL to the account, for its gas and for the value that it sends.',
      cause: error,
    })
  if (layers.some(({ code }) => code === 'BAD_DATA'))
    return new StorageError('NOT_DEPLOYED', {
      what: `there is no such contract at the address: ${what}`,
      hint: 'A local network forgets its contracts when it stops. Deploy again.',
      next: `npx hardhat deploy${network === undefined ? '' : ` --network ${network}`}`,
      cause: error,
    })
  if (layers.some(({ code }) => UNREACHABLE_CODES.has(code)) || said(UNREACHABLE_WORDS))
    return new StorageError('NODE_UNREACHABLE', {
      what: `the node cannot be reached: ${what}`,
      hint: 'Check the network connection and the URL of the node in hardhat.config.ts.',
      cause: error,
    })
  const isRefusal = layers.some(({ code }) => code === 'CALL_EXCEPTION') || said(/revert/i)
  // ethers takes every failed call for one that the contract refused.
  if (isRefusal && !layers.some(isNotYet)) return refusal(what, undefined, error)
  return new StorageError('NODE_UNREACHABLE', {
    what: `the node answered with an error: ${what}`,
    ...(layers[0] === undefined ? {} : { got: innermostMessage(layers) }),
    cause: error,
  })
}

/** The bytes that a contract reverted with, if any did. */
function revertDataOf(layers: readonly Layer[]): string | undefined {
  for (const { data, message } of layers) {
    if (typeof data === 'string' && /^0x([0-9a-f]{2}){4,}$/i.test(data)) return data
    // Lotus writes them into the text of a failed estimate.
    const quoted = /revert reason=\[?(0x(?:[0-9a-f]{2}){4,})/i.exec(message)?.[1]
    if (quoted !== undefined) return quoted
  }
  return undefined
}

function innermostMessage(layers: readonly Layer[]): string {
  return oneLine(layers.findLast(({ message }) => message !== '')?.message ?? 'no message')
}

/** A node answered, with an error of JSON-RPC; false where none did, so that nobody knows whether it was done. */
export function wasAnswered(error: unknown): boolean {
  return layersOf(error).some(({ code }) => typeof code === 'number')
}

const METHOD_NOT_FOUND = -32601

/** JSON-RPC says -32601; gateways that forward only some methods say it in words. */
export function isMethodUnknown(error: unknown): boolean {
  return layersOf(error).some(
    ({ code, message }) =>
      code === METHOD_NOT_FOUND ||
      /method .*(not found|not supported|not available|not allowed|not whitelisted)/i.test(message),
  )
}

/** Lotus about an address or id that no actor has, or that is not a miner. */
export function isActorUnknown(error: unknown): boolean {
  return layersOf(error).some(({ message }) =>
    /actor not found|failed to load miner actor/i.test(message),
  )
}

/** Lotus about a deal that f05 does not have (chain/stmgr: "deal 7 not found - deal may not have completed sealing…"). */
export function isDealUnknown(error: unknown): boolean {
  return layersOf(error).some(({ message }) => /deal \d+ not found/i.test(message))
}
