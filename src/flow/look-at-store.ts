/** A store and the purse that it draws on, as the JSON documents show them. */
import type { Provider } from 'ethers'
import type { ProposalView } from '../chain/chain.ts'
import { openClient } from '../chain/client-contract.ts'
import type { PerpetualStorage } from '../chain/perpetual.ts'
import type { StoreRecord } from '../chain/perpetual-views.ts'
import { rootOfLabel } from '../deal/label.ts'
import { StorageError } from '../errors.ts'
import { type Decision, isDue } from '../keep/decide.ts'
import { FOR_EVER } from '../keep/runway.ts'
import type { PurseDocument, StoreDocument } from './documents.ts'

export interface StoreView {
  readonly provider: Provider
  readonly perpetual: PerpetualStorage
  readonly signal?: AbortSignal | undefined
}

/**
 * @param newest A proposal of the store, if that is known.
 * @throws CONTRACT_REFUSED for an id that was not given out; NODE_UNREACHABLE
 */
export async function lookAtStore(
  id: bigint,
  view: StoreView,
  newest?: ProposalView,
): Promise<StoreDocument> {
  const { perpetual } = view
  const store = await perpetual.storeOf(id)
  const [status, facts, runway, proposal] = await Promise.all([
    perpetual.statusOf(id),
    perpetual.factsOf(id),
    perpetual.runway(id),
    newest ?? newestProposal(store, view),
  ])
  const { active, published, open, next, why } = status
  const isForEver = runway === FOR_EVER
  return {
    id: Number(id),
    account: store.account,
    pieceCid: proposal.pieceCid,
    pieceSize: proposal.pieceSize,
    root: rootIn(proposal),
    replicas: facts.replicas,
    active,
    published,
    open,
    attempts: store.attempts,
    reason: next.reason,
    why,
    next: { action: actionOf(next, facts.epoch), at: next.dueAt === 0 ? null : next.dueAt },
    runway: isForEver ? null : Number(runway),
    fundedUntil: isForEver ? null : facts.epoch + Number(runway),
    policy: store.policy,
    cancelled: store.cancelled,
  }
}

/** @throws NODE_UNREACHABLE */
export async function lookAtPurse(
  account: string,
  perpetual: PerpetualStorage,
): Promise<PurseDocument> {
  const { client, stores, free, perEpoch, paidInWindow } = await perpetual.accountOf(account)
  return {
    account,
    client: client ?? null,
    stores,
    free: free.toString(),
    perEpoch: perEpoch.toString(),
    paidInWindow: paidInWindow.toString(),
  }
}

/**
 * The newest proposal of each store of an account, by the store's id, oldest store first. Their labels begin with it.
 * @throws NODE_UNREACHABLE
 */
export async function storesOf(
  account: string,
  { provider, perpetual, signal }: StoreView,
): Promise<Map<bigint, ProposalView>> {
  const { client } = await perpetual.accountOf(account)
  const stores = new Map<bigint, ProposalView>()
  if (client === undefined) return stores
  for (const proposal of await openClient(client, provider, { signal }).proposals()) {
    const id = /^(\d+)-\d+(\/|$)/.exec(proposal.label)?.[1]
    if (id !== undefined) stores.set(BigInt(id), proposal)
  }
  return stores
}

async function newestProposal(
  { client, proposals }: StoreRecord,
  { provider, signal }: StoreView,
): Promise<ProposalView> {
  const all = await openClient(client, provider, { signal }).proposals()
  const newest = all[(proposals.at(-1) ?? 0) - 1]
  if (newest !== undefined) return newest
  throw new StorageError('INTERNAL', { what: `the client ${client} lacks a proposal of its store` })
}

/** A piece without a root has its piece CID in the label. */
function rootIn({ label, pieceCid }: ProposalView): string {
  const root = rootOfLabel(label) ?? ''
  return root === pieceCid ? '' : root
}

/** What happens next, or what has to happen first. */
function actionOf(next: Decision, epoch: number): string {
  const { reason, copies, settles, endsOpen, dueAt } = next
  if (isDue(next)) {
    const due = [
      ...(endsOpen ? ['end the offer that too few took'] : []),
      ...(settles ? ['settle deals'] : []),
      ...(copies > 0 ? [`propose ${copies === 1 ? 'a copy' : `${copies} copies`}`] : []),
    ]
    return `a keeper's poke will ${due.join(', ')}`
  }
  if (reason === 'no-money') return 'top up'
  if (reason === 'cancelled') return 'nothing: deals run to their end'
  if (dueAt <= epoch) return 'nothing is due'
  if (reason === 'awaiting')
    return 'providers may take the offer until then; after it comes another'
  return 'a renewal, unless a copy is lost before'
}
