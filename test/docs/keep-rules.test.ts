/** docs/keep-rules.md leaves out no reason, names tests that exist, and every test of a rule. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { REASONS } from '../../src/keep/reason.ts'

const page = readFileSync('docs/keep-rules.md', 'utf8').replaceAll(/\s+/g, ' ')
const sources = readdirSync('test/src/keep')
  .map((name) => readFileSync(`test/src/keep/${name}`, 'utf8'))
  .join('\n')

describe('the rules of docs/keep-rules.md', () => {
  it('name tests that exist', () => {
    const named = [...page.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? '')
    expect(named.length).to.be.greaterThan(55)
    expect(named.filter((name) => !sources.includes(`'${name}'`))).to.deep.equal([])
  })

  it('name every test of a rule', () => {
    const written = [...sources.matchAll(/^\s+'([a-z-]+: [^']+)',$/gm)].map(
      ([, name]) => name ?? '',
    )
    expect(written.length).to.be.greaterThan(45)
    expect(written.filter((name) => !page.includes(`"${name}"`))).to.deep.equal([])
  })

  it('have a row for each reason', () => {
    expect(REASONS.filter((reason) => !page.includes(`\`${reason}\``))).to.deep.equal([])
  })
})
