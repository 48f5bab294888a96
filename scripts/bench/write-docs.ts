/** Puts the figures of a run into docs/performance.md, between its markers, and draws the plot when the run has growth. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { ROOT } from './child.ts'
import { hasGrowth, PLOT, plotOf } from './plot.ts'
import type { Report } from './report.ts'
import { markdownOf } from './tables.ts'

export const PAGE = join(ROOT, 'docs', 'performance.md')

export async function writeDocs(report: Report): Promise<void> {
  await writeFile(PAGE, await pageWith(placeOf(report), markdownOf(report)))
  if (hasGrowth(report)) await writeFile(PLOT, plotOf(report))
}

/** Runs of one group that have a place of their own: they take a minute, the whole a quarter of an hour. */
const PLACES: Readonly<Record<string, string>> = { 'aggregate/': 'aggregates', 'keep/': 'keep' }

function placeOf({ rows }: Report): string {
  const alone = Object.keys(PLACES).find((group) => rows.every(({ id }) => id.startsWith(group)))
  return PLACES[alone ?? ''] ?? 'bench'
}

/** The page as it would be with other figures in one of its places, formatted. */
export async function pageWith(place: string, figures: string): Promise<string> {
  const page = withFigures(await readFile(PAGE, 'utf8'), figures, place)
  return format(page, { ...(await resolveConfig(PAGE)), parser: 'markdown' })
}

/** @throws Error unless the page has both markers, in order */
export function withFigures(page: string, figures: string, place: string): string {
  const before = `<!-- ${place}:begin -->`
  const after = `<!-- ${place}:end -->`
  const begin = page.indexOf(before)
  const end = page.indexOf(after)
  if (begin < 0 || end < begin) throw new Error(`the page lacks ${before} … ${after}`)
  return `${page.slice(0, begin + before.length)}\n\n${figures}\n\n${page.slice(end)}`
}
