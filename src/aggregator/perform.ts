/**
 * Does what was decided and writes down what came of it. Every step can be repeated: what an earlier run did and could not write
 * down any more is found on chain or in the depot, and not done twice.
 */
import { fromHex } from '../bytes/hex.ts'
import { waitForPending } from '../chain/send.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { aggregateOf, segmentsOf } from './batch-aggregate.ts'
import type { Context } from './context.ts'
import { fetchContent } from './fetch-content.ts'
import { complete } from './complete.ts'
import type { Action } from './next-actions.ts'
import { propose } from './propose.ts'
import { pieceCidV2 } from '../piece/piece-cid.ts'

/** @throws what the steps throw; nothing of it is final, but what was written down */
export async function perform(context: Context, action: Action, reason: string): Promise<void> {
  const { ledger } = context
  switch (action.step) {
    case 'refuse':
      return ledger.record({ kind: 'refused', id: action.id, code: action.code, reason })
    case 'fetch':
      return fetchOne(context, action.id)
    case 'close': {
      const { aggregate } = action
      const batch = ledger.state.batches.size + 1
      const segments = segmentsOf(aggregate)
      const whole = pieceCidV2(aggregateOf(segments, aggregate.pieceSize))
      return ledger.record({ kind: 'closed', batch, pieceCidV2: whole, segments, reason })
    }
    case 'propose':
      return propose(context, action.batch)
    case 'complete':
      return complete(context, action)
    case 'claim':
      return claim(context, action)
    default:
      return action satisfies never
  }
}

async function fetchOne(context: Context, id: string): Promise<void> {
  const { ledger, flow, fetching, signal } = context
  const request = ledger.state.requests.get(id)
  if (request === undefined) return
  try {
    const options = { ...fetching, depot: flow.depot }
    const piece = await fetchContent(fromHex(request.cid), options, signal)
    await ledger.record({ kind: 'fetched', id, pieceCidV2: piece.pieceCidV2 })
  } catch (error) {
    if (!isStorageError(error)) throw error
    const { code, message: reason } = error
    if (code === 'FETCH_FAILED') return ledger.record({ kind: 'tried', id, reason })
    if (code === 'CID_INVALID' || code === 'PIECE_TOO_LARGE')
      return ledger.record({ kind: 'refused', id, code, reason })
    throw error
  }
}

async function claim(
  { hub, ledger, flow, account, signal, emit }: Context,
  { id, dealId }: Extract<Action, { step: 'claim' }>,
): Promise<void> {
  await waitForPending(flow.provider, account, { signal })
  const { payment } = await hub.requestOf(BigInt(id))
  switch (payment) {
    case 'none':
    case 'paid':
      return ledger.record({ kind: 'paid', id, tx: null })
    case 'reclaimed':
      return ledger.record({ kind: 'reclaimed', id })
    case 'open': {
      const onSent = (tx: string): void => emit({ type: 'sent', what: `claim ${id}`, tx })
      const { tx } = await hub.claim(BigInt(id), BigInt(dealId), { signal, onSent })
      return ledger.record({ kind: 'paid', id, tx })
    }
    default:
      throw new StorageError('INTERNAL', { what: `a payment is ${payment satisfies never}` })
  }
}
