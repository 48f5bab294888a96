/**
 * The rule tables of the contracts speak of tests and errors that exist, and leave out no error that a contract's interface
 * or library declares.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

const ROOT = new URL('../../', import.meta.url)

const PAGES = [
  {
    page: 'docs/client-contract.md',
    declaredIn: ['interfaces/IDealClient.sol', 'interfaces/IDealClientFactory.sol'],
    tests: 80,
    errors: 30,
  },
  {
    page: 'docs/aggregation-hub.md',
    declaredIn: ['interfaces/IAggregationHub.sol', 'piece/DataSegment.sol'],
    tests: 60,
    errors: 30,
  },
]

const tests = sources('test/contracts')

for (const { page, declaredIn, tests: testsAtLeast, errors: errorsAtLeast } of PAGES)
  describe(`the rules of ${page}`, () => {
    const text = readFileSync(new URL(page, ROOT), 'utf8')
    const quoted = [...text.matchAll(/`(\w+)…?`/g)].map((match) => match[1] ?? '')

    it('name tests that exist', () => {
      const named = quoted.filter((name) => /^(test(Fuzz)?|invariant)_|Test$/.test(name))
      expect(named.length).to.be.greaterThan(testsAtLeast)
      const missing = named.filter(
        (name) => !new RegExp(`(function|contract) ${name}\\b`).test(tests),
      )
      expect(missing).to.deep.equal([])
    })

    it('name every error that is declared', () => {
      const source = declaredIn
        .map((file) => readFileSync(new URL(`contracts/${file}`, ROOT), 'utf8'))
        .join('\n')
      const declared = [...source.matchAll(/^\s+error (\w+)\(/gm)].map((match) => match[1] ?? '')
      expect(declared.length).to.be.greaterThan(errorsAtLeast)
      expect(declared.filter((name) => !quoted.includes(name))).to.deep.equal([])
    })
  })

/** All Solidity below a folder of the repository, as one text. */
function sources(folder: string): string {
  const root = new URL(`${folder}/`, ROOT)
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sol'))
    .map((name) => readFileSync(new URL(name, root), 'utf8'))
    .join('\n')
}
