/**
 * The misfortunes after activation. `terminate` gives the sector up, and f05 removes its deal. `fault` loses the data:
 * the provider serves the piece no longer, and the deal goes on, as a deal of a faulty sector does for up to 42 days.
 */
import type { Misfortune } from './behaviour.ts'
import type { Context } from './context.ts'
import { about } from './events.ts'
import type { RecordIn } from './ledger.ts'
import { pieceCidOf } from './signed.ts'

export async function lose(
  context: Context,
  record: RecordIn<'active' | 'losing'>,
  { kind, afterEpochs }: Misfortune,
): Promise<void> {
  const { id, chain, depot, ledger, emit } = context
  const { key, dealId, sector } = record
  await context.epochReached(record.activatedAt + afterEpochs)
  if (record.state === 'active') await ledger.record({ kind: 'losing', key, loss: kind })
  if (kind === 'fault') await depot.remove(pieceCidOf(record))
  // A termination sent before a crash may have been mined: the deal is gone then.
  else if ((await chain.activation(dealId)).state === 'active')
    await context.sending(() => chain.terminate(sector))
  await ledger.record({ kind: 'lost', key, loss: kind })
  emit({ type: 'lost', ...about(id, record), dealId, loss: kind })
}
