/** Offers proposals that stand on chain to the providers that they name, and tells what came of each. */
import { openPushLog, pushFolder } from '../relay/push-log.ts'
import type { PushRecord } from '../relay/push-record.ts'
import { pushProposal } from '../relay/push.ts'
import type { ChainContext } from './context.ts'

/** Providers that are spoken to at a time. */
const WIDTH = 4

export interface RelayContext extends ChainContext {
  /** Of the relay's logs, one folder for each network and client in it. */
  readonly relayFolder: string
  /** Milliseconds for one request to a provider. */
  readonly pushDeadlineMs?: number | undefined
}

export interface Addressed {
  readonly proposalId: string
  /** Actor ids; none: the proposal is left to the event. */
  readonly providers: readonly bigint[]
}

/**
 * The last record of each proposal and provider. What a provider has taken before is not offered again.
 * @throws as `pushProposal`; IN_USE while another process offers for this client
 */
export async function offerDirectly(
  proposals: readonly Addressed[],
  context: RelayContext,
): Promise<readonly PushRecord[]> {
  const wanted = proposals.flatMap(({ proposalId, providers }) =>
    providers.map((provider) => ({ proposalId, provider })),
  )
  if (wanted.length === 0) return []
  const { client, network, provider: node, signal, relayFolder, pushDeadlineMs, onEvent } = context
  const log = await openPushLog(pushFolder(relayFolder, network.name, client.address))
  try {
    const push = async ({ proposalId, provider }: (typeof wanted)[number]): Promise<PushRecord> => {
      const record = await pushProposal(proposalId, provider, {
        client,
        provider: node,
        network,
        log,
        signal,
        deadlineMs: pushDeadlineMs,
      })
      onEvent?.({ type: 'push:done', ...record })
      return record
    }
    const records: PushRecord[] = []
    for (let at = 0; at < wanted.length; at += WIDTH)
      records.push(...(await Promise.all(wanted.slice(at, at + WIDTH).map(push))))
    return records
  } finally {
    await log.close()
  }
}

/** Whether all that were asked said no: then waiting for them is in vain. */
export function areAllRefused(pushes: readonly Pick<PushRecord, 'outcome'>[]): boolean {
  return pushes.length > 0 && pushes.every(({ outcome }) => outcome === 'refused')
}
