/** README and docs as data: their shell blocks, and the commands in them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]

/** One line of a block ```sh. */
export interface Line {
  readonly page: string
  /** From 1. */
  readonly number: number
  /** Without its remark. */
  readonly text: string
  /** Name of the markers `<!-- name:begin -->` … `<!-- name:end -->` around it, if there are any. */
  readonly place: string | undefined
}

export function shellLines(page: string): Line[] {
  const lines: Line[] = []
  let inBlock = false
  let place: string | undefined
  for (const [index, line] of readFileSync(page, 'utf8').split('\n').entries()) {
    const [, name, edge] = /^<!-- ([\w-]+):(begin|end) -->$/.exec(line) ?? []
    if (name !== undefined) place = edge === 'begin' ? name : undefined
    if (/^\s*```/.test(line)) inBlock = !inBlock && /^\s*```sh$/.test(line)
    else if (inBlock) {
      const text = line.replace(/(^|\s)#.*$/, '').trim()
      if (text !== '') lines.push({ page, number: index + 1, text, place })
    }
  }
  return lines
}
