/**
 * An account that commands send from: one command at a time, and what it signed is written down before any node has it. So
 * two commands at once do not both find that nothing is there and both send; and what one signed before it was killed is
 * sent to its end, the same bytes, before the next decides what is to be done.
 */
import { join } from 'node:path'
import type { Provider } from 'ethers'
import { type Clock, systemClock } from '../chain/clock.ts'
import { wasAnswered } from '../chain/failure.ts'
import type { SentNotes, SignedBytes } from '../chain/filecoin-provider.ts'
import { callNode } from '../chain/node.ts'
import { waitForReceipt } from '../chain/send.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { openJournal } from '../journal/journal.ts'
import { lockFolder } from '../journal/lock.ts'

/** Between two looks whether the other command is done. */
const LOOK_MS = 1_000
/** Bytes that nobody has mined after so long are not sent again: what they ask for may no longer be wanted. */
const STALE_MS = 3_600_000

type Fact =
  | ({ readonly kind: 'signed'; readonly at: number } & SignedBytes)
  | { readonly kind: 'settled'; readonly hash: string }

export interface HeldAccount extends SentNotes {
  /** Signed and not seen mined, in the order of nonces. */
  open(): readonly (SignedBytes & { readonly at: number })[]
  release(): Promise<void>
}

export interface HoldOptions {
  /** Of this account on this chain, and of nothing else. */
  readonly folder: string
  /** 0x… */
  readonly account: string
  /** How long another command may take. */
  readonly waitMs: number
  /** Told once that another command is waited for. */
  readonly onWait?: (() => void) | undefined
  /** Command that shows what the other one sent. */
  readonly next?: string | undefined
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
}

/** @throws IN_USE when another command still has the account after `waitMs`; DEPOT_FULL, DEPOT_READ_ONLY; ABORTED */
export async function holdAccount(options: HoldOptions): Promise<HeldAccount> {
  const letGo = await lockInTime(options)
  try {
    const { journal, entries } = await openJournal<Fact>(join(options.folder, 'sent.jsonl'))
    const open = new Map<string, Extract<Fact, { kind: 'signed' }>>()
    for (const fact of entries) {
      if (fact.kind === 'signed') open.set(fact.hash, fact)
      else open.delete(fact.hash)
    }
    let released: Promise<void> | undefined
    return {
      open: () => [...open.values()].toSorted((a, b) => a.nonce - b.nonce),
      async note(signed) {
        if (released !== undefined || open.has(signed.hash)) return
        const fact = { kind: 'signed', ...signed, at: Date.now() } as const
        await journal.append(fact)
        open.set(signed.hash, fact)
      },
      async settle(hash) {
        if (released !== undefined || !open.delete(hash)) return
        await journal.append({ kind: 'settled', hash })
      },
      release: () => (released ??= journal.close().finally(letGo)),
    }
  } catch (error) {
    await letGo()
    throw error
  }
}

async function lockInTime(options: HoldOptions): Promise<() => Promise<void>> {
  const { folder, account, waitMs, onWait, next, clock = systemClock, signal } = options
  const end = clock.now() + waitMs
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await lockFolder(folder, 'command')
    } catch (error) {
      if (!isStorageError(error, 'IN_USE')) throw error
      if (clock.now() >= end)
        throw new StorageError('IN_USE', {
          what: `another command sends from ${account}: ${error.message}`,
          expected: `its end within ${waitMs / 1000} s`,
          hint: `Nothing was sent. Run the command again when the other one is done; what that one sent is found on chain and not sent twice. If it is gone, wait a minute or remove ${join(folder, 'lock')}.`,
          ...(next === undefined ? {} : { next }),
          cause: error,
        })
    }
    if (isFirst) onWait?.()
    await clock.sleep(LOOK_MS, signal)
  }
}

export interface ResumeOptions {
  readonly network: string
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
  /** Told what is done about what was found. */
  readonly notice?: ((text: string) => void) | undefined
}

/**
 * Ends what an earlier command signed: waits until it is mined, and sends the same bytes again to a node that does not have them.
 * @throws DEADLINE, NODE_UNREACHABLE, ABORTED
 */
export async function endWhatWasSigned(
  held: Pick<HeldAccount, 'open' | 'settle'>,
  provider: Provider,
  { network, signal, clock = systemClock, notice }: ResumeOptions,
): Promise<void> {
  const call = { network, signal }
  for (const { hash, raw, from, nonce, at } of held.open()) {
    const mined = await callNode('nonce', () => provider.getTransactionCount(from, 'latest'), call)
    const isOver = nonce < mined
    if (isOver || clock.now() - at > STALE_MS) {
      if (!isOver) notice?.(`transaction ${hash} of an earlier command was never mined; let go`)
      await held.settle(hash)
      continue
    }
    notice?.(`transaction ${hash} of an earlier command is not mined yet: waiting for it`)
    const again = async (): Promise<void> => {
      await callNode('send again', () => provider.broadcastTransaction(raw), call)
    }
    try {
      await again()
    } catch (error) {
      // A node that says no will not mine it: another chain, or not enough money.
      if (!wasAnswered(error)) throw error
      notice?.(`transaction ${hash} of an earlier command is refused by the node; let go`)
      await held.settle(hash)
      continue
    }
    await waitForReceipt(provider, hash, { ...call, clock, again })
    await held.settle(hash)
  }
}
