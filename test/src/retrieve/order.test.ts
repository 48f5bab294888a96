import { expect } from 'chai'
import { comparePaths } from '../../../src/retrieve/order.ts'

/** In the order of a payload: what a depth-first walk over names sorted by `LC_ALL=C sort` meets. */
const ORDER = [
  '',
  ' ',
  'a',
  'a/\u{1f4be}',
  'a/\u{1f4be}/x',
  'a!',
  'a.b',
  'b',
  'ü',
  '\uffee',
  '\u{1f4be}',
]

describe('retrieve/order', () => {
  it('sorts a folder before what is in it, and names by their bytes', () => {
    const paths = ORDER.map((path) => (path === '' ? [] : path.split('/')))
    for (const [i, a] of paths.entries())
      for (const [j, b] of paths.entries())
        expect(Math.sign(comparePaths(a, b)), `${ORDER[i]} ${ORDER[j]}`).to.equal(Math.sign(i - j))
  })
})
