/** Events that no client can emit, or not in this order. */
import { StorageError } from '../errors.ts'
import type { ClientEvent } from './client-event.ts'

export function demand(event: ClientEvent, holds: boolean, otherwise: string): void {
  if (!holds) throw contradiction(otherwise, event)
}

export function demandAmount(event: ClientEvent, expected: bigint, got: bigint): void {
  if (got !== expected)
    throw contradiction('the amount does not follow from the terms', event, { expected, got })
}

export function contradiction(
  what: string,
  event?: ClientEvent,
  amounts: { expected?: bigint; got?: bigint } = {},
): StorageError {
  const subject = event === undefined ? '' : ` at ${nameOf(event)} of epoch ${event.epoch}`
  return new StorageError('ARGUMENT_INVALID', {
    what: `the events are not those of a client from its creation on${subject}: ${what}`,
    ...amounts,
    hint: 'Give all events from the epoch of the creation on, in the order of the chain; read them again if the chain was reorganised meanwhile.',
  })
}

function nameOf(event: ClientEvent): string {
  if ('dealId' in event) return `${event.name} of deal ${event.dealId}`
  return 'proposalId' in event ? `${event.name} of ${event.proposalId}` : event.name
}
