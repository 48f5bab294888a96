/** Epochs in requests and answers of JSON-RPC. */
import type { RpcAnswer, RpcRequest } from './transport.ts'

/** Of a query of logs up to a certain epoch; -1 for what every endpoint can answer. */
export function lastEpochOf({ method, params }: RpcRequest): number {
  if (method !== 'eth_getLogs') return -1
  const { toBlock } = (params as [{ toBlock?: unknown }])[0]
  return typeof toBlock === 'string' && toBlock.startsWith('0x') ? Number(toBlock) : -1
}

/** The newest epoch, and its unix time in seconds, where the answer tells them. */
export function headIn(
  { method, params }: RpcRequest,
  answer: RpcAnswer | undefined,
): { head?: number; time?: number } {
  const result = answer?.result
  if (method === 'eth_blockNumber' && typeof result === 'string') return { head: Number(result) }
  const isNewest = method === 'eth_getBlockByNumber' && (params as unknown[])[0] === 'latest'
  if (!isNewest || typeof result !== 'object' || result === null) return {}
  const { number, timestamp } = result as { number?: unknown; timestamp?: unknown }
  if (typeof number !== 'string' || typeof timestamp !== 'string') return {}
  return { head: Number(number), time: Number(timestamp) }
}
