/** What README and docs tell to type exists, and what they link to is there. */
import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tasks } from '../../tasks/index.ts'
import { PAGES } from './support/pages.ts'

/** Tasks of Hardhat and its plugins that the pages name. */
const FOREIGN_TASKS = new Set(['build', 'test', 'keystore', 'node'])
const GLOBAL_OPTIONS = ['--network', '--help', '--show-stack-traces']

interface Definition {
  readonly id: readonly string[]
  readonly options: Readonly<Record<string, { readonly name: string }>>
}

const toKebab = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const options = new Map(
  (tasks as unknown as Definition[]).map((task) => [
    task.id.join(' '),
    Object.values(task.options).map(({ name }) => `--${toKebab(name)}`),
  ]),
)

/** `word` and what follows it, up to the end of the command: a line, a code span, a comment, a pipe. */
function commands(page: string, start: string): string[][] {
  const text = readFileSync(page, 'utf8')
  return [...text.matchAll(new RegExp(`${start} +([^\\n\`#|&;]+)`, 'g'))].map(([, rest = '']) =>
    rest.trim().split(/\s+/),
  )
}

for (const page of PAGES) {
  describe(page, () => {
    for (const [task = '', ...words] of commands(page, 'npx hardhat')) {
      if (task.startsWith('-') || /^[^a-z]/.test(task)) continue
      it(`npx hardhat ${[task, ...words].join(' ')}`, () => {
        if (FOREIGN_TASKS.has(task)) return
        // `localnet mine` is a task of its own.
        const known = options.get(`${task} ${words[0]}`) ?? options.get(task)
        expect(known, `no task ${task}`).to.not.equal(undefined)
        for (const word of words) {
          if (!word.startsWith('--') || word === '--') continue
          const [option = ''] = word.split('=')
          expect([...(known ?? []), ...GLOBAL_OPTIONS]).to.include(option)
        }
      })
    }

    for (const words of commands(page, 'npm run')) {
      const script = words.find((word) => !word.startsWith('-')) ?? ''
      it(`npm run ${script}`, async () => {
        const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
          scripts: Record<string, string>
        }
        expect(Object.keys(scripts)).to.include(script)
        const [, file = ''] = /(scripts\/[\w-]+\.\w+)$/.exec(scripts[script] ?? '') ?? []
        if (file !== '') await access(file)
      })
    }

    it('links to files that exist', async () => {
      const text = await readFile(page, 'utf8')
      for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:|^#/.test(target)) continue
        const [path = ''] = target.split('#')
        await access(join(dirname(page), path))
      }
    })
  })
}
