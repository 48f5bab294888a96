/**
 * An account that commands send from: one command at a time, and what it signed is written down before any node has it. So
 * two commands at once do not both find that nothing is there and both send; and what one signed before it was killed is
 * sent to its end, the same bytes, before the next decides what is to be done.
 */
import { join } from 'node:path'
import { type Provider, Transaction, type TransactionReceipt } from 'ethers'
import { type Clock, systemClock } from '../chain/clock.ts'
import { wasAnswered } from '../chain/failure.ts'
import type { FilecoinProvider } from '../chain/filecoin-provider.ts'
import { newestOf, type SeenBlock } from '../chain/newest.ts'
import { callNode } from '../chain/node.ts'
import { isNonceUsed } from '../chain/rpc-policy.ts'
import { untilSeen } from '../chain/seen.ts'
import { RECEIPT_DEADLINE_MS, waitForReceipt } from '../chain/send.ts'
import type { SentNotes, SignedBytes } from '../chain/sent-notes.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { openJournal } from '../journal/journal.ts'
import { lockFolder } from '../journal/lock.ts'

/** Between two looks whether the other command is done. */
const LOOK_MS = 1_000
/** Bytes that nobody has mined after so long are not sent again: what they ask for may no longer be wanted. */
const STALE_MS = 3_600_000

type Fact =
  | ({ readonly kind: 'signed'; readonly at: number } & SignedBytes)
  /** With the block that it is in, where that is known, and when that was. */
  | ({ readonly kind: 'settled'; readonly hash: string } & Partial<SeenBlock>)

export interface HeldAccount extends SentNotes {
  /** Signed and not seen mined, in the order of nonces. */
  open(): readonly (SignedBytes & { readonly at: number })[]
  /** The newest block that a transaction of the account is in, for some epochs. */
  newest(): SeenBlock | undefined
  /** What an earlier command signed was mined and succeeded: the very same is not signed again by this one. */
  succeeded(signed: SignedBytes): void
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
    const done = new Map<string, string>()
    let newest: SeenBlock | undefined
    const see = ({ block, at }: Partial<SeenBlock>): void => {
      if (block !== undefined && at !== undefined)
        newest = newestOf(newest, { block, at }, Date.now())
    }
    for (const fact of entries) {
      if (fact.kind === 'signed') open.set(fact.hash, fact)
      else open.delete(fact.hash)
      if (fact.kind === 'settled') see(fact)
    }
    let released: Promise<void> | undefined
    return {
      open: () => [...open.values()].toSorted((a, b) => a.nonce - b.nonce),
      async note(signed) {
        if (released !== undefined || open.has(signed.hash)) return
        const earlier = done.size === 0 ? undefined : done.get(intentOf(signed))
        if (earlier !== undefined) throw alreadySent(earlier)
        const fact = { kind: 'signed', ...signed, at: Date.now() } as const
        await journal.append(fact)
        open.set(signed.hash, fact)
      },
      async settle(hash, block) {
        if (released !== undefined || !open.delete(hash)) return
        const seen = block === undefined ? {} : { block, at: Date.now() }
        await journal.append({ kind: 'settled', hash, ...seen })
        see(seen)
      },
      newest: () => newest,
      succeeded: (signed) => void done.set(intentOf(signed), signed.hash),
      release: () => (released ??= journal.close().finally(letGo)),
    }
  } catch (error) {
    await letGo()
    throw error
  }
}

/** Whom it calls, with what and with how much: two transactions that say the same do the same twice. */
function intentOf({ raw }: SignedBytes): string {
  const { to, data, value } = Transaction.from(raw)
  return JSON.stringify([to, data, String(value)])
}

