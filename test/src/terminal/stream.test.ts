import { expect } from 'chai'
import { hasColour } from '../../../src/terminal/stream.ts'

describe('terminal/stream', () => {
  const terminal = { write: () => true, isTTY: true }
  it('uses colours on a terminal only', () => {
    expect(hasColour(terminal, {})).to.equal(true)
    expect(hasColour({ write: () => true }, {})).to.equal(false)
  })
  it('respects NO_COLOR and a dumb terminal', () => {
    expect(hasColour(terminal, { NO_COLOR: '1' })).to.equal(false)
    expect(hasColour(terminal, { NO_COLOR: '' })).to.equal(true)
    expect(hasColour(terminal, { TERM: 'dumb' })).to.equal(false)
  })
})
