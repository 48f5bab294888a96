/** What providers answered to what was offered to them directly, as a person reads it. */
import type { PushDocument } from '../src/flow/documents.ts'
import { adviceOn } from '../src/relay/answer.ts'
import type { PushOutcome, PushRecord } from '../src/relay/push-record.ts'
import { formatTable } from '../src/terminal/table.ts'

const WORDS: Readonly<Record<PushOutcome, string>> = {
  accepted: 'took it',
  refused: 'refused it',
  unreachable: 'was not reached',
  unclear: 'gave no clear answer',
}

export function pushSentence({ provider, outcome, reason, url }: PushRecord): string {
  return `f0${provider} ${WORDS[outcome]}${because(reason)}${url === '' ? '' : ` (${url})`}`
}

/** A line for each provider, and what can be done about a no. */
export function describePushes(pushes: readonly PushDocument[]): string[] {
  const rows = pushes.map(({ provider, outcome, reason }) => [
    '  offered to',
    provider,
    `${WORDS[outcome]}${because(reason)}`,
  ])
  const advice = pushes
    .filter(({ outcome }) => outcome !== 'accepted')
    .map(({ reason }) => adviceOn(reason))
    .filter((text) => text !== undefined)
  return [...formatTable(rows), ...new Set(advice)]
}

function because(reason: string): string {
  return reason === '' ? '' : `: ${reason}`
}
