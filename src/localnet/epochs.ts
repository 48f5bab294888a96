/**
 * Time: an epoch lasts 30 s of chain time and passes when it is told to.
 */
import { EPOCH_SECONDS } from './config.ts'
import { type Provider, quantity } from './provider.ts'

/** The localnet's own method behind `nullRounds`: [count] → the new head. */
export const NULL_ROUNDS_METHOD = 'localnet_nullRounds'

export async function currentEpoch(provider: Provider): Promise<bigint> {
  return BigInt(String(await provider.request({ method: 'eth_blockNumber' })))
}

/** Lets epochs pass, 30 s each; does nothing for none. */
export async function mine(provider: Provider, epochs: bigint): Promise<void> {
  if (epochs <= 0n) return
  await setNextEpochTime(provider)
  const params = [quantity(epochs), quantity(BigInt(EPOCH_SECONDS))]
  await provider.request({ method: 'hardhat_mine', params })
}

/** The next block comes 30 s after the head, however long that is from now; the network's clock goes on from there. */
export async function setNextEpochTime(provider: Provider): Promise<void> {
  const head = await provider.request({ method: 'eth_getBlockByNumber', params: ['latest', false] })
  const { timestamp } = head as { timestamp: string }
  const params = [Number(timestamp) + EPOCH_SECONDS]
  await provider.request({ method: 'evm_setNextBlockTimestamp', params })
}

/** Lets epochs pass until the chain stands at `epoch`; does nothing if it stands there or later. */
export async function mineTo(provider: Provider, epoch: bigint): Promise<void> {
  await mine(provider, epoch - (await currentEpoch(provider)))
}

/**
 * Lets `count` epochs pass in which no miner makes a block, and one with a block, which shows that they were null: the
 * head jumps over them. Asked for a block of such an epoch the network answers as Lotus does; its state is that of the
 * epoch before. Transactions that wait get a block of their own before.
 * @returns The new head.
 */
export async function nullRounds(provider: Provider, count: bigint): Promise<bigint> {
  const params = [quantity(count)]
  return BigInt(String(await provider.request({ method: NULL_ROUNDS_METHOD, params })))
}
