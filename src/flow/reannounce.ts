/**
 * Announces proposals again, and offers them again to the providers that they name: providers that were away when the event was
 * emitted never look back for it. Goes on until each is filled, lapsed or cancelled. Nothing has to be remembered: a repeated
 * event harms nobody, it only costs gas.
 * @see boost storagemarket/contract_deal_monitor.go:67-95, which has no catch-up
 */
import { systemClock } from '../chain/clock.ts'
import type { Sent } from '../chain/send.ts'
import { type ErrorCode, isStorageError, StorageError } from '../errors.ts'
import type { PushRecord } from '../relay/push-record.ts'
import { observe, type ObservedProposal } from '../watch/observe.ts'
import type { ReannouncedDocument } from './documents.ts'
import { pushDocument } from './offered.ts'
import { offerDirectly, orTell, type RelayContext } from './offer-directly.ts'

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
/** After an announcement that could not be made: whoever had the account is done, and a node that restarts is back. */
const RETRY_MS = 300_000
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'CONTRACT_REFUSED',
  'DEADLINE',
  'IN_USE',
  'NODE_UNREACHABLE',
])

interface Announcement {
  readonly tx: string
  readonly epoch: number
  /** attoFIL, decimal. */
  readonly fee: string
}

export interface ReannounceContext extends RelayContext {
  /** Has the account while it sends: an announcement is a matter of minutes, the whole one of days. */
  readonly whileHolding?: (<T>(send: () => Promise<T>) => Promise<T>) | undefined
}

/**
 * What keeps one proposal from being announced now says nothing of the others: it was filled meanwhile, another command sends, the
 * node is away.
 * @throws PROPOSAL_NOT_FOUND; NO_MONEY when the next announcement would exceed `maxCost`; as the first look at the chain, and as
 *   `Client.reannounce` once its transaction was sent; when `once`, why nothing was announced; ABORTED
 */
export async function reannounce(
  { proposalId, once, everyMs, maxCost, lookMs = LOOK_MS }: ReannounceRequest,
  context: ReannounceContext,
): Promise<ReannouncedDocument> {
  const {
    client,
    network,
    signal,
    clock = systemClock,
    onEvent,
    whileHolding = (send) => send(),
  } = context
  const announcements = new Map<string, Announcement[]>()
  const pushes = new Map<string, readonly PushRecord[]>()
  const dueAt = new Map<string, number>()
  let spent = 0n
  let dearest = 0n
  let failure: StorageError | undefined

  const announce = async ({ proposalId: id, providers }: ObservedProposal): Promise<void> => {
    if (spent + dearest > maxCost) throw tooDear(maxCost, spent)
    dueAt.set(id, once ? Number.POSITIVE_INFINITY : clock.now() + everyMs)
    let isSent = false
    const send = (): Promise<Sent> =>
      client.reannounce(id, {
        signal,
        onSent: (hash) => {
          isSent = true
          onEvent?.({ type: 'reannounce:sent', proposalId: id, tx: hash })
        },
      })
    try {
      const { tx, block, receipt } = await whileHolding(send)
      spent += receipt.fee
      dearest = receipt.fee > dearest ? receipt.fee : dearest
      const made = { tx, epoch: Number(block), fee: receipt.fee.toString() }
      announcements.set(id, [...(announcements.get(id) ?? []), made])
      onEvent?.({ type: 'reannounce:done', proposalId: id, epoch: block, fee: receipt.fee, spent })
    } catch (error) {
      // What was sent costs, though nobody knows how much.
      if (isSent || !isStorageError(error) || !PASSING.has(error.code)) throw error
      failure = error
      if (!once) dueAt.set(id, clock.now() + Math.min(everyMs, RETRY_MS))
      onEvent?.({ type: 'reannounce:failed', proposalId: id, why: error.message })
      return
    }
    pushes.set(id, await orTell(offerDirectly([{ proposalId: id, providers }], context), onEvent))
  }
  const isDue = ({ proposalId: id, state }: ObservedProposal): boolean =>
    state === 'open' && clock.now() >= (dueAt.get(id) ?? 0)

  const first = (await observe(client, proposalId === undefined ? undefined : [proposalId]))
    .proposals
  // Of all, those that are open at first: others may be proposed meanwhile by somebody who looks after them.
  let seen = proposalId === undefined ? first.filter(({ state }) => state === 'open') : first
  const wanted = seen.map((proposal) => proposal.proposalId)
  for (let isAway = false; ;) {
    const due = isAway ? [] : seen.filter(isDue)
    for (const proposal of due) await announce(proposal)
    const open = seen.filter(({ state }) => state === 'open')
    if (due.length === 0 && !isAway && (once || open.length === 0)) break
    if (due.length === 0) {
      const next = Math.min(...open.map(({ proposalId: id }) => dueAt.get(id) ?? 0)) - clock.now()
      await clock.sleep(isAway || next <= 0 ? lookMs : Math.min(next, lookMs), signal)
    }
    try {
      seen = (await observe(client, wanted)).proposals
      isAway = false
    } catch (error) {
      if (once || !isStorageError(error, 'NODE_UNREACHABLE')) throw error
      if (!isAway) onEvent?.({ type: 'reannounce:away', why: error.message })
      isAway = true
    }
  }
  const isOpen = seen.some(({ state }) => state === 'open')
  if (once && isOpen && failure !== undefined && announcements.size === 0) throw failure
  return {
    version: 1,
    kind: 'reannounced',
    network: network.name,
    spent: spent.toString(),
    proposals: seen.map(({ proposalId: id, state, why }) => ({
      proposalId: id,
      state,
      why,
      announcements: announcements.get(id) ?? [],
      pushes: (pushes.get(id) ?? []).map(pushDocument),
    })),
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
