/** The misbehaviour of publishing a deal a second time; what came of it goes into the record. */
import type { Context } from './context.ts'
import { about } from './events.ts'
import type { RecordIn } from './ledger.ts'
import { publishedForm, whyDropped } from './publish.ts'
import { publishParams } from './signed.ts'

export async function republish(
  context: Context,
  record: RecordIn<'published' | 'active'>,
): Promise<void> {
  const { id, chain, ledger, emit } = context
  const proposal = publishedForm(context, record)
  const ticket = await context.sending(async () => {
    const taken = await chain.ticket()
    await chain.publish(publishParams([proposal]), taken)
    return taken
  })
  const again = await chain.findDeal(proposal, ticket.fromDealId)
  const outcome =
    again === undefined
      ? `refused: ${await whyDropped(context, proposal)}`
      : `published again as deal ${again}`
  await ledger.record({ kind: 'republished', key: record.key, outcome })
  emit({ type: 'republished', ...about(id, record), outcome })
}
