/** Offers proposals that stand on chain to the providers that they name, and tells what came of each. */
import type { Clock } from '../chain/clock.ts'
import { untilSeen } from '../chain/seen.ts'
import { isStorageError } from '../errors.ts'
import { openPushLog, pushFolder, readPushes } from '../relay/push-log.ts'
import type { PushRecord } from '../relay/push-record.ts'
import { pushProposal } from '../relay/push.ts'
import type { ChainContext, FlowContext } from './context.ts'

/** Providers that are spoken to at a time. */
const WIDTH = 4
/** For another process that offers for this client: a provider that does not answer takes some minutes. */
const LOCK_MS = 180_000

export interface RelayContext extends ChainContext {
  /** Of the relay's logs, one folder for each network and client in it. */
  readonly relayFolder: string
  /** Milliseconds for one request to a provider. */
  readonly pushDeadlineMs?: number | undefined
  readonly clock?: Clock | undefined
}

export interface Addressed {
  readonly proposalId: string
  /** Actor ids; none: the proposal is left to the event. */
  readonly providers: readonly bigint[]
  /** That made it just now. */
  readonly tx?: string | null | undefined
}

/**
 * The last record of each proposal and provider. What a provider has taken before is not offered again.
 * @throws as `pushProposal`; IN_USE when another process still offers for this client after 3 minutes
 */
export async function offerDirectly(
  proposals: readonly Addressed[],
  context: RelayContext,
): Promise<readonly PushRecord[]> {
  const { client, network, provider: node, signal, clock, pushDeadlineMs, onEvent } = context
  // A chain of one's own has one node, which sees what it did.
  const mayLag = network.name !== 'localnet'
  const wanted = proposals.flatMap(({ proposalId, providers, tx = null }) =>
    providers.map((provider) => ({ proposalId, provider, isFresh: mayLag && tx !== null })),
  )
  if (wanted.length === 0) return []
  const open = () => openPushLog(folderOf(context))
  const log = await untilSeen(open, ['IN_USE'], { signal, clock, deadlineMs: LOCK_MS })
  try {
    const push = async (one: (typeof wanted)[number]): Promise<PushRecord> => {
      const { proposalId, provider, isFresh } = one
      const record = await pushProposal(proposalId, provider, {
        client,
        provider: node,
        network,
        log,
        isFresh,
        signal,
        clock,
        deadlineMs: pushDeadlineMs,
      })
      onEvent?.({ type: 'push:done', ...record })
      return record
    }
    const records: PushRecord[] = []
    for (let at = 0; at < wanted.length; at += WIDTH) {
      const made = await Promise.allSettled(wanted.slice(at, at + WIDTH).map(push))
      // Not before all are done: the log is closed then.
      for (const one of made) {
        if (one.status === 'rejected') throw one.reason
        records.push(one.value)
      }
    }
    return records
  } finally {
    await log.close()
  }
}

/** What is on chain is paid for: that it could not be offered is told beside what becomes of it, not instead. @throws ABORTED */
export async function orTell(
  offered: Promise<readonly PushRecord[]>,
  onEvent: ChainContext['onEvent'],
): Promise<readonly PushRecord[]> {
  try {
    return await offered
  } catch (error) {
    if (!isStorageError(error) || error.code === 'ABORTED') throw error
    onEvent?.({ type: 'push:failed', why: error.message })
    return []
  }
}

/** The context of a flow whose proposals are offered to the providers that they name. */
export function withRelay(context: FlowContext, relayFolder: string): FlowContext {
  const relay = { ...context, relayFolder }
  return {
    ...context,
    async beforeProposed({ pieces }) {
      const isFor = pieces.some(({ offer }) => (offer?.terms.providers.length ?? 0) > 0)
      if (isFor) await readPushes(folderOf(relay))
    },
    afterProposed: (proposed) => offerDirectly(proposed, relay),
  }
}

function folderOf({ relayFolder, network, client }: RelayContext): string {
  return pushFolder(relayFolder, network.name, client.address)
}

/** Whether all that were asked said no: then waiting for them is in vain. */
export function areAllRefused(pushes: readonly Pick<PushRecord, 'outcome'>[]): boolean {
  return pushes.length > 0 && pushes.every(({ outcome }) => outcome === 'refused')
}
