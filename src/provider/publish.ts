/**
 * Publishes accepted deals in batches. Before a message is sent its nonce and the lowest id that its deals can get are
 * written down, so whoever resumes sends the same message again or finds what it did; nothing is published twice.
 *
 * Deal ids are read from the deals that f05 has, not from the message's return value, which an ordinary EVM
 * transaction does not show.
 * @see boost markets/storageadapter/dealpublisher.go
 */
import { idAddress } from '../bytes/address.ts'
import { publishStorageDealsReturn } from '../deal/params.ts'
import type { DealProposal } from '../deal/proposal.ts'
import { isStorageError } from '../errors.ts'
import { alterProposal } from './behaviour.ts'
import type { Context } from './context.ts'
import { about } from './events.ts'
import type { RecordIn } from './ledger.ts'
import type { Sent, Ticket } from './ports.ts'
import { authParams, proposalOf, publishParams } from './signed.ts'

/** A message whose nonce something else used up costs one attempt. */
const MAX_ATTEMPTS = 3

type Publishable = RecordIn<'downloaded' | 'publishing'>

export interface Publisher {
  /** Resolves when the record is published or failed. Errors: NODE_UNREACHABLE, ABORTED. */
  publish(key: string): Promise<void>
}

export function createPublisher(context: Context): Publisher {
  const { clock, ledger, settings, signal } = context
  const queue = new Set<string>()
  let round: Promise<void> | undefined
  const work = async (): Promise<void> => {
    await clock.sleep(settings.batch.waitMs, signal)
    while (queue.size > 0) {
      const keys = [...queue].slice(0, settings.batch.max)
      for (const key of keys) queue.delete(key)
      for (const key of keys) {
        const record = ledger.get(key)
        if (record?.state === 'publishing') await resume(context, record)
      }
      await publishBatch(context, inState(context, keys, 'downloaded'))
    }
  }
  return {
    publish: (key) => {
      queue.add(key)
      round ??= work().finally(() => {
        round = undefined
      })
      return round
    },
  }
}

async function publishBatch(
  context: Context,
  records: readonly Publishable[],
  attempt = 1,
): Promise<void> {
  const { chain, ledger } = context
  await coverCollateral(context, records)
  const batch: Publishable[] = []
  for (const record of records) if (await wouldPass(context, record)) batch.push(record)
  if (batch.length === 0) return
  const { ticket, sent } = await context.sending(async () => {
    const taken = await chain.ticket()
    await ledger.record({
      kind: 'publishing',
      keys: batch.map(({ key }) => key),
      nonce: taken.nonce,
      fromDealId: taken.fromDealId.toString(),
    })
    return { ticket: taken, sent: await chain.publish(messageOf(context, batch), taken) }
  })
  await conclude(context, batch, ticket, sent, attempt)
}

/** After a crash between the intent and the last result. */
async function resume(context: Context, record: RecordIn<'publishing'>): Promise<void> {
  const batch = inState(context, record.keys, 'publishing')
  // A member with a result proves that the message was mined; without one it can be sent again under its nonce.
  const sent =
    batch.length < record.keys.length
      ? 'mined'
      : await context.sending(() => context.chain.publish(messageOf(context, batch), record))
  await conclude(context, batch, record, sent, 1)
}

/** Finds what the message published; what it did not publish failed, or is tried again if it was never sent. */
async function conclude(
  context: Context,
  batch: readonly Publishable[],
  { fromDealId }: Ticket,
  sent: Sent,
  attempt: number,
): Promise<void> {
  const { id, chain, ledger, emit } = context
  const missing: Publishable[] = []
  for (const record of batch) {
    const dealId = await chain.findDeal(publishedForm(context, record), fromDealId)
    if (dealId === undefined) missing.push(record)
    else {
      await ledger.record({ kind: 'published', key: record.key, dealId: dealId.toString() })
      emit({ type: 'published', ...about(id, record), dealId })
    }
  }
  if (sent === 'stale' && attempt < MAX_ATTEMPTS && missing.length > 0)
    return publishBatch(context, missing, attempt + 1)
  for (const record of missing)
    await fail(context, record, await whyDropped(context, publishedForm(context, record)))
}

/**
 * Whether f05 would take the deal now; if not, it failed: for a contract's deal that is final, as with Boost. A provider
 * that alters terms does not ask.
 * @see boost storagemarket/deal_execution.go:460-471
 */
async function wouldPass(context: Context, record: Publishable): Promise<boolean> {
  if (context.behaviour.kind === 'altered-terms') return true
  const proposal = publishedForm(context, record)
  try {
    const { validDeals } = publishStorageDealsReturn.decode(
      await context.chain.simulatePublish(publishParams([proposal])),
    )
    if (validDeals.length > 0) return true
  } catch (error) {
    if (!isStorageError(error, 'CONTRACT_REFUSED')) throw error
  }
  await fail(context, record, await whyDropped(context, proposal))
  return false
}

/** The client's reason if it has one, else the market's. */
export async function whyDropped({ chain }: Context, proposal: DealProposal): Promise<string> {
  const verdict = await chain.simulateAuth(proposal.client, authParams(proposal))
  if (!verdict.ok) return verdict.reason
  try {
    await chain.simulatePublish(publishParams([proposal]))
    return 'the market dropped the deal, and would take it now'
  } catch (error) {
    if (!isStorageError(error, 'CONTRACT_REFUSED')) throw error
    return error.message
  }
}

/** Moves what the batch needs into the miner's escrow. attoFIL */
async function coverCollateral(context: Context, records: readonly Publishable[]): Promise<void> {
  const needed = records.reduce((sum, record) => sum + proposalOf(record).providerCollateral, 0n)
  await context.sending(async () => {
    const { balance, locked } = await context.chain.escrow(idAddress(context.id))
    if (balance - locked < needed) await context.chain.addCollateral(needed - balance + locked)
  })
}

async function fail({ id, ledger, emit }: Context, record: Publishable, reason: string) {
  const what = { key: record.key, step: 'publish', code: 'CONTRACT_REFUSED', reason } as const
  await ledger.record({ kind: 'failed', ...what })
  emit({ type: 'failed', ...about(id, record), ...what })
}

/** The proposal as this provider publishes it. */
export function publishedForm(
  { behaviour }: Context,
  record: { readonly proposal: string },
): DealProposal {
  const proposal = proposalOf(record)
  return behaviour.kind === 'altered-terms' ? alterProposal(proposal, behaviour.field) : proposal
}

function messageOf(context: Context, batch: readonly Publishable[]): Uint8Array {
  return publishParams(batch.map((record) => publishedForm(context, record)))
}

function inState<S extends 'downloaded' | 'publishing'>(
  { ledger }: Context,
  keys: readonly string[],
  state: S,
): RecordIn<S>[] {
  return keys
    .map((key) => ledger.get(key))
    .filter((record): record is RecordIn<S> => record?.state === state)
}
