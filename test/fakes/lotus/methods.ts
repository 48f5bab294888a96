/**
 * JSON-RPC as Lotus answers it, from a Hardhat node behind.
 * Source: lotus node/impl/eth, api/api_errors.go; figures in chain/messagepool/config.go.
 */
import type { ChainView } from './chain-view.ts'
import { type Ask, quantity, RpcError } from './inner.ts'
import type { Limits } from './limits.ts'
import { answerLogs } from './logs.ts'
import type { MessagePool } from './message-pool.ts'

export interface Node {
  readonly ask: Ask
  readonly view: ChainView
  readonly pool: MessagePool
  readonly chainId: bigint
  readonly limits: Limits
  /** Seconds that its clock and its blocks are ahead of what they are. */
  readonly clockOffset: number
}

export interface Asked {
  readonly method: string
  readonly params: readonly unknown[]
  /** Epochs that the answering node lags. */
  readonly behind: bigint
  /** Epochs that it tells too many. */
  readonly ahead: bigint
}

const FAILED = 1
const METHOD_NOT_FOUND = -32601
/** GasLimitOverestimation. */
const OVERESTIMATE = { numerator: 125n, denominator: 100n }
/** The least premium that Lotus estimates, attoFIL per gas. */
const PREMIUM = 100_000n

/** Position of the block parameter of what is asked of a state. */
const OF_STATE: Readonly<Record<string, number>> = {
  eth_call: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getStorageAt: 2,
  eth_getTransactionCount: 1,
}

/** @throws RpcError */
export async function answer(node: Node, asked: Asked): Promise<unknown> {
  const { ask, view, pool } = node
  const { method, params, behind, ahead } = asked
  const [first] = params
  switch (method) {
    case 'eth_chainId':
      return quantity(node.chainId)
    case 'net_version':
      return String(node.chainId)
    case 'web3_clientVersion':
      return 'lotus/fake'
    case 'eth_syncing':
      return false
    case 'eth_accounts':
      return []
    case 'eth_blockNumber':
      return quantity((await view.latest(behind)) + ahead)
    case 'Filecoin.ChainHead':
      return { Cids: [], Blocks: [], Height: Number((await view.head()) - behind + ahead) }
    case 'eth_sendRawTransaction':
      return pool.add(String(first))
    case 'eth_getTransactionReceipt':
      return receipt(node, String(first), behind)
    case 'eth_getTransactionByHash':
      return transaction(node, String(first), behind)
    case 'eth_getLogs':
      return answerLogs(first as object, view, ask, node.limits, behind)
    case 'eth_getBlockByNumber':
    case 'eth_getBlockReceipts':
    case 'eth_getBlockTransactionCountByNumber': {
      const number = quantity(await view.resolve(first, behind))
      return onClock(node, view.show(await ask(method, [number, ...params.slice(1)])))
    }
    case 'eth_getBlockByHash': {
      const hash = view.innerHash(String(first))
      if (hash === undefined) throw new RpcError(FAILED, 'failed to get tipset by hash: not found')
      return onClock(node, view.show(await ask(method, [hash, ...params.slice(1)])))
    }
    case 'eth_maxPriorityFeePerGas':
      return quantity(PREMIUM)
    case 'eth_gasPrice': {
      const block = (await ask('eth_getBlockByNumber', ['latest', false])) as {
        baseFeePerGas: string
      }
      return quantity(BigInt(block.baseFeePerGas) + PREMIUM)
    }
    case 'eth_feeHistory': {
      const newest = quantity(await view.resolve(params[1], behind))
      return ask(method, [first, newest, ...params.slice(2)])
    }
    case 'eth_estimateGas': {
      // Without a block parameter Lotus estimates on the head.
      const at = quantity(await view.resolve(params[1] ?? 'latest', behind))
      const gas = BigInt(String(await reverting(ask(method, [first, at]))))
      return quantity((gas * OVERESTIMATE.numerator) / OVERESTIMATE.denominator)
    }
    case 'eth_getTransactionCount':
    case 'eth_getBalance':
      await known(node, String(first), method, params[1], behind)
      if (method === 'eth_getTransactionCount' && params[1] === 'pending')
        return quantity(BigInt(await pool.nextNonce(String(first))))
      return state(node, asked)
    case 'eth_call':
    case 'eth_getCode':
    case 'eth_getStorageAt':
      return state(node, asked)
    default:
      if (method.startsWith('Filecoin.')) return ask(method, params)
      throw new RpcError(METHOD_NOT_FOUND, `method '${method}' not found`)
  }
}

