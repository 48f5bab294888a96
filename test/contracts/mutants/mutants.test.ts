import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { hubMutants } from './hub.ts'
import { mutants as clientMutants } from './mutants.ts'
import { perpetualMutants } from './perpetual.ts'

const mutants = [...clientMutants, ...hubMutants, ...perpetualMutants]

const ROOT = new URL('../../../', import.meta.url)

/** `npm run mutants` takes minutes; that its bugs can still be planted is known at once. */
describe('the planted bugs', () => {
  it('are more than twelve, each with a name of its own', () => {
    const names = new Set(mutants.map(({ name }) => name))
    expect(names.size).to.equal(mutants.length).and.to.be.greaterThan(12)
  })

  for (const { name, edits } of mutants) {
    it(`${name}: what it replaces stands in the sources once`, () => {
      for (const { file, find, replace } of edits) {
        const source = readFileSync(new URL(file, ROOT), 'utf8')
        expect(source.split(find).length - 1, `${file}: ${find}`).to.equal(1)
        expect(replace).to.not.equal(find)
      }
    })
  }
})
