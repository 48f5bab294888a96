/** Why a provider stands where it stands, in short sentences without a full stop. */
import type { Ask } from '../deal/ask.ts'
import { formatDuration, formatFil, formatSize } from '../deal/units.ts'
import { type Experience, median, type ProviderFacts } from './facts.ts'
import type { Obstacle } from './obstacles.ts'

export interface Reason {
  /** For it, against it, or not known. */
  readonly sign: '+' | '-' | '?'
  readonly text: string
}

export function reasonsOf(facts: ProviderFacts, obstacles: readonly Obstacle[]): readonly Reason[] {
  const { isMiner, experience, ask, note } = facts
  if (isMiner === false) return [against('no miner has this id on this network')]
  return [
    ...(isMiner === undefined ? [unknown('the node does not tell whether it is a miner')] : []),
    ...obstacles.map(obstacleText).map(against),
    ...dealReasons(experience),
    ...offerReasons(experience),
    ...(ask === undefined ? [unknown(noAsk(facts))] : [askReason(ask)]),
    ...timeReasons(experience),
    ...(note === undefined ? [] : [unknown(`the list says: ${note}`)]),
  ]
}

function obstacleText(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'no-miner':
      return 'no miner has this id on this network'
    case 'size':
      return `takes no piece of ${formatSize(obstacle.pieceSize)}`
    case 'price':
      return `asks ${formatFil(obstacle.asked)} per epoch for ${formatSize(obstacle.pieceSize)}, more than ${formatFil(obstacle.offered)}`
    default:
      return obstacle satisfies never
  }
}

function dealReasons({ kept, lost, pending }: Experience): Reason[] {
  const known = kept + lost
  const more = pending === 0 ? '' : `, ${pending} more not sealed yet`
  if (known === 0)
    return [unknown(pending === 0 ? 'no deal of yours with it yet' : `no deal sealed yet${more}`)]
  const text = `kept ${kept} of ${count(known, 'deal')} of yours${more}`
  return [lost === 0 ? favour(text) : against(`${text}: ${lost} lost`)]
}

function offerReasons(experience: Experience): Reason[] {
  const { accepted, refused, unreachable, ignored, lastRefusal } = experience
  const pushed = accepted + refused
  return [
    ...(pushed === 0
      ? []
      : refused === 0
        ? [favour(`accepted ${accepted} of ${count(pushed, 'proposal')} offered directly`)]
        : [
            against(
              `refused ${refused} of ${count(pushed, 'proposal')} offered directly${lastRefusal === undefined ? '' : `, last: ${lastRefusal}`}`,
            ),
          ]),
    ...(unreachable === 0
      ? []
      : [against(`could not be reached for ${count(unreachable, 'proposal')}`)]),
    ...(ignored === 0 ? [] : [against(`let ${count(ignored, 'proposal')} that named it lapse`)]),
  ]
}

function askReason({ pricePerGib, minPieceSize, maxPieceSize }: Ask): Reason {
  const [least, most] = [formatSize(Number(minPieceSize)), formatSize(Number(maxPieceSize))]
  return favour(`answers: ${formatFil(pricePerGib)}/GiB/epoch for pieces of ${least} to ${most}`)
}

function noAsk({ urls }: ProviderFacts): string {
  if (urls === undefined) return 'no ask known: the node does not tell its address'
  return urls.length === 0
    ? 'no ask known: it announces no HTTP address; it may watch events'
    : `no ask known: ${urls[0]} tells none; it may watch events`
}

function timeReasons({ toPublish, toActive }: Experience): Reason[] {
  return [...timeReason('publishes', toPublish), ...timeReason('is active', toActive)]
}

function timeReason(what: string, samples: readonly bigint[]): Reason[] {
  const middle = median(samples)
  if (middle === undefined) return []
  return [favour(`${what} after ${formatDuration(middle)}, median of ${samples.length}`)]
}

function count(n: number, what: string): string {
  return `${n} ${n === 1 ? what : `${what}s`}`
}

function favour(text: string): Reason {
  return { sign: '+', text }
}

function against(text: string): Reason {
  return { sign: '-', text }
}

function unknown(text: string): Reason {
  return { sign: '?', text }
}