async function state({ ask, view }: Node, { method, params, behind }: Asked): Promise<unknown> {
  const at = OF_STATE[method] ?? 1
  const number = quantity(await view.resolve(params[at], behind))
  return reverting(ask(method, [...params.slice(0, at), number, ...params.slice(at + 1)]))
}

/** An address that never sent or got anything is no actor. Nodes differ in what they tell of it; this one tells least. */
async function known(
  { ask, view, pool }: Node,
  account: string,
  method: string,
  block: unknown,
  behind: bigint,
): Promise<void> {
  const at = quantity(await view.resolve(block === 'pending' ? 'latest' : block, behind))
  const facts = await Promise.all(
    ['eth_getBalance', 'eth_getTransactionCount', 'eth_getCode'].map((fact) =>
      ask(fact, [account, at]),
    ),
  )
  const isThere =
    facts.some((fact) => fact !== '0x' && fact !== '0x0') || (await pool.nextNonce(account)) > 0
  if (isThere) return
  const doing =
    method === 'eth_getBalance' ? 'failed to get actor' : 'failed to get nonce from mpool'
  throw new RpcError(
    FAILED,
    `${doing}: resolution lookup failed (${account}): resolve address ${account}: actor not found`,
  )
}

/** Null until the message was executed, which some nodes know an epoch later than others. */
async function receipt(node: Node, hash: string, behind: bigint): Promise<unknown> {
  const { ask, view } = node
  const found = (await ask('eth_getTransactionReceipt', [hash])) as { blockNumber: string } | null
  const lag = BigInt(Number.parseInt(hash.slice(-1), 16) % 2)
  if (found === null || BigInt(found.blockNumber) + lag > (await view.latest(behind))) return null
  return view.show({ ...found, cumulativeGasUsed: '0x0' })
}

async function transaction(
  { ask, view, pool }: Node,
  hash: string,
  behind: bigint,
): Promise<unknown> {
  const found = (await ask('eth_getTransactionByHash', [hash])) as { blockNumber: string } | null
  if (found !== null && BigInt(found.blockNumber) <= (await view.latest(behind)))
    return view.show(found)
  if (found !== null)
    return { ...found, blockHash: null, blockNumber: null, transactionIndex: null }
  const waiting = pool.find(hash)
  if (waiting === undefined) return null
  return {
    hash,
    type: quantity(BigInt(waiting.type ?? 0)),
    chainId: quantity(waiting.chainId),
    nonce: quantity(BigInt(waiting.nonce)),
    from: waiting.from,
    to: waiting.to,
    value: quantity(waiting.value),
    gas: quantity(waiting.gasLimit),
    gasPrice: quantity(waiting.maxFeePerGas ?? waiting.gasPrice ?? 0n),
    maxFeePerGas: quantity(waiting.maxFeePerGas ?? 0n),
    maxPriorityFeePerGas: quantity(waiting.maxPriorityFeePerGas ?? 0n),
    input: waiting.data,
    accessList: [],
    v: quantity(BigInt(waiting.signature?.yParity ?? 0)),
    r: waiting.signature?.r,
    s: waiting.signature?.s,
    blockHash: null,
    blockNumber: null,
    transactionIndex: null,
  }
}

/** A revert has code 3, and its data are hex. */
async function reverting(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof RpcError) || error.code !== 3) throw error
    throw new RpcError(
      3,
      `message execution failed (exit=[33], revert reason=[${String(error.data)}], vm error=[message failed with backtrace])`,
      { data: error.data },
    )
  }
}

function onClock({ clockOffset }: Node, block: unknown): unknown {
  if (typeof block !== 'object' || block === null || !('timestamp' in block)) return block
  return { ...block, timestamp: quantity(BigInt(String(block.timestamp)) + BigInt(clockOffset)) }
}
