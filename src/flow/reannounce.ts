/**
 * Announces proposals again, and offers them again to the providers that they name: providers that were away when the event was
 * emitted never look back for it. Goes on until each is filled, lapsed or cancelled. Nothing has to be remembered: a repeated
 * event harms nobody, it only costs gas.
 * @see boost storagemarket/contract_deal_monitor.go:67-95, which has no catch-up
 */
import { type Clock, systemClock } from '../chain/clock.ts'
import { StorageError } from '../errors.ts'
import type { PushRecord } from '../relay/push-record.ts'
import { observe, type ObservedProposal } from '../watch/observe.ts'
import type { ReannouncedDocument } from './documents.ts'
import { pushDocument } from './offered.ts'
import { offerDirectly, type RelayContext } from './offer-directly.ts'

export interface ReannounceRequest {
  /** One proposal; all that are open unless stated. */
  readonly proposalId?: string | undefined
  /** Announce each once and return. */
  readonly once: boolean
  /** Between two announcements of a proposal. */
  readonly everyMs: number
  /** attoFIL of gas in all. */
  readonly maxCost: bigint
  /** Between two looks at the chain. Default: 30 s. */
  readonly lookMs?: number | undefined
}

/** An epoch. */
const LOOK_MS = 30_000

interface Announcement {
  readonly tx: string
  readonly epoch: number
  /** attoFIL, decimal. */
  readonly fee: string
}

/**
 * @throws PROPOSAL_NOT_FOUND; NO_MONEY when the next announcement would exceed `maxCost`; as `Client.reannounce` and
 *   `offerDirectly`; ABORTED
 */
export async function reannounce(
  { proposalId, once, everyMs, maxCost, lookMs = LOOK_MS }: ReannounceRequest,
  context: RelayContext & { readonly clock?: Clock | undefined },
): Promise<ReannouncedDocument> {
  const { client, network, signal, clock = systemClock, onEvent } = context
  const announcements = new Map<string, Announcement[]>()
  const pushes = new Map<string, readonly PushRecord[]>()
  let spent = 0n
  let dearest = 0n

  const announce = async ({ proposalId: id, providers }: ObservedProposal): Promise<void> => {
    if (spent + dearest > maxCost) throw tooDear(maxCost, spent)
    const { tx, block, receipt } = await client.reannounce(id, {
      signal,
      onSent: (hash) => onEvent?.({ type: 'reannounce:sent', proposalId: id, tx: hash }),
    })
    spent += receipt.fee
    dearest = receipt.fee > dearest ? receipt.fee : dearest
    const made = { tx, epoch: Number(block), fee: receipt.fee.toString() }
    announcements.set(id, [...(announcements.get(id) ?? []), made])
    onEvent?.({ type: 'reannounce:done', proposalId: id, epoch: block, fee: receipt.fee, spent })
    pushes.set(id, await offerDirectly([{ proposalId: id, providers }], context))
  }

  let wanted = proposalId === undefined ? undefined : [proposalId]
  for (;;) {
    const due = clock.now() + everyMs
    let { proposals } = await observe(client, wanted)
    // Of all, those that are open at first: others may be proposed meanwhile by somebody who looks after them.
    if (wanted === undefined) proposals = proposals.filter(({ state }) => state === 'open')
    wanted = proposals.map((proposal) => proposal.proposalId)
    for (const proposal of proposals) if (proposal.state === 'open') await announce(proposal)
    for (;;) {
      ;({ proposals } = wanted.length === 0 ? { proposals: [] } : await observe(client, wanted))
      if (once || !proposals.some(({ state }) => state === 'open'))
        return {
          version: 1,
          kind: 'reannounced',
          network: network.name,
          spent: spent.toString(),
          proposals: proposals.map(({ proposalId: id, state, why }) => ({
            proposalId: id,
            state,
            why,
            announcements: announcements.get(id) ?? [],
            pushes: (pushes.get(id) ?? []).map(pushDocument),
          })),
        }
      const left = due - clock.now()
      if (left <= 0) break
      await clock.sleep(Math.min(left, lookMs), signal)
    }
  }
}

function tooDear(maxCost: bigint, spent: bigint): StorageError {
  return new StorageError('NO_MONEY', {
    what: 'another announcement would cost more than was allowed',
    expected: `at most ${maxCost} attoFIL of gas in all`,
    got: `${spent} attoFIL spent`,
    hint: 'Allow more with --max-cost, or announce less often with --every.',
  })
}
