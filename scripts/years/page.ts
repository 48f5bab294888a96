/** The figures of two simulated years, as a page and as lines for a terminal. */
import { figuresOf, type Figures } from '../../test/e2e/years/figures.ts'
import { DAY } from '../../test/e2e/years/providers.ts'
import type { Years } from '../../test/e2e/years/run.ts'

/** Between these lines docs/perpetual-years.md is written by `npm run years -- --write`. */
export const MARKERS = ['<!-- years: begin -->', '<!-- years: end -->'] as const

/** Amounts follow from the gas of the compiled contracts: three digits are said, so that a byte more changes nothing. */
export function pageOf(years: Years): string {
  const f = figuresOf(years)
  const rows: (readonly [string, string])[] = [
    ['seed', `\`${years.seed}\``],
    ['time', '730 days, 2,102,400 epochs'],
    [
      'stores, accounts, providers',
      `${years.stores.length}, ${years.purses.length}, ${years.cast.length}`,
    ],
    [
      'proposals',
      `${f.attempts}: ${Object.entries(f.byReason)
        .map(([why, n]) => `${n} ${WORDS[why]}`)
        .join(', ')}`,
    ],
    [
      'deals',
      `${f.deals}, of which ${f.missed} were never activated and ${f.terminated} terminated`,
    ],
    ['least copies of a funded store, from its first activation', `${f.leastFull}`],
    ['time below three copies, funded stores', `${(100 * f.belowFullShare).toFixed(2)} %`],
    [
      'time below three copies, all stores',
      `${(100 * f.belowShare).toFixed(2)} % of ${f.spanDays.toLocaleString('en')} store days`,
    ],
    ['providers earned', fil(f.earned)],
    ['collateral burnt, of providers', fil(f.burnt)],
    ...f.keepers.map(({ name, pokes, paid }): [string, string] => [
      `keeper "${name}"`,
      `${pokes} pokes that changed something, ${fil(paid)}`,
    ]),
    ['pokes that changed nothing', 'paid 0 FIL'],
  ]
  const stores = f.perStore.map(({ id, kind, purse, deals, pays, below, dark, least }) =>
    [
      `${id}`,
      kind,
      PURSES[purse],
      `${deals}`,
      `${pays.length}`,
      `${least}`,
      days(below),
      days(dark),
    ].join(' | '),
  )
  return [
    MARKERS[0],
    '',
    '| what | |',
    '| --- | --- |',
    ...rows.map(([what, figure]) => `| ${what} | ${figure} |`),
    '',
    '| store | policy | purse | deals | pokes | least copies | below three | none |',
    '| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: |',
    ...stores.map((row) => `| ${row} |`),
    '',
    MARKERS[1],
  ].join('\n')
}

const WORDS: Readonly<Record<string, string>> = {
  First: 'first',
  Renewal: 'renewals',
  Repair: 'repairs',
  Missing: 'of missing copies',
  Retry: 'at a higher offer',
  AtCeiling: 'at the ceiling again',
}
const PURSES = { full: 'funded', late: 'filled on day 420', once: 'first terms only' } as const

/** FIL with three digits. */
function fil(atto: bigint): string {
  return `${Number((Number(atto) / 1e18).toPrecision(3))} FIL`
}

/** A line for each store: a sign for every ten days. */
export function timelineOf(years: Years): string {
  const f: Figures = figuresOf(years)
  const every = 10 * DAY
  const lines = f.perStore.map(({ id, kind, course, below }) => {
    let line = ''
    for (let at = years.first; at < years.end; at += every) {
      const inside = course.filter(({ from, to }) => from < at + every && to > at)
      const least = Math.min(...inside.map(({ copies }) => copies))
      line += inside.length === 0 ? ' ' : least >= 3 ? '█' : ('·▂▅'[least] ?? ' ')
    }
    return `${String(id).padStart(3)} ${kind.padEnd(13)} ${line} ${(below / DAY).toFixed(0).padStart(4)} d below`
  })
  const { attempts, deals, terminated, missed } = f
  return [
    `two years, seed ${years.seed}: each sign is the least of ten days: █ 3 copies or more, ▅ 2, ▂ 1, · none`,
    ...lines,
    `${attempts} proposals (${Object.entries(f.byReason)
      .map(([why, n]) => `${n} ${why}`)
      .join(', ')}), ${deals} deals, ${missed} missed, ${terminated} terminated`,
    `below three copies: ${(100 * f.belowFullShare).toFixed(2)} % of the time of funded stores, ${(100 * f.belowShare).toFixed(2)} % of all`,
    `providers earned ${f.earned} attoFIL, ${f.burnt} burnt of theirs; ${f.keepers.map(({ name, pokes, paid }) => `${name}: ${pokes} pokes, ${paid} attoFIL`).join('; ')}`,
    '',
  ].join('\n')
}

function days(epochs: number): string {
  return `${Math.round(epochs / DAY).toLocaleString('en')} days`
}
