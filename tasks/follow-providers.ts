/** What pocket providers report, as a person follows it on standard error. */
import type { ProviderEvent } from '../src/provider/events.ts'
import { formatBytes, formatCount, formatPlural } from '../src/terminal/format.ts'
import type { Progress } from '../src/terminal/progress.ts'

export function followProvider(event: ProviderEvent, progress: Progress): void {
  const line = sentence(event)
  if (line !== undefined) progress.line(`f0${event.provider} ${line}`)
}

/** Undefined for what would only make noise. */
function sentence(event: ProviderEvent): string | undefined {
  switch (event.type) {
    case 'seen':
      return `saw the proposal ${event.proposalId}`
    case 'pushed':
      return `was offered the proposal ${event.proposalId} directly`
    case 'refused':
      return `refused the proposal ${event.proposalId}: ${event.reason} (${event.code})`
    case 'accepted':
      return `took the proposal ${event.proposalId}, fetches ${event.url}`
    case 'downloading':
      return undefined
    case 'downloaded':
      return `has downloaded and checked ${formatBytes(event.size)}`
    case 'indexed':
      return indexed(event)
    case 'published':
      return `published deal ${event.dealId}`
    case 'republished':
      return `published the proposal again: ${event.outcome}`
    case 'sealed':
      return `sealed deal ${event.dealId} in sector ${event.sector}`
    case 'activated':
      return `activated deal ${event.dealId} at epoch ${formatCount(event.epoch)}`
    case 'lost':
      return `lost deal ${event.dealId} (${event.loss})`
    case 'failed':
      return `failed to ${event.step} ${event.proposalId}: ${event.reason} (${event.code})`
    case 'trouble':
      return `has trouble: ${event.error instanceof Error ? event.error.message : String(event.error)}`
    default:
      return event satisfies never
  }
}

function indexed(event: Extract<ProviderEvent, { readonly type: 'indexed' }>): string {
  const { segments, skipped, reasons } = event
  const head = `found ${formatPlural(segments, 'segment')} in the aggregate ${event.pieceCid}`
  if (skipped === 0) return head
  const told = reasons.map(({ slot, why }) => `entry ${slot}: ${why}`).join('; ')
  const more = skipped - reasons.length
  return `${head}, skipped ${told}${more > 0 ? `; and ${formatCount(more)} more` : ''}`
}
