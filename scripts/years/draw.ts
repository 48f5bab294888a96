/** Two simulated years as an SVG: the active copies of each store over time, what befell them, and the providers below. */
import type { Copy } from '../../test/e2e/years/records.ts'
import { copiesOf, courseOf, figuresOf, lifeOf } from '../../test/e2e/years/figures.ts'
import { type Away, DAY, MONTH, YEARS } from '../../test/e2e/years/providers.ts'
import type { Years } from '../../test/e2e/years/run.ts'

const WIDTH = 1180
const LEFT = 168
const RIGHT = WIDTH - 96
const TOP = 96
const ROW = 13
const BAND = 9
const GAP = 46
const ASKS = 74
/** 0, 1, 2, 3 and more copies. */
const COLOURS = ['#c53030', '#ed8936', '#ecc94b', '#68b984'] as const
const INK = '#102a43'
const SOFT = '#486581'
const FAINT = '#d9e2ec'

type Mark = 'renewal' | 'repair' | 'terminated' | 'missed'
const MARKS: Readonly<Record<Mark, (x: number, y: number) => string>> = {
  renewal: (x, y) => `<path d="M${x} ${y - 5}v10" stroke="#1a4f8b" stroke-width="1.6"/>`,
  repair: (x, y) => `<path d="M${x - 3.5} ${y}l3.5 -3.5l3.5 3.5l-3.5 3.5z" fill="#5b2a86"/>`,
  terminated: (x, y) =>
    `<path d="M${x - 2.6} ${y - 2.6}l5.2 5.2m0 -5.2l-5.2 5.2" stroke="#7b0f1f" stroke-width="1.8"/>`,
  missed: (x, y) => `<circle cx="${x}" cy="${y}" r="2.7" fill="#fff" stroke="#7b0f1f"/>`,
}

export function drawYears(years: Years): string {
  const { first, stores, cast, seed } = years
  const figures = figuresOf(years)
  const x = (epoch: number) =>
    tenth(LEFT + ((RIGHT - LEFT) * (Math.min(epoch, first + YEARS) - first)) / YEARS)
  const providersTop = TOP + stores.length * ROW + GAP
  const asksTop = providersTop + cast.length * ROW + GAP
  const height = asksTop + ASKS + 42
  const summary =
    `${figures.deals} deals, ${figures.terminated} terminated, ${figures.missed} never activated; ` +
    `below three copies ${percent(figures.belowFullShare)} of the time of funded stores, never below ` +
    `${figures.leastFull === 1 ? 'one' : String(figures.leastFull)}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="ui-sans-serif, system-ui, sans-serif" font-size="12" role="img" aria-labelledby="t d">`,
    '  <title id="t">Two simulated years of fifty stores that are kept at three copies by twelve providers</title>',
    `  <desc id="d">${summary}</desc>`,
    `  <rect width="${WIDTH}" height="${height}" rx="12" fill="#f7fafc"/>`,
    text(
      24,
      32,
      'Two simulated years: active copies of fifty stores',
      17,
      INK,
      ' font-weight="600"',
    ),
    text(24, 52, `${summary}. Seed ${seed}.`, 12, SOFT),
    ...legend(72),
    ...months(x, first, TOP - 8, asksTop + ASKS),
    ...figures.perStore.flatMap((store, place) => {
      const y = TOP + place * ROW
      return [
        text(24, y + 9, `${store.id}`, 10, SOFT),
        text(
          46,
          y + 9,
          store.purse === 'full' ? store.kind : `${store.kind}, ${POOR[store.purse]}`,
          10,
          INK,
        ),
        ...courseOf(copiesOf(years, store.id), years.end).map(({ from, to, copies }) =>
          band(x(from), x(to), y, copies),
        ),
        ...marksOf(years, store.id).map(([at, mark]) => `  ${MARKS[mark](x(at), y + BAND / 2)}`),
        text(RIGHT + 8, y + 9, `${(store.below / DAY).toFixed(0)} d`, 10, SOFT),
      ]
    }),
    text(RIGHT + 8, TOP - 8, 'below target', 10, SOFT),
    text(
      24,
      providersTop - 12,
      'Providers, and the copies that they hold',
      13,
      INK,
      ' font-weight="600"',
    ),
    ...cast.flatMap(({ name, away, idle }, place) => {
      const y = providersTop + place * ROW
      const id = 1000 + place
      const own = years.copies.filter(({ provider }) => provider === id)
      return [
        text(24, y + 9, `f0${id}`, 10, SOFT),
        text(70, y + 9, name, 10, INK),
        ...holdings(own, years.end).map(
          ({ from, to, copies }) =>
            `  <rect x="${x(from)}" y="${y}" width="${tenth(x(to) - x(from))}" height="${BAND}" fill="#1d6fa5" fill-opacity="${shade(copies)}"/>`,
        ),
        ...away.map((one) => state(one, '#c53030', x, first, y)),
        ...idle.map((one) => state(one, '#829ab1', x, first, y)),
        ...own
          .filter(({ lostAt }) => lostAt !== undefined)
          .map(({ lostAt = 0 }) => `  ${MARKS.terminated(x(lostAt), y + BAND / 2)}`),
      ]
    }),
    text(
      24,
      asksTop - 12,
      'What each asks, and what stores offer at first',
      13,
      INK,
      ' font-weight="600"',
    ),
    ...asks(years, x, asksTop),
    '</svg>',
    '',
  ].join('\n')
}

