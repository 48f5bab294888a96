/**
 * Announcements of proposals, read in windows: nodes refuse to look through more than 2880 epochs at a time, and know
 * nothing of epochs at or after their head.
 * @see lotus node/impl/eth/events.go; boost storagemarket/contract_deal_monitor.go:29
 */
import { id, type Provider } from 'ethers'
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
}

/** Window by window, oldest first, so that a caller can note how far it came. */
export async function* proposalLogs(
  provider: Provider,
  { from, to, client, window = LOG_WINDOW }: LogRange,
  options?: CallOptions,
): AsyncGenerator<{ readonly through: bigint; readonly logs: readonly ProposalLog[] }> {
  const head = BigInt(await callNode('epoch', () => provider.getBlockNumber(), options))
  const last = to === undefined || to > head ? head : to
  for (let start = from; start <= last; start += window) {
    const through = start + window - 1n < last ? start + window - 1n : last
    const found = await callNode(
      `logs of epochs ${start} to ${through}`,
      () =>
        provider.getLogs({
          ...(client === undefined ? {} : { address: client }),
          topics: [TOPIC],
          fromBlock: start,
          toBlock: through,
        }),
      options,
    )
    yield {
      through,
      logs: found.map((log) => ({
        client: log.address.toLowerCase(),
        proposalId: log.topics[1] ?? '',
        block: BigInt(log.blockNumber),
        transaction: log.transactionHash,
        removed: log.removed,
      })),
    }
  }
}
