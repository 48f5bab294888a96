/** From published to active: sealing, which is a wait here, and the proof that makes the miner tell f05. */
import { StorageError } from '../errors.ts'
import type { Context } from './context.ts'
import { about } from './events.ts'
import type { RecordIn } from './ledger.ts'
import { publishedForm } from './publish.ts'

export async function seal(context: Context, record: RecordIn<'published'>): Promise<void> {
  const { id, ledger, clock, signal, settings, emit } = context
  const { key, dealId } = record
  await clock.sleep(Math.max(0, record.at + settings.sealMs - clock.now()), signal)
  if (context.behaviour.kind === 'late')
    await context.epochReached(publishedForm(context, record).startEpoch + 1n)
  // One sector per deal: its number is free, though this journal may not be the miner's first.
  const sector = dealId
  await ledger.record({ kind: 'sealed', key, sector: sector.toString() })
  emit({ type: 'sealed', ...about(id, record), dealId, sector })
}

/** Errors: CONTRACT_REFUSED when f05 does not take the piece any more. */
export async function prove(
  context: Context,
  record: RecordIn<'sealed' | 'proving'>,
): Promise<void> {
  const { id, chain, ledger, emit } = context
  const { key, dealId, sector } = record
  const { pieceCid, pieceSize, endEpoch } = publishedForm(context, record)
  if (record.state === 'sealed') await ledger.record({ kind: 'proving', key })
  // Asked first: a proof sent before a crash may have been mined.
  if ((await chain.activation(dealId)).state === 'published')
    await context.sending(() =>
      chain.prove({ sector, dealId, pieceCid, pieceSize, expiration: endEpoch }),
    )
  const activation = await chain.activation(dealId)
  if (activation.state !== 'active')
    throw new StorageError('CONTRACT_REFUSED', {
      what: `the market does not count deal ${dealId} as active after its proof`,
      expected: 'active',
      got: activation.state,
    })
  const epoch = activation.activatedAt
  await ledger.record({ kind: 'activated', key, epoch: epoch.toString() })
  emit({ type: 'activated', ...about(id, record), dealId, epoch })
}