const POOR = { late: 'filled late', once: 'paid once', full: '' } as const

/** Poke by poke, and what befell the deals. */
function marksOf(years: Years, store: number): (readonly [number, Mark])[] {
  const lost = copiesOf(years, store).flatMap((copy): (readonly [number, Mark])[] => {
    if (copy.lostAt !== undefined) return [[copy.lostAt, 'terminated']]
    const { activatedAt, attempt } = copy
    return activatedAt === undefined && attempt.start < years.end ? [[attempt.start, 'missed']] : []
  })
  const pokes = years.attempts
    .filter((one) => one.store === store)
    .flatMap(({ at, reason }): (readonly [number, Mark])[] => {
      if (reason === 'Renewal') return [[at, 'renewal']]
      return reason === 'Repair' ? [[at, 'repair']] : []
    })
  return [...lost, ...pokes]
}

function holdings(own: readonly Copy[], end: number) {
  return own.some((copy) => lifeOf(copy) !== undefined) ? courseOf(own, end) : []
}

function shade(copies: number): number {
  return Math.min(0.95, Math.round((copies === 0 ? 0 : 0.12 + copies * 0.022) * 1000) / 1000)
}

function band(from: number, to: number, y: number, copies: number): string {
  const level = Math.min(copies, 3)
  // Fewer copies are also lower, for eyes that do not see the colours.
  const height = level === 0 ? 2 : (BAND * level) / 3
  return `  <rect x="${from}" y="${tenth(y + BAND - height)}" width="${tenth(to - from)}" height="${tenth(height)}" fill="${COLOURS[level] ?? ''}"/>`
}

function state(
  { from, to }: Away,
  colour: string,
  x: (at: number) => number,
  first: number,
  y: number,
) {
  const [a, b] = [x(first + from), x(first + to)]
  return `  <rect x="${a}" y="${y - 1}" width="${tenth(b - a)}" height="${BAND + 2}" fill="none" stroke="${colour}" stroke-dasharray="3 2"/>`
}

function legend(y: number): string[] {
  const parts: string[] = []
  let at = LEFT
  const add = (shape: string, words: string, width: number) => {
    parts.push(`  ${shape}`, text(at + 16, y + 4, words, 11, SOFT))
    at += width
  }
  for (const copies of [3, 2, 1, 0])
    add(
      band(at, at + 12, y - 4, copies).trim(),
      copies === 3 ? '3 or more' : `${copies}`,
      copies === 3 ? 86 : 40,
    )
  at += 12
  add(MARKS.renewal(at + 6, y), 'renewed', 78)
  add(MARKS.repair(at + 6, y), 'repaired', 80)
  add(MARKS.terminated(at + 6, y), 'terminated', 92)
  add(MARKS.missed(at + 6, y), 'never activated', 120)
  add(
    `<rect x="${at}" y="${y - 5}" width="12" height="11" fill="none" stroke="#c53030" stroke-dasharray="3 2"/>`,
    'provider away',
    106,
  )
  add(
    `<rect x="${at}" y="${y - 5}" width="12" height="11" fill="none" stroke="#829ab1" stroke-dasharray="3 2"/>`,
    'proves nothing',
    110,
  )
  return parts
}

function months(x: (at: number) => number, first: number, top: number, bottom: number): string[] {
  return [0, 3, 6, 9, 12, 15, 18, 21, 24].flatMap((month) => {
    const at = x(first + Math.min(month * (YEARS / 24), YEARS))
    return [
      `  <path d="M${at} ${top}V${bottom}" stroke="${FAINT}"/>`,
      text(at, bottom + 18, `month ${month}`, 10, SOFT, ' text-anchor="middle"'),
    ]
  })
}

/** One line for each provider, and the first offer of most stores. */
function asks({ cast, first }: Years, x: (at: number) => number, top: number): string[] {
  const most = Math.max(...cast.flatMap((one) => one.asks.map(Number)))
  const y = (ask: number) => tenth(top + ASKS - (ASKS * ask) / (most * 1.05))
  const offer = y(OFFER)
  return [
    ...cast.map((one) => {
      const points = one.asks.map((ask, month) => `${x(first + month * MONTH)} ${y(Number(ask))}`)
      return `  <path d="M${points.join('L')}" fill="none" stroke="#1d6fa5" stroke-opacity="0.45"/>`
    }),
    `  <path d="M${LEFT} ${offer}H${RIGHT}" stroke="#5b2a86" stroke-dasharray="6 4"/>`,
    text(RIGHT + 8, offer + 4, 'first offer', 10, '#5b2a86'),
    text(24, top + ASKS / 2, 'attoFIL per GiB', 10, SOFT),
    text(24, top + ASKS / 2 + 13, 'and epoch', 10, SOFT),
    text(LEFT - 8, y(most) + 4, `${Math.round(most / 1e6)} M`, 10, SOFT, ' text-anchor="end"'),
    text(LEFT - 8, top + ASKS, '0', 10, SOFT, ' text-anchor="end"'),
  ]
}

const OFFER = 50_000_000

function text(x: number, y: number, words: string, size: number, fill: string, more = ''): string {
  return `  <text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${more}>${words}</text>`
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
