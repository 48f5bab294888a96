/**
 * The rule table of the client contract (docs/client-contract.md) speaks of tests and errors that exist, and leaves out
 * no error that the contract's interface declares.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

const page = readFileSync(new URL('../../docs/client-contract.md', import.meta.url), 'utf8')
const quoted = [...page.matchAll(/`(\w+)…?`/g)].map((match) => match[1] ?? '')

/** All Solidity below a folder of the repository, as one text. */
function sources(folder: string): string {
  const root = new URL(`../../${folder}/`, import.meta.url)
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sol'))
    .map((name) => readFileSync(new URL(name, root), 'utf8'))
    .join('\n')
}

describe('the rule table of the client contract', () => {
  it('names tests that exist', () => {
    const named = quoted.filter((name) => /^(test(Fuzz)?|invariant)_|Test$/.test(name))
    expect(named.length).to.be.greaterThan(80)
    const tests = sources('test/contracts')
    const missing = named.filter(
      (name) => !new RegExp(`(function|contract) ${name}\\b`).test(tests),
    )
    expect(missing).to.deep.equal([])
  })

  it('names every error that the interface declares', () => {
    const declared = [...sources('contracts/interfaces').matchAll(/^\s+error (\w+)\(/gm)].map(
      (match) => match[1] ?? '',
    )
    expect(declared.length).to.be.greaterThan(30)
    expect(declared.filter((name) => !quoted.includes(name))).to.deep.equal([])
  })
})
