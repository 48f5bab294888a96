/** Puts the figures of a run into docs/performance.md, between its markers, and draws the plot when the run has growth. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { ROOT } from './child.ts'
import { hasGrowth, PLOT, plotOf } from './plot.ts'
import type { Report } from './report.ts'
import { markdownOf } from './tables.ts'

const PAGE = join(ROOT, 'docs', 'performance.md')
const BEGIN = '<!-- bench:begin -->'
const END = '<!-- bench:end -->'

export async function writeDocs(report: Report): Promise<void> {
  const page = withFigures(await readFile(PAGE, 'utf8'), markdownOf(report))
  const style = await resolveConfig(PAGE)
  await writeFile(PAGE, await format(page, { ...style, parser: 'markdown' }))
  if (hasGrowth(report)) await writeFile(PLOT, plotOf(report))
}

/** @throws Error unless the page has both markers, in order */
export function withFigures(page: string, figures: string): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`the page lacks ${BEGIN} … ${END}`)
  return `${page.slice(0, begin + BEGIN.length)}\n\n${figures}\n\n${page.slice(end)}`
}
