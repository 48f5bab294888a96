import { expect } from 'chai'
import { answersOf, findingsOf, unanswered } from '../../../scripts/audit/findings.ts'

const element = (contract: string, name: string) => ({
  name,
  type_specific_fields: { parent: { name: contract } },
})
const report = {
  success: true,
  error: null,
  results: {
    detectors: [
      { check: 'calls-loop', elements: [element('Client', 'observe')] },
      { check: 'calls-loop', elements: [element('Client', 'observe')] },
      { check: 'assembly', elements: [element('Cbor', '_take'), element('Cbor', '_head')] },
    ],
  },
}
const page = `
| detector | where | times | answer |
|---|---|--:|---|
| \`calls-loop\` | \`Client.observe\` | 2 | The caller's own list. |
| \`assembly\` | \`Cbor._take\` | 1 | Copies. |
`

describe('scripts/audit/findings', () => {
  it('takes every finding that is answered as often as it is found', () => {
    expect(unanswered(findingsOf(report), answersOf(page))).to.deep.equal([])
  })

  it('names findings without an answer, and answers without a finding', () => {
    const other = page.replace('Client.observe', 'Client.settle')
    expect(unanswered(findingsOf(report), answersOf(other))).to.deep.equal([
      'calls-loop in Client.observe: found 2 times, answered 0',
      'calls-loop in Client.settle: found 0 times, answered 2',
    ])
  })

  it('names a finding that is there more often than before', () => {
    const once = page.replace('| 2 |', '| 1 |')
    expect(unanswered(findingsOf(report), answersOf(once))).to.deep.equal([
      'calls-loop in Client.observe: found 2 times, answered 1',
    ])
  })

  it('does not take an empty answer', () => {
    expect(answersOf('| `assembly` | `Cbor._take` | 1 | |')).to.deep.equal([])
  })

  it('does not take a failed analysis for a clean one', () => {
    const failed = { success: false, error: 'no compiler', results: {} }
    expect(() => findingsOf(failed)).to.throw('no compiler')
  })
})
