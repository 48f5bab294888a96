/** What to do next about a proposal: a pure function of its record and of how the provider behaves. */
import type { Behaviour, Misfortune } from './behaviour.ts'
import type { DealRecord, RecordIn } from './ledger.ts'

export type Action =
  | { readonly step: 'judge'; readonly record: RecordIn<'seen'> }
  | { readonly step: 'download'; readonly record: RecordIn<'accepted'> }
  | { readonly step: 'publish'; readonly record: RecordIn<'downloaded' | 'publishing'> }
  | { readonly step: 'republish'; readonly record: RecordIn<'published' | 'active'> }
  | { readonly step: 'seal'; readonly record: RecordIn<'published'> }
  | { readonly step: 'prove'; readonly record: RecordIn<'sealed' | 'proving'> }
  | {
      readonly step: 'lose'
      readonly record: RecordIn<'active' | 'losing'>
      readonly misfortune: Misfortune
    }

/** undefined: nothing more, for good. */
export function nextAction(record: DealRecord, behaviour: Behaviour): Action | undefined {
  switch (record.state) {
    case 'seen':
      return { step: 'judge', record }
    case 'accepted':
      return { step: 'download', record }
    case 'downloaded':
    case 'publishing':
      if (behaviour.kind === 'manual') return undefined
      return { step: 'publish', record }
    case 'published':
      if (behaviour.kind === 'never-activate') return undefined
      return behaviour.kind === 'double-publish' && record.republished.length === 0
        ? { step: 'republish', record }
        : { step: 'seal', record }
    case 'sealed':
    case 'proving':
      return { step: 'prove', record }
    case 'active':
      if (behaviour.kind === 'double-publish' && record.republished.length === 1)
        return { step: 'republish', record }
      return misfortune(record, behaviour)
    case 'losing':
      return misfortune(record, behaviour)
    case 'refused':
    case 'lost':
    case 'failed':
      return undefined
    default:
      return record satisfies never
  }
}

function misfortune(
  record: RecordIn<'active' | 'losing'>,
  behaviour: Behaviour,
): Action | undefined {
  return behaviour.kind === 'fault' || behaviour.kind === 'terminate'
    ? { step: 'lose', record, misfortune: behaviour }
    : undefined
}
