/** The twelve providers of the two years: what each asks for, and what becomes of it. Epochs count from the first day. */
import type { Dice } from './dice.ts'

export const DAY = 2_880
export const MONTH = 30 * DAY
export const YEARS = 2 * 365 * DAY
/** Everything happens at the turn of a slot of eight hours, as if all looked at the chain three times a day. */
export const SLOT = 960

export interface Away {
  readonly from: number
  readonly to: number
}

export interface Character {
  readonly name: string
  /** attoFIL per GiB and epoch for each month. */
  readonly asks: readonly bigint[]
  /** Epochs until it has fetched a piece, and until it has sealed it after. */
  readonly patience: number
  readonly sealing: number
  /** Deals at a time. */
  readonly capacity: number
  /** When nothing is proven: what it published then is missed. */
  readonly idle: readonly Away[]
  /** Neither publishes nor proves; its sectors are faulty, and terminated after 42 days. */
  readonly away: readonly Away[]
  /** Gives everything up. */
  readonly exodus: number | undefined
  /** Per cent of its sectors that it gives up early. */
  readonly quits: number
}

/** f05's Boost default, attoFIL per GiB and epoch. */
const BASE = 50_000_000
/** Prices rise in the first autumn and fall until the next summer: per cent, month by month. */
const MARKET = [
  80, 78, 76, 75, 77, 80, 84, 88, 92, 97, 102, 107, 110, 108, 104, 98, 92, 86, 80, 78, 80, 84, 86,
  88, 88,
]
/** Days on which f05's least collateral changes, and the circulating supply from then on, per cent of the devnet's. */
export const SUPPLY: readonly (readonly [day: number, percent: number])[] = [
  [200, 106],
  [330, 124],
  [480, 109],
  [600, 104],
]

const forever: Away = { from: 0, to: 100 * YEARS }
const days = (from: number, to: number): Away => ({ from: from * DAY, to: to * DAY })

interface Whim extends Partial<Pick<Character, 'idle' | 'away' | 'exodus' | 'quits'>> {
  readonly name: string
}
const WHIMS: readonly Whim[] = [
  { name: 'steady' },
  { name: 'steady' },
  { name: 'steady' },
  { name: 'steady' },
  { name: 'steady' },
  { name: 'steady' },
  { name: 'never proves', idle: [forever] },
  { name: 'learns to prove', idle: [days(0, 240)] },
  { name: 'quits often', quits: 45 },
  { name: 'gives all up', exodus: 305 * DAY, away: [days(305, 365)] },
  { name: 'vanishes', away: [days(270, 100_000)] },
  { name: 'comes and goes', away: [days(150, 175), days(340, 440), days(610, 640)] },
]

export function characters({ between }: Dice): Character[] {
  return WHIMS.map(({ name, idle = [], away = [], exodus, quits = 0 }) => {
    const level = between(88, 112)
    return {
      name,
      asks: MARKET.map((percent) =>
        BigInt(Math.round((BASE * percent * level * between(94, 106)) / 1e6)),
      ),
      patience: between(0, 1) * SLOT,
      sealing: between(0, 1) * SLOT,
      capacity: between(22, 40),
      idle,
      away,
      exodus,
      quits,
    }
  })
}

export function isWithin(list: readonly Away[], at: number): boolean {
  return list.some(({ from, to }) => at >= from && at < to)
}

export function slotAfter(epoch: number): number {
  return Math.ceil((epoch + 1) / SLOT) * SLOT
}
