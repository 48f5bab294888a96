/** The codes that docs/troubleshooting.md names exist, and mean what stands beside them. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { errorCodes } from '../../src/errors.ts'

describe('docs/troubleshooting.md', () => {
  let page = ''
  before(async () => {
    page = await readFile('docs/troubleshooting.md', 'utf8')
  })

  it('names error codes that there are', () => {
    const codes = [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code = '']) => code)
    expect(codes).to.have.length.above(8)
    expect(Object.keys(errorCodes)).to.include.members(codes)
  })
})
