/** Numbers, times and states as a reader takes them in. Pure; English. */
import { EPOCH_SECONDS, FIL_UNITS } from '../../deal/units.ts'
import type { StepName } from '../../timeline/timeline.ts'
import type { ActionKind, Standing } from '../documents.ts'

/** How a step or a proposal is going: never told by colour alone. */
export type Tone = 'good' | 'wait' | 'bad' | 'over'

export const MARKS: Readonly<Record<Tone, string>> = { good: '✓', wait: '⋯', bad: '!', over: '–' }

export const STANDING: Readonly<Record<Standing, { tone: Tone; mark: string; text: string }>> = {
  waiting: { tone: 'wait', mark: '⋯', text: 'waiting' },
  partly: { tone: 'wait', mark: '◐', text: 'partly stored' },
  stored: { tone: 'good', mark: '✓', text: 'stored' },
  attention: { tone: 'bad', mark: '!', text: 'needs attention' },
  over: { tone: 'over', mark: '–', text: 'over' },
}

const BAD = new Set<StepName>(['refused', 'terminated', 'missed', 'lapsed'])
const OVER = new Set<StepName>(['ended', 'cancelled'])
const UNDER_WAY = new Set<StepName>(['fetching', 'sealing'])

export function toneOf(step: StepName): Tone {
  if (BAD.has(step)) return 'bad'
  if (OVER.has(step)) return 'over'
  return UNDER_WAY.has(step) ? 'wait' : 'good'
}

/** What a step is called while it has not come. */
export const AWAITED: Readonly<Record<StepName, string>> = {
  proposed: 'the proposal',
  announced: 'its announcement',
  pushed: 'the offer to the provider',
  fetching: 'the download',
  fetched: 'the end of the download',
  accepted: 'the provider’s answer',
  refused: 'the provider’s answer',
  published: 'publication',
  sealing: 'sealing',
  active: 'activation',
  renewed: 'renewal',
  settled: 'settlement',
  ended: 'its end',
  terminated: 'its end',
  missed: 'its end',
  lapsed: 'its end',
  cancelled: 'its end',
}

export const ACTIONS: Readonly<Record<ActionKind, { name: string; does: string }>> = {
  reannounce: {
    name: 'Announce again',
    does: 'The contract emits the event of this proposal once more, for providers that were away. It costs gas.',
  },
  observe: {
    name: 'Record states',
    does: 'The contract writes down what the market says of these deals now, while the market still knows. It costs gas.',
  },
  settle: {
    name: 'Settle deals',
    does: 'The market pays providers what is due of these deals, and what ended or was missed is freed. It costs gas.',
  },
  cancel: {
    name: 'Cancel proposal',
    does: 'Nobody can publish this proposal any more, and its reservation is freed. Deals that are published go on. This cannot be undone. It costs gas.',
  },
}

/** Exact amounts of attoFIL in the unit that suits the largest, so that a column can be compared by eye. */
export function inOneUnit(amounts: readonly bigint[]): string[] {
  const most = amounts.reduce((max, amount) => (amount > max ? amount : max), 0n)
  const suits = FIL_UNITS.find(([, power]) => most >= 10n ** BigInt(power))
  // As `formatFil`: FIL from 0.001 FIL on.
  const [name, exponent] = most >= 10n ** 15n ? FIL_UNITS[0] : (suits ?? FIL_UNITS[0])
  return amounts.map((amount) => {
    const digits = amount.toString().padStart(exponent + 1, '0')
    const point = digits.length - exponent
    const fraction = digits.slice(point).replace(/0+$/, '')
    return `${digits.slice(0, point)}${fraction === '' ? '' : `.${fraction}`} ${name}`
  })
}

/** `4 s ago`, `3 min ago`; one unit. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 3) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** When an epoch begins; any epoch with its time dates all. */
export function dateOf(
  epoch: number,
  known: { readonly epoch: number; readonly time: number },
): Date {
  return new Date((known.time + (epoch - known.epoch) * EPOCH_SECONDS) * 1000)
}

export function utcText(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Undefined where the reader's clock shows UTC. `zone` as of IANA; the reader's own unless stated. */
export function localText(date: Date, zone?: string): string | undefined {
  const format = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    ...(zone === undefined ? {} : { timeZone: zone }),
  })
  const short = new Intl.DateTimeFormat('en-GB', {
    timeZoneName: 'short',
    ...(zone === undefined ? {} : { timeZone: zone }),
  })
  const name = short.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  if (name === 'UTC') return undefined
  return `${format.format(date)} ${name}`
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
