/**
 * The commands of README and docs are typed as they stand there, in their order, beside a localnet: `--network calibration` becomes
 * `--network localnet`, words in capitals become what earlier commands printed, and paths are those of a folder of the reader.
 */
import { expect } from 'chai'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openTerminal, type Terminal } from '../e2e/support/terminal.ts'
import { random } from '../support/random.ts'
import { type Line, PAGES, shellLines } from './support/pages.ts'
import { runLine } from './support/type-it.ts'

/** Blocks whose commands another test types, because it looks at what comes of them. */
const TYPED_BY: Readonly<Record<string, string>> = {
  photos: 'test/e2e/terminals/photos.test.ts',
  kept: 'test/e2e/terminals/kept.test.ts',
}

/** What a page tells to type that no test can: the start of the line, and why. */
const NOT_TYPED: readonly (readonly [RegExp, string])[] = [
  [
    /^npm (test|run (demo|setup|bench|years|invariants|mutants|faults|--silent))/,
    'the gate runs it, or it takes long by design',
  ],
  [/^npx hardhat keystore /, "Hardhat's own, asks on a terminal"],
  [
    /^npx hardhat init-wallet/,
    'writes into the keystore of whoever runs the tests: test/tasks/init-wallet.test.ts types it',
  ],
  [/^npx hardhat localnet\b(?! \w)/, 'the localnet of this test is one'],
  [/--verify\b/, 'speaks to explorers: their test is test/tasks/verify.test.ts'],
]

const typed = (line: Line): boolean =>
  line.place === undefined || TYPED_BY[line.place] === undefined
    ? !NOT_TYPED.some(([start]) => start.test(line.text))
    : false

const pages = PAGES.map((page) => ({ page, lines: shellLines(page) }))

describe('the commands of the pages', function () {
  this.timeout(300_000)

  it('are typed, or it is said by which test or why not', () => {
    for (const [place, file] of Object.entries(TYPED_BY))
      expect(readFileSync(file, 'utf8'), file).to.include(`commandsOf('${place}')`)
    for (const { page, lines } of pages)
      for (const line of lines.filter(typed))
        expect(line.text, `${page}:${line.number}`).to.match(/^npx hardhat [a-z]/)
  })

  for (const { page, lines } of pages) {
    const commands = lines.filter(typed)
    if (commands.length === 0) continue
    describe(page, () => {
      let terminal: Terminal
      const known = new Map<string, string>()
      before(async () => {
        terminal = await openTerminal()
        await fillFolder(terminal.folder)
        // Pages other than the README take it for granted that its first steps are done.
        if (page === 'README.md') return
        const file = join(terminal.folder, 'data')
        await runLine(terminal, 'npx hardhat deploy --hub --perpetual', known)
        await runLine(terminal, `npx hardhat make-deal --file ${file} --wait`, known)
        await runLine(terminal, `npx hardhat prepare ${file}`, known)
      })
      after(() => terminal.close())

      for (const { number, text } of commands)
        it(`${number}: ${text}`, () => runLine(terminal, text, known))
    })
  }
})

describe('from clone to an active deal', () => {
  it('takes at most ten commands of the README', () => {
    const texts = shellLines('README.md').map(({ text }) => text)
    const start = texts.indexOf('npm run setup')
    const deal = texts.findIndex((text) => /^npx hardhat make-deal .*--wait/.test(text))
    expect(start).to.be.at.least(0)
    // Cloning, and going into the folder.
    expect(2 + deal - start + 1).to.be.within(4, 10)
    expect(existsSync('README.md')).to.equal(true)
  })
})

/** What a reader may have: a folder, photos, an archive. */
async function fillFolder(folder: string): Promise<void> {
  for (const name of ['data', 'photos', 'archive']) {
    await mkdir(join(folder, name))
    for (const file of ['a', 'b'])
      await writeFile(join(folder, name, file), random(20_000, `${name}/${file}`))
  }
  await writeFile(join(folder, 'README.md'), 'A file of the reader.\n'.repeat(20))
  expect(await readdir(folder)).to.include('README.md')
}
