/** A receipt in one sentence: where the bytes are, and until when. */
import type { DealState } from '../deal/state.ts'
import { EPOCH_SECONDS } from '../deal/units.ts'
import type { Receipt } from './schema.ts'

/** What it is made of. */
export type Told = Pick<Receipt, 'network' | 'piece' | 'segment' | 'deal'>

/**
 * @param state As of now; when the receipt was made unless stated. Bytes are raw ones of the deal's piece, the last included;
 *   dates are of UTC.
 */
export function sentenceOf(
  { network, piece, segment, deal }: Told,
  state: DealState = deal.activatedAt === null ? 'published' : 'active',
): string {
  const first = segment.rawOffset
  const last = first + piece.size - 1
  const start = dateOf(deal.startEpoch, network)
  const end = dateOf(deal.endEpoch, network)
  const place = `bytes ${grouped(first)} to ${grouped(last)} of deal ${deal.dealId} at ${deal.provider}`
  return `${place}, ${lifeOf(state, start, end)}`
}

function lifeOf(state: DealState, start: string, end: string): string {
  switch (state) {
    case 'published':
      return `published, not yet active, to start by ${start} and end on ${end}`
    case 'active':
      return `active until ${end}`
    case 'missed':
      return `never active: it should have started by ${start}`
    case 'ended':
      return `ended on ${end}`
    case 'terminated':
      return `terminated before its end on ${end}`
    default:
      return state satisfies never
  }
}

function dateOf(epoch: number, { genesis }: Receipt['network']): string {
  return new Date((genesis + epoch * EPOCH_SECONDS) * 1000).toISOString().slice(0, 10)
}

function grouped(n: number): string {
  return n.toLocaleString('en-US')
}
