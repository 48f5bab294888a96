/** Blocks by epoch, on a chain where an epoch may pass without one. */
import type { Block, Provider } from 'ethers'
import { isStorageError, StorageError } from '../errors.ts'
import { type CallOptions, callNode } from './node.ts'

/** Null rounds in a row, of which mainnet has seen fewer than 10. */
const MOST_NULL_ROUNDS = 120

/**
 * The block of `epoch`, or the last one before it where that was a null round.
 * @throws NODE_UNREACHABLE when there is none within 120 epochs; as `callNode`
 */
export async function blockAtOrBefore(
  provider: Provider,
  epoch: bigint,
  options?: CallOptions,
): Promise<Block> {
  for (let at = epoch; at >= 0n && epoch - at < MOST_NULL_ROUNDS; at -= 1n) {
    const block = await blockAt(provider, at, options)
    if (block !== null) return block
  }
  throw new StorageError('NODE_UNREACHABLE', {
    what: `the node has no block of epoch ${epoch} and of none of the ${MOST_NULL_ROUNDS} before it`,
  })
}

async function blockAt(
  provider: Provider,
  epoch: bigint,
  options?: CallOptions,
): Promise<Block | null> {
  try {
    return await callNode(`the block of epoch ${epoch}`, () => provider.getBlock(epoch), options)
  } catch (error) {
    if (isNullRound(error)) return null
    throw error
  }
}

/** A node about an epoch in which there was no block. @see lotus api/api_errors.go ErrNullRound */
export function isNullRound(error: unknown): boolean {
  return isStorageError(error, 'NODE_UNREACHABLE') && /null round/i.test(error.message)
}
