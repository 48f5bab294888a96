/** Waits until an account that had no FIL has some. */
import type { Provider } from 'ethers'
import { type Clock, systemClock } from '../chain/clock.ts'
import { isActorUnknown } from '../chain/failure.ts'
import { type CallOptions, callNode } from '../chain/node.ts'
import { isStorageError } from '../errors.ts'

export interface FundsOptions extends CallOptions {
  /** 0 looks once. */
  readonly deadlineMs: number
  readonly clock?: Clock | undefined
  /** After each look that found nothing, with what is left of the time; undefined: the node did not answer. */
  readonly onEmpty?: ((balance: bigint | undefined, leftMs: number) => void) | undefined
}

/** An epoch: a balance changes no faster. */
const EVERY_MS = 30_000

/**
 * @returns attoFIL; 0 when the deadline passed.
 * @throws NODE_UNREACHABLE when the node did not answer the last look; ABORTED
 */
export async function waitForFunds(
  provider: Provider,
  address: string,
  { deadlineMs, clock = systemClock, onEmpty, ...call }: FundsOptions,
): Promise<bigint> {
  const end = clock.now() + deadlineMs
  for (;;) {
    const left = end - clock.now()
    let balance: bigint | undefined
    try {
      balance = await balanceOf(provider, address, call)
    } catch (error) {
      if (!isStorageError(error, 'NODE_UNREACHABLE') || left <= 0) throw error
    }
    if (balance !== undefined && (balance > 0n || left <= 0)) return balance
    onEmpty?.(balance, left)
    await clock.sleep(Math.min(EVERY_MS, left), call.signal)
  }
}

/** attoFIL; 0 for an account that Filecoin does not know, since it never had any. */
export async function balanceOf(
  provider: Provider,
  address: string,
  options?: CallOptions,
): Promise<bigint> {
  try {
    return await callNode('balance', () => provider.getBalance(address), options)
  } catch (error) {
    if (isActorUnknown(error)) return 0n
    throw error
  }
}
