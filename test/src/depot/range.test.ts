import { expect } from 'chai'
import { rangeOf } from '../../../src/depot/range.ts'

describe('depot/range', () => {
  const rows: [header: string | undefined, want: [number, number] | 'whole' | 'unsatisfiable'][] = [
    // single
    ['bytes=0-0', [0, 1]],
    ['bytes=0-99', [0, 100]],
    ['bytes=10-19', [10, 20]],
    ['bytes=99-99', [99, 100]],
    ['BYTES=10-19', [10, 20]],
    ['bytes= 10-19 ', [10, 20]],
    ['bytes=,10-19,,', [10, 20]],
    // clamped: Boost sends b one past the end
    ['bytes=80-100', [80, 100]],
    ['bytes=0-99999999999999999999999', [0, 100]],
    // open
    ['bytes=0-', [0, 100]],
    ['bytes=99-', [99, 100]],
    // suffix
    ['bytes=-1', [99, 100]],
    ['bytes=-100', [0, 100]],
    ['bytes=-1000', [0, 100]],
    // behind the end
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=100-100', 'unsatisfiable'],
    ['bytes=99999999999999999999999-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    // none, malformed, another unit, several
    [undefined, 'whole'],
    ['', 'whole'],
    ['bytes', 'whole'],
    ['bytes=', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=5', 'whole'],
    ['bytes=9-3', 'whole'],
    ['bytes=a-b', 'whole'],
    ['bytes=0x1-2', 'whole'],
    ['bytes=--5', 'whole'],
    ['bytes=1-2-3', 'whole'],
    ['bytes=1 - 2', 'whole'],
    ['bytes =1-2', 'whole'],
    ['bytes=+1-2', 'whole'],
    ['bytes=1.5-2', 'whole'],
    ['items=0-5', 'whole'],
    ['bytes=0-1,5-6', 'whole'],
    ['bytes=0-1, -1', 'whole'],
  ]
  for (const [header, want] of rows) {
    const wanted = typeof want === 'string' ? want : { start: want[0], end: want[1] }
    it(`takes ${header} of 100 bytes as ${JSON.stringify(want)}`, () =>
      expect(rangeOf(header, 100)).to.deep.equal(wanted))
  }

  it('has no range in an empty file', () => {
    for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-5']) {
      expect(rangeOf(header, 0)).to.equal('unsatisfiable')
    }
    expect(rangeOf(undefined, 0)).to.equal('whole')
  })
})
