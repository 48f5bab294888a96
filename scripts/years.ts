/**
 * `npm run years`: two simulated years, as a timeline. `-- --write` draws them into docs/perpetual-years.svg and writes their
 * figures into docs/perpetual-years.md. Another seed with SEALIFT_SEED=…
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { SEED, twoYears } from '../test/e2e/years/run.ts'
import { drawYears } from './years/draw.ts'
import { MARKERS, pageOf, timelineOf } from './years/page.ts'

const docs = join(import.meta.dirname, '..', 'docs')
const years = await twoYears(process.env['SEALIFT_SEED'] ?? SEED)
process.stdout.write(timelineOf(years))
if (process.argv.includes('--write')) {
  writeFileSync(join(docs, 'perpetual-years.svg'), drawYears(years))
  const page = join(docs, 'perpetual-years.md')
  const [before, rest = ''] = readFileSync(page, 'utf8').split(MARKERS[0])
  const text = `${before}${pageOf(years)}${rest.split(MARKERS[1])[1] ?? ''}`
  writeFileSync(page, await format(text, { ...(await resolveConfig(page)), filepath: page }))
}
