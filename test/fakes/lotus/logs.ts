/**
 * `eth_getLogs` within the limits of Lotus. Source: lotus node/impl/eth/events.go (parseBlockRange, ethGetEventsForFilter),
 * chain/index/events.go (MaxResults), node/impl/eth/utils.go (maxEthTopicsPerFilter).
 */
import type { ChainView } from './chain-view.ts'
import { type Ask, quantity, RpcError } from './inner.ts'
import type { Limits } from './limits.ts'

const MAX_TOPICS = 4
const FAILED = 1
/** EIP-1474. */
const LIMIT_EXCEEDED = -32005

interface Filter {
  readonly fromBlock?: string
  readonly toBlock?: string
  readonly blockHash?: string
  readonly topics?: readonly unknown[]
}

export async function answerLogs(
  filter: Filter,
  view: ChainView,
  ask: Ask,
  limits: Limits,
  behind: bigint,
): Promise<unknown> {
  if ((filter.topics ?? []).length > MAX_TOPICS)
    throw failed(
      `failed to parse eth filter spec: too many topics in filter: ${filter.topics?.length}, max: ${MAX_TOPICS}`,
    )
  if (filter.blockHash !== undefined) {
    const blockHash = view.innerHash(filter.blockHash)
    if (blockHash === undefined) throw failed('failed to get tipset by cid: block not found')
    return view.show(await ask('eth_getLogs', [{ ...filter, blockHash }]))
  }
  const latest = await view.latest(behind)
  const from = epochOf(filter.fromBlock, 'FromBlock') ?? latest
  const named = epochOf(filter.toBlock, 'ToBlock')
  const to = named ?? latest
  if (named !== undefined && from > named)
    throw failed(
      `failed to parse eth filter spec: invalid epoch range: to block (${to}) must be after from block (${from})`,
    )
  if (to - from > limits.range)
    throw new RpcError(
      LIMIT_EXCEEDED,
      `block range exceeds maximum of ${limits.range} (got ${to - from})`,
    )
  if (from > latest || to > latest)
    throw failed('events for the requested block are not yet available')
  const found = (await ask('eth_getLogs', [
    { ...filter, fromBlock: quantity(from), toBlock: quantity(to) },
  ])) as { blockNumber: string }[]
  const tipsets = new Set(found.map(({ blockNumber }) => blockNumber))
  if (found.length > limits.results && tipsets.size > 1)
    throw failed('filter matches too many events, try a more restricted filter')
  return view.show(found)
}

/** Undefined: the latest. */
function epochOf(given: string | undefined, name: string): bigint | undefined {
  if (given === undefined || given === '' || given === 'latest') return undefined
  if (given === 'earliest') return 0n
  if (/^0x[0-9a-f]+$/i.test(given)) return BigInt(given)
  throw failed(`failed to parse eth filter spec: ${name} is not a hex`)
}

function failed(why: string): RpcError {
  return new RpcError(FAILED, `failed to get events for filter: ${why}`)
}
