/** What the two years come to: copies over time, exactly, from the deals; who earned what. */
import type { Copy } from './records.ts'
import type { Years } from './run.ts'
import { DAY } from './providers.ts'

export interface Step {
  readonly from: number
  readonly to: number
  /** Active copies in between. */
  readonly copies: number
}

/** Epochs in which f05 called the copy active. */
export function lifeOf({
  activatedAt,
  lostAt,
  attempt,
}: Copy): readonly [number, number] | undefined {
  if (activatedAt === undefined) return undefined
  return [activatedAt, lostAt ?? attempt.end]
}

/** How many copies were active, from the first activation to the end. */
export function courseOf(copies: readonly Copy[], end: number): Step[] {
  const lives = copies.flatMap((copy) => {
    const life = lifeOf(copy)
    return life === undefined ? [] : [life]
  })
  const bounds = [...new Set([...lives.flat(), end])].filter((at) => at <= end)
  const steps: Step[] = []
  for (const [index, from] of bounds.toSorted((a, b) => a - b).entries()) {
    const to = bounds.toSorted((a, b) => a - b)[index + 1]
    if (to === undefined) break
    const count = lives.filter(([a, b]) => a <= from && from < b).length
    const last = steps.at(-1)
    if (last?.copies === count) steps[steps.length - 1] = { ...last, to }
    else steps.push({ from, to, copies: count })
  }
  return steps
}

/** Epochs below a number of copies. */
function timeBelow(course: readonly Step[], copies: number): number {
  return course.reduce((sum, { from, to, copies: n }) => sum + (n < copies ? to - from : 0), 0)
}

/** attoFIL that f05 moves from client to provider until it settles the deal at `settledAt`. */
export function earnedBy({ activatedAt, lostAt, attempt }: Copy, settledAt: number): bigint {
  if (activatedAt === undefined) return 0n
  const until = lostAt ?? Math.min(attempt.end, settledAt)
  return attempt.price * BigInt(Math.max(0, until - attempt.start))
}

/** Its provider's collateral is burnt: it gave the deal up, or never proved it. */
export function isBurnt({ activatedAt, lostAt, attempt }: Copy, settledAt: number): boolean {
  return lostAt !== undefined || (activatedAt === undefined && attempt.start <= settledAt)
}

export function copiesOf({ copies }: Years, store: number): Copy[] {
  return copies.filter(({ attempt }) => attempt.store === store)
}

export type Figures = ReturnType<typeof figuresOf>

export function figuresOf(years: Years) {
  const { stores, end, pays, attempts, copies, keepers } = years
  const perStore = stores.map(({ kind, purse, policy }, place) => {
    const id = place + 1
    const own = copiesOf(years, id)
    const course = courseOf(own, end)
    const span = course.reduce((sum, { from, to }) => sum + to - from, 0)
    return {
      id,
      kind,
      purse,
      course,
      span,
      least: Math.min(...course.map((step) => step.copies)),
      below: timeBelow(course, Number(policy.replicas)),
      dark: timeBelow(course, 1),
      pays: pays.filter(({ store }) => store === id),
      deals: own.length,
    }
  })
  const count = (reason: string) => attempts.filter((one) => one.reason === reason).length
  const span = perStore.reduce((sum, one) => sum + one.span, 0)
  const full = perStore.filter(({ purse }) => purse === 'full')
  const below = perStore.reduce((sum, one) => sum + one.below, 0)
  const belowFull = full.reduce((sum, one) => sum + one.below, 0)
  const paidTo = (address: string) => pays.filter(({ keeper }) => keeper === address)
  const settled = (copy: Copy) => years.settledAt.get(copy.dealId) ?? end
  return {
    perStore,
    attempts: attempts.length,
    byReason: Object.fromEntries(
      ['First', 'Renewal', 'Repair', 'Missing', 'Retry', 'AtCeiling'].map((r) => [r, count(r)]),
    ),
    deals: copies.length,
    missed: copies.filter((one) => one.activatedAt === undefined && one.attempt.start <= end)
      .length,
    terminated: copies.filter((one) => one.lostAt !== undefined).length,
    spanDays: Math.round(span / DAY),
    belowShare: below / span,
    belowFullShare: belowFull / full.reduce((sum, one) => sum + one.span, 0),
    leastFull: Math.min(...full.map(({ least }) => least)),
    earned: copies.reduce((sum, copy) => sum + earnedBy(copy, settled(copy)), 0n),
    burnt: copies.reduce(
      (sum, copy) => sum + (isBurnt(copy, settled(copy)) ? copy.attempt.collateral : 0n),
      0n,
    ),
    pay: pays.reduce((sum, { paid }) => sum + paid, 0n),
    keepers: keepers.map(({ name, address }) => ({
      name,
      pokes: paidTo(address).length,
      paid: paidTo(address).reduce((sum, { paid }) => sum + paid, 0n),
    })),
  }
}
