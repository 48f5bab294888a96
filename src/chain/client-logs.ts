/** The logs of a client that its timelines are made of, as JSON values that can be kept, and what they say. */
import { id, type Log, type Provider } from 'ethers'
import type { ClientEvent } from '../deal/client-event.ts'
import { decodeLog } from './history.ts'
import { type LogRange, type LogWindow, logWindows } from './logs.ts'
import type { CallOptions } from './node.ts'

export interface KeptLog {
  readonly address: string
  readonly topics: readonly string[]
  readonly data: string
  readonly blockNumber: number
  readonly transactionHash: string
  readonly index: number
}

const TOPICS = [
  'DealProposalCreate(bytes32,uint64,bool,uint256)',
  'ProposalMade(bytes32,address,uint256,bytes)',
  'ProposalCancelled(bytes32,uint256)',
  'DealPublished(bytes32,uint64,uint64)',
  'DealActivated(uint64,int64)',
  'DealSettled(uint64,uint256,bool)',
  'DealClosed(uint64,uint8)',
].map(id)

/** Window by window, each in the order of the chain. Logs whose block has left the chain are left out. */
export async function* clientLogs(
  provider: Provider,
  address: string,
  range: Omit<LogRange, 'client'>,
  options?: CallOptions,
): AsyncGenerator<LogWindow<KeptLog>> {
  const windows = logWindows(provider, [TOPICS], { ...range, client: address }, options)
  for await (const { through, logs } of windows)
    yield {
      through,
      logs: logs
        .filter(({ removed }) => !removed)
        .map(kept)
        .toSorted(inOrder),
    }
}

/** @throws NOT_DEPLOYED for a log that no client writes */
export function tracedEvent(log: KeptLog): { readonly event: ClientEvent; readonly tx: string } {
  return { event: decodeLog(log), tx: log.transactionHash }
}

function kept({ address, topics, data, blockNumber, transactionHash, index }: Log): KeptLog {
  return { address, topics: [...topics], data, blockNumber, transactionHash, index }
}

function inOrder(a: KeptLog, b: KeptLog): number {
  return a.blockNumber - b.blockNumber || a.index - b.index
}
