import { expect } from 'chai'
import { formatTable } from '../../../src/terminal/table.ts'

describe('terminal/table', () => {
  it('aligns columns and pads no line end', () => {
    expect(
      formatTable([
        ['deal', 'provider', 'state'],
        ['1234', 'f01000', 'active'],
        ['5', 'f0', ''],
      ]),
    ).to.deep.equal(['deal  provider  state', '1234  f01000    active', '5     f0'])
  })
})
