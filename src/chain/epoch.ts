/** Epochs and dates: time = genesis + 30 s · epoch. `block.number` of the FEVM is the epoch. */
import type { Provider } from 'ethers'
import { EPOCH_SECONDS } from '../deal/units.ts'
import type { Network } from './networks.ts'
import { type CallOptions, callNode } from './node.ts'

/** Any epoch with its unix time in seconds fixes all others. */
export interface KnownEpoch {
  readonly epoch: bigint
  readonly time: number
}

/** `head` is any block of the chain, needed only where the network has no fixed genesis. */
export function anchorOf(network: Network, head: KnownEpoch): KnownEpoch {
  return network.genesis === undefined ? head : { epoch: 0n, time: network.genesis }
}

export function dateOfEpoch(epoch: bigint, anchor: KnownEpoch): Date {
  return new Date((anchor.time + Number(epoch - anchor.epoch) * EPOCH_SECONDS) * 1000)
}

/** The first epoch that starts at `date` or later. */
export function epochOfDate(date: Date, anchor: KnownEpoch): bigint {
  const seconds = date.getTime() / 1000 - anchor.time
  return anchor.epoch + BigInt(Math.ceil(seconds / EPOCH_SECONDS))
}

/**
 * The network with the time of its epoch 0, so that its epochs have dates: where every chain starts at a time of its own, by
 * the newest block. @throws as `callNode`
 */
export async function datedNetwork(
  network: Network,
  provider: Provider,
  options?: CallOptions,
): Promise<Network> {
  if (network.genesis !== undefined) return network
  const block = await callNode('the newest block', () => provider.getBlock('latest'), options)
  if (block === null) return network
  return { ...network, genesis: block.timestamp - block.number * EPOCH_SECONDS }
}
