/**
 * What may be asked again, and what an answer means: the words in which Lotus, Forest and the gateways in front of them
 * say things that other Ethereum nodes say otherwise, or never.
 */
import type { RpcAnswer, RpcError, RpcRequest } from './transport.ts'

/** Reads, and the one write that is the same however often it is done: bytes that are signed already. */
const REPEATABLE =
  /^(eth_(call|estimateGas|get\w+|blockNumber|chainId|gasPrice|maxPriorityFeePerGas|feeHistory|syncing|sendRawTransaction)|net_\w+|web3_\w+|Filecoin\.(State|Chain|Eth|Net|MpoolPending|MpoolGetNonce|GasEstimate)\w*)$/

/** False: it is asked once, at the first endpoint, whose accounts it may be about. */
export function isRepeatable({ method }: RpcRequest): boolean {
  return REPEATABLE.test(method)
}

/**
 * final: it is the answer.
 * again: the endpoint is in trouble; another one, or the same one later, may answer.
 * elsewhere: this endpoint will not answer it, another one may.
 */
export type Verdict = 'final' | 'again' | 'elsewhere'

const TROUBLE =
  /rate.?limit|too many requests|request limit|exceeded (the )?(quota|capacity)|temporarily|timed? ?out|try again|no (healthy|available) (node|upstream)|can'?t route|out of sync|is syncing|not synced|deadline exceeded|context canceled|connection (refused|reset)|bad gateway/i
const METHOD_UNKNOWN =
  /method .*(not found|not supported|not available|not allowed|not whitelisted|does not exist)|unsupported method/i
/** An endpoint that has not come so far: of several nodes behind one name another one has, and this one will. */
const NOT_YET = /not yet available|future epoch/i
/** An endpoint that keeps less, or has another chain in its head. */
const NOT_HERE =
  /too far in the past|look.?back|header not found|unknown block|missing trie node|pruned|unable to load tipset|failed to load tipset|block not found/i

const CODES: Readonly<Record<number, Verdict>> = { 429: 'again', [-32_601]: 'elsewhere' }

export function verdictOn({ error, result }: RpcAnswer, { method }: RpcRequest): Verdict {
  if (error === undefined || error === null) {
    // Executed, but not yet at this endpoint.
    const isMissing = result === null && /^eth_getTransaction(Receipt|ByHash)$/.test(method)
    return isMissing ? 'elsewhere' : 'final'
  }
  if (isRevert(error)) return 'final'
  const byCode = CODES[error.code ?? 0]
  if (byCode !== undefined) return byCode
  if (isNotYet(error)) return 'again'
  if (METHOD_UNKNOWN.test(error.message) || NOT_HERE.test(error.message)) return 'elsewhere'
  return TROUBLE.test(error.message) && !isTooMuch(error) ? 'again' : 'final'
}

/** Of an error of JSON-RPC, or of one that tells it. */
export function isNotYet({ message }: { readonly message: string }): boolean {
  return NOT_YET.test(message)
}

/** A contract chooses its words; they say nothing about the node. */
function isRevert({ code, message }: RpcError): boolean {
  return code === 3 || /revert/i.test(message)
}

/** A question that is too large everywhere. */
function isTooMuch({ message }: RpcError): boolean {
  return /too many (results|logs|blocks)|range|more than \d+/i.test(message)
}

const ACTOR_UNKNOWN = /actor not found|resolution lookup failed|address not found/i
const NULL_ROUND = /null round/i
const TAKEN =
  /already (known|in mpool|imported|exists)|known transaction|transaction already|same message/i

/** What an account that Filecoin does not know yet has. */
const OF_NOBODY: Readonly<Record<string, string>> = {
  eth_getTransactionCount: '0x0',
  eth_getBalance: '0x0',
  eth_getCode: '0x',
}

/** A node that has these very bytes says so as an error. */
export function isTaken(error: RpcError): boolean {
  return TAKEN.test(error.message)
}

/** The nonce of the bytes is used: perhaps by themselves. */
export function isNonceUsed(error: RpcError): boolean {
  return /nonce (is )?too low|nonce has already been used|minimum expected nonce/i.test(
    error.message,
  )
}

/** The answer that Ethereum's tools expect, for errors that are facts: a fresh account, an epoch without a block. */
export function mended(answer: RpcAnswer, { method }: RpcRequest): RpcAnswer {
  const { id, error } = answer
  if (error === undefined || error === null) return answer
  const ofNobody = OF_NOBODY[method]
  if (ofNobody !== undefined && ACTOR_UNKNOWN.test(error.message)) return { id, result: ofNobody }
  if (method === 'eth_getBlockByNumber' && NULL_ROUND.test(error.message))
    return { id, result: null }
  return answer
}
