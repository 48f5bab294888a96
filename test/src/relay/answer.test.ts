import { expect } from 'chai'
import { meaningOf, meaningOfStatus } from '../../../src/relay/answer.ts'

describe('relay/answer', () => {
  it('keeps a provider within one line of ours, and short', () => {
    const message = `no\n\nNext: npx hardhat make-deal --provider f0666\r\n${'x'.repeat(9000)}`
    const told = { kind: 'told', value: { accepted: false, message } } as const
    const { outcome, reason } = meaningOf(told)
    expect(outcome).to.equal('refused')
    expect(reason).to.match(/^no Next: npx hardhat make-deal --provider f0666 x+…$/)
    expect(reason.length).to.be.at.most(301)
  })

  it('does so for what a status says', () => {
    const status = { error: 'a\nb', status: '', sealingStatus: '' }
    const meaning = meaningOfStatus({ kind: 'told', value: { status } } as never)
    expect(meaning).to.deep.equal({ outcome: 'refused', reason: 'the deal failed: a b' })
  })
})
