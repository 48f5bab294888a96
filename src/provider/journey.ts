/** The way of one proposal: the next action, its effect, what came of it in the journal, and again. */
import { isStorageError } from '../errors.ts'
import type { Context } from './context.ts'
import { about } from './events.ts'
import { fetchPiece } from './fetch-piece.ts'
import { judge } from './judge.ts'
import { lose } from './lose.ts'
import { type Action, nextAction } from './next-action.ts'
import { prove, seal } from './prove.ts'
import type { Publisher } from './publish.ts'
import { republish } from './republish.ts'

/**
 * Ends when nothing is left to do for the proposal, or when the provider stops. While the node does not answer it goes
 * on trying; every other failure is final and part of the record.
 */
export async function travel(context: Context, publisher: Publisher, key: string): Promise<void> {
  const { ledger, clock, settings, signal, emit, id, behaviour } = context
  while (!signal.aborted) {
    const record = ledger.get(key)
    const action = record && nextAction(record, behaviour)
    if (action === undefined) return
    try {
      await perform(context, publisher, action)
    } catch (error) {
      if (signal.aborted) return
      if (!isStorageError(error, 'NODE_UNREACHABLE')) return fail(context, action, error)
      emit({ type: 'trouble', provider: id, error })
      await clock.sleep(settings.pollMs, signal)
    }
  }
}

function perform(context: Context, publisher: Publisher, action: Action): Promise<void> {
  switch (action.step) {
    case 'judge':
      return context.judging(() => judge(context, action.record))
    case 'download':
      return context.downloading(() => fetchPiece(context, action.record))
    case 'publish':
      return publisher.publish(action.record.key)
    case 'republish':
      return republish(context, action.record)
    case 'seal':
      return seal(context, action.record)
    case 'prove':
      return prove(context, action.record)
    case 'lose':
      return lose(context, action.record, action.misfortune)
    default:
      return action satisfies never
  }
}

async function fail({ ledger, emit, id }: Context, action: Action, error: unknown): Promise<void> {
  const { step, record } = action
  const what = {
    key: record.key,
    step,
    code: isStorageError(error) ? error.code : 'INTERNAL',
    reason: error instanceof Error ? error.message : String(error),
  } as const
  await ledger.record({ kind: 'failed', ...what })
  emit({ type: 'failed', ...about(id, record), ...what })
}
