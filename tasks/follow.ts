/** The events of a flow, as a person follows them on standard error. */
import type { FlowEvent } from '../src/flow/events.ts'
import { formatFil } from '../src/deal/units.ts'
import { formatBytes, formatEpoch, formatPlural } from '../src/terminal/format.ts'
import type { Progress } from '../src/terminal/progress.ts'
import { labels } from './messages.ts'
import { pushSentence } from './pushes.ts'

/** @param genesis Unix seconds of epoch 0, where it is known. */
export function followFlow(event: FlowEvent, progress: Progress, genesis?: number): void {
  switch (event.type) {
    case 'prepare:progress':
      return progress.update({
        label: labels.preparing,
        bytes: event.bytes,
        total: event.total,
        detail: event.file,
      })
    case 'retrieve:progress':
      return progress.update({ label: labels.downloading, bytes: event.bytes, total: event.total })
    default:
      if (event.type === 'prepare:done') progress.done()
      return progress.line(sentence(event, genesis))
  }
}

type Told = Exclude<FlowEvent, { type: 'prepare:progress' | 'retrieve:progress' }>

function sentence(event: Told, genesis: number | undefined): string {
  switch (event.type) {
    case 'prepare:done':
      return `prepared ${formatPlural(event.files, 'file')}, ${formatBytes(event.size)}: piece ${event.pieceCid}`
    case 'deploy:sent':
      return `deploying ${event.contract}: transaction ${event.tx}`
    case 'deploy:waiting':
      return `waiting for ${event.contract}: its receipt comes an epoch or two (30 s each) after it was sent, then ${formatPlural(event.confirmations, 'confirmation')}`
    case 'deploy:done':
      return `${event.contract} ${event.fresh ? 'is deployed' : 'was there already'}: ${event.address}`
    case 'plan:note':
      return `note: ${event.text}`
    case 'verify:waiting':
      return `waiting for ${event.explorer} to know ${event.contract}: ${event.why}`
    case 'verify:done':
      return event.reason === null
        ? `${event.explorer} shows the source of ${event.contract}`
        : `${event.explorer} does not show the source of ${event.contract}: ${event.reason}`
    case 'escrow:short':
      return `the escrow lacks ${formatFil(event.missing)}; it comes from your account`
    case 'propose:sent':
      return `proposing: transaction ${event.tx}`
    case 'propose:done':
      return event.tx === undefined
        ? `an identical proposal is there already: ${event.proposalId}`
        : `proposed ${event.proposalId}`
    case 'store:sent':
      return `storing ${event.pieceCid} with ${formatFil(event.value)}: transaction ${event.tx}`
    case 'store:done':
      return event.tx === undefined
        ? `the account keeps this piece already: store ${event.id}`
        : `store ${event.id} is there`
    case 'store:waiting':
      return `store ${event.id}: ${event.why}`
    case 'reannounce:sent':
      return `announcing ${event.proposalId} again: transaction ${event.tx}`
    case 'reannounce:done':
      return `announced again at epoch ${formatEpoch(event.epoch, genesis)} for ${formatFil(event.fee)}, ${formatFil(event.spent)} in all`
    case 'reannounce:failed':
      return `${event.proposalId} could not be announced again now: ${event.why}`
    case 'reannounce:away':
      return `the chain cannot be looked at now, looking again: ${event.why}`
    case 'push:done':
      return pushSentence(event)
    case 'push:failed':
      return `not offered to all that it names, which push does again: ${event.why}`
    case 'deal:published':
      return `provider f0${event.provider} published deal ${event.dealId} at epoch ${formatEpoch(event.epoch, genesis)}`
    case 'deal:active':
      return `deal ${event.dealId} with f0${event.provider} is active since epoch ${formatEpoch(event.epoch, genesis)}`
    case 'deal:waiting':
      return `waiting: ${event.why}`
    case 'retrieve:source':
      return `downloading from ${event.name} (${event.url})`
    case 'retrieve:refused':
      return `${event.name} is no source: ${event.reason}`
    default:
      return event satisfies never
  }
}