function alreadySent(hash: string): StorageError {
  return new StorageError('ALREADY_SENT', {
    what: `an earlier command that could not finish has done the very same: transaction ${hash}`,
    hint: 'Nothing was sent now. Give the command once more to do it again.',
  })
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
 * What is found mined without a receipt is settled with the head that shows its nonce as used.
 * @throws DEADLINE, NODE_UNREACHABLE, ABORTED
 */
export async function endWhatWasSigned(
  held: Pick<HeldAccount, 'open' | 'settle' | 'succeeded'>,
  provider: Provider,
  { network, signal, clock = systemClock, notice }: ResumeOptions,
): Promise<void> {
  const call = { network, signal }
  for (const signed of held.open()) {
    const { hash, raw, from, nonce, at } = signed
    // At a block with a number, so that it is known which one shows it.
    const shownAt = async (): Promise<number | undefined> => {
      const head = await callNode('head', () => provider.getBlockNumber(), call)
      const mined = await callNode('nonce', () => provider.getTransactionCount(from, head), call)
      return nonce < mined ? head : undefined
    }
    const over = await shownAt()
    if (over !== undefined || clock.now() - at > STALE_MS) {
      if (over === undefined)
        notice?.(`transaction ${hash} of an earlier command was never mined; let go`)
      if (over !== undefined) {
        const look = (): Promise<TransactionReceipt | null> => provider.getTransactionReceipt(hash)
        if ((await callNode('receipt', look, call))?.status === 1) held.succeeded(signed)
      }
      await held.settle(hash, over)
      continue
    }
    notice?.(`transaction ${hash} of an earlier command is not mined yet: waiting for it`)
    const again = async (): Promise<void> => {
      await callNode('send again', () => provider.broadcastTransaction(raw), call)
    }
    try {
      await again()
    } catch (error) {
      if (!wasAnswered(error)) throw error
      if (error instanceof Error && isNonceUsed(error)) {
        // Mined, or something else with its nonce, after what the last node showed.
        await held.settle(hash, await untilShown(shownAt, hash, signal, clock))
        continue
      }
      // A node that says no will not mine it: another chain, or not enough money.
      notice?.(`transaction ${hash} of an earlier command is refused by the node; let go`)
      await held.settle(hash)
      continue
    }
    const receipt = await waitForReceipt(provider, hash, { ...call, clock, again })
    if (receipt.status === 1) held.succeeded(signed)
    await held.settle(hash, receipt.blockNumber)
  }
}

/** @throws DEADLINE when no node shows it within 10 minutes; as `shownAt` */
async function untilShown(
  shownAt: () => Promise<number | undefined>,
  hash: string,
  signal: AbortSignal | undefined,
  clock: Clock,
): Promise<number> {
  const late = (): StorageError =>
    new StorageError('DEADLINE', {
      what: `the nonce of transaction ${hash} is used, and no node shows what used it`,
      expected: `within ${RECEIPT_DEADLINE_MS / 1000} s`,
      hint: 'The node may be behind. Run the command again when it has caught up.',
    })
  const look = async (): Promise<number> => {
    const block = await shownAt()
    if (block === undefined) throw late()
    return block
  }
  return untilSeen(look, ['DEADLINE'], { signal, clock, deadlineMs: RECEIPT_DEADLINE_MS })
}

/**
 * Ends what an earlier command signed, and waits for a node that shows what came of all that was sent: who looks at an older state
 * sends again what is there already.
 * @throws as `endWhatWasSigned`; NODE_UNREACHABLE when after 10 minutes no node has come so far
 */
export async function resumeAccount(
  held: Pick<HeldAccount, 'open' | 'settle' | 'succeeded' | 'newest'>,
  account: string,
  provider: FilecoinProvider,
  options: ResumeOptions,
): Promise<void> {
  const pin = (): void => {
    const newest = held.newest()
    if (newest !== undefined) provider.noteMined(newest)
  }
  pin()
  await endWhatWasSigned(held, provider, options)
  pin()
  const { network, signal, clock } = options
  const look = (): Promise<number> =>
    callNode('nonce', () => provider.getTransactionCount(account, 'latest'), { network, signal })
  if (held.newest() !== undefined) await untilSeen(look, [], { signal, clock })
}
