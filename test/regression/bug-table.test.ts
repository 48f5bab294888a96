/** The table of the old kits' bugs (docs/starter-kit-bugs.md) leaves out no number, and names tests that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

const page = readFileSync('docs/starter-kit-bugs.md', 'utf8')
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()))

const solidity = readdirSync('test/contracts', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.sol'))
  .map((name) => readFileSync(`test/contracts/${name}`, 'utf8'))
  .join('\n')
const tools = [
  'test/regression/starter-kit.test.ts',
  'test/e2e/story/aggregator.test.ts',
  'test/src/keep/decide.test.ts',
]
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')
const quoted = (text: string): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '')

describe('the table of the old kits’ bugs', () => {
  it('has a row for each number', () => {
    const numbers = rows.map(([, number]) => number)
    for (let n = 1; n <= 17; n++) {
      expect(numbers.filter((number) => number === `B${n}`)).to.have.length(1)
      expect(numbers.filter((number) => number === `7.1.${n}`)).to.have.length(1)
    }
  })

  it('says in each row how it is tested, or where it will be', () => {
    for (const [, number = '', , , test = ''] of rows) {
      if (/^-+$/.test(number) || number === 'number') continue
      expect(test, number).to.match(/`test_|`test\/|"(B\d+|7\.1)|to be tested|To be tested/)
    }
  })

  it('names tests and files that exist', () => {
    const names = quoted(page)
    const tests = names.filter((name) => /^test(Fuzz)?_\w+$|^\w+Test$/.test(name))
    expect(tests.length).to.be.greaterThan(45)
    const missing = tests.filter(
      (name) => !new RegExp(`(function|contract) ${name}\\b`).test(solidity),
    )
    expect(missing).to.deep.equal([])
    for (const path of names.filter((name) => name.startsWith('test/'))) {
      expect(existsSync(path), path).to.equal(true)
    }
  })

  it('names tests of the tools that exist', () => {
    const titles = [...page.matchAll(/"((?:B\d+|7\.1 tooling): [^"]+)"/g)].map(([, title]) => title)
    expect(titles.length).to.be.greaterThan(8)
    for (const title of titles) expect(tools).to.include(`'${title}'`)
  })

  it('names every test of the contract’s bugs', () => {
    const written = readdirSync('test/contracts/starter-kit').flatMap((name) =>
      [
        ...readFileSync(`test/contracts/starter-kit/${name}`, 'utf8').matchAll(
          /function (test_\w+)/g,
        ),
      ].map(([, test]) => test ?? ''),
    )
    expect(written.length).to.be.greaterThan(30)
    expect(written.filter((name) => !page.includes(`\`${name}\``))).to.deep.equal([])
  })
})
