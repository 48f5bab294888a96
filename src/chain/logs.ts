/**
 * Logs, read in windows: nodes refuse to look through more than 2880 epochs at a time (some through fewer) or to give more
 * than 10,000 results, know nothing of epochs at or after their head, and public ones keep about 2,000 epochs.
 * @see lotus node/impl/eth/events.go; boost storagemarket/contract_deal_monitor.go:29
 */
import { id, type Log, type Provider } from 'ethers'
import { isStorageError, StorageError } from '../errors.ts'
import { isNullRound } from './blocks.ts'
import { type CallOptions, callNode } from './node.ts'

/** Epochs per query. */
const LOG_WINDOW = 2880n

const TOPIC = id('DealProposalCreate(bytes32,uint64,bool,uint256)')

/** One `DealProposalCreate`. */
export interface ProposalLog {
  /** The contract, 0x and lower case. */
  readonly client: string
  /** Topic 1. */
  readonly proposalId: string
  readonly block: bigint
  readonly transaction: string
  /** The block has left the chain. */
  readonly removed: boolean
}

export interface LogRange {
  /** Epochs, both included. `to` is cut to the newest epoch. */
  readonly from: bigint
  readonly to?: bigint | undefined
  /** Only this contract's; all contracts' by default. */
  readonly client?: string | undefined
  readonly window?: bigint | undefined
  /** The newest epoch, where it is known: the node is not asked. */
  readonly head?: bigint | undefined
}

/** One window: its last epoch, and what was logged in it. */
export interface LogWindow<Entry> {
  readonly through: bigint
  readonly logs: readonly Entry[]
}

/** Window by window, oldest first, so that a caller can note how far it came. */
export async function* proposalLogs(
  provider: Provider,
  range: LogRange,
  options?: CallOptions,
): AsyncGenerator<LogWindow<ProposalLog>> {
  for await (const { through, logs } of logWindows(provider, [TOPIC], range, options))
    yield {
      through,
      logs: logs.map((log) => ({
        client: log.address.toLowerCase(),
        proposalId: log.topics[1] ?? '',
        block: BigInt(log.blockNumber),
        transaction: log.transactionHash,
        removed: log.removed,
      })),
    }
}

/** All logs with these topics, or whatever topics, as `proposalLogs`. */
export async function* logWindows(
  provider: Provider,
  topics: readonly (string | readonly string[])[] | undefined,
  { from, to, client, window = LOG_WINDOW, ...known }: LogRange,
  options?: CallOptions,
): AsyncGenerator<LogWindow<Log>> {
  const head =
    known.head ?? BigInt(await callNode('epoch', () => provider.getBlockNumber(), options))
  const last = to === undefined || to > head ? head : to
  const read = async (start: bigint, through: bigint): Promise<Log[]> => {
    const filter = {
      ...(client === undefined ? {} : { address: client }),
      ...(topics === undefined
        ? {}
        : { topics: topics.map((one) => (typeof one === 'string' ? one : [...one])) }),
      fromBlock: start,
      toBlock: through,
    }
    const what = `logs of epochs ${start} to ${through}`
    try {
      return await callNode(what, () => provider.getLogs(filter), options)
    } catch (error) {
      if (isGone(error)) throw await logsGone(provider, start, head, error, options)
      if (!isNullRound(error) && !isTooMuch(error)) throw error
      // Nothing is logged in an epoch without blocks. Halves find out which epoch it is that the node has no answer for,
      // and how much it gives at a time.
      if (start === through && isNullRound(error)) return []
      if (start === through) throw error
      const middle = (start + through) / 2n
      return [...(await read(start, middle)), ...(await read(middle + 1n, through))]
    }
  }
  for (let start = from; start <= last; start += window) {
    const through = start + window - 1n < last ? start + window - 1n : last
    yield { through, logs: await read(start, through) }
  }
}

/** Lotus, Forest and gateways about a question that is too large: by results, by epochs, by bytes. */
function isTooMuch(error: unknown): boolean {
  return (
    isStorageError(error, 'NODE_UNREACHABLE') &&
    /too many (results|logs|events)|more than [\d,]+ (results|logs|events)|too large|too wide|(block|epoch)s? range|range (is|exceeds|limit)|exceeds? max|response size|-32005/i.test(
      error.message,
    )
  )
}

function isGone(error: unknown): boolean {
  return (
    isStorageError(error, 'NODE_UNREACHABLE') &&
    /too far in the past|look.?back|no longer available|pruned/i.test(error.message)
  )
}

/** Says from which epoch on there are logs, which takes a question for each halving of what is between `start` and the head. */
async function logsGone(
  provider: Provider,
  start: bigint,
  head: bigint,
  cause: unknown,
  options?: CallOptions,
): Promise<StorageError> {
  let gone = start
  let there = head + 1n
  while (there - gone > 1n) {
    const middle = (gone + there) / 2n
    const filter = { fromBlock: middle, toBlock: middle, topics: [TOPIC] }
    try {
      await callNode(`logs of epoch ${middle}`, () => provider.getLogs(filter), options)
      there = middle
    } catch (error) {
      if (isGone(error)) gone = middle
      else if (isNullRound(error)) there = middle
      else break
    }
  }
  return new StorageError('LOGS_GONE', {
    what: 'the node keeps no logs of epochs that far back',
    expected: there > head ? 'a later epoch' : `an epoch from ${there} on`,
    got: `epoch ${start}`,
    hint: 'Name a node that keeps the whole history (an archive node), in hardhat.config.ts or SEALIFT_RPC_<NETWORK>, or begin at a later epoch.',
    cause,
  })
}
