/** Writes the catalogue of checks into docs/doctor.md, between its marks: `node scripts/doctor-page.ts`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { GROUPS } from '../src/doctor/check.ts'
import { CHECKS, groupOf } from '../src/doctor/diagnose.ts'

export const PAGE = 'docs/doctor.md'
const BEGIN = '<!-- checks: written by scripts/doctor-page.ts -->'
const END = '<!-- end of checks -->'

/** `page` with the catalogue of now. */
export function withChecks(page: string): string {
  const [before = '', rest = ''] = page.split(BEGIN)
  const [, after = ''] = rest.split(END)
  return `${before}${BEGIN}\n\n${chapters()}\n\n${END}${after}`
}

function chapters(): string {
  return GROUPS.map((group) => {
    const own = CHECKS.filter((check) => groupOf(check) === group)
    const lines = own.map(
      ({ code, title, by, why, fix, source }) =>
        `- **${code}** ${title} _(${by.join(', ')})_. ${plain(why)} ${plain(fix)} Source: ${plain(source)}.`,
    )
    return `### ${group.charAt(0).toUpperCase()}${group.slice(1)}\n\n${lines.join('\n')}`
  }).join('\n\n')
}

/** Signs that Markdown would read. */
function plain(text: string): string {
  return text.replace(/[<>_*]/g, (sign) => `\\${sign}`)
}

if (process.argv[1]?.endsWith('doctor-page.ts') === true)
  writeFileSync(PAGE, withChecks(readFileSync(PAGE, 'utf8')))
