import { expect } from 'chai'
import type { ProviderEvent } from '../../src/provider/events.ts'
import { createProgress } from '../../src/terminal/progress.ts'
import { followProvider } from '../../tasks/follow-providers.ts'
import { PROPOSAL_ID } from './support/documents.ts'

const ABOUT = { provider: 1000n, key: 'k', client: '0x', proposalId: PROPOSAL_ID }

function told(event: ProviderEvent): string {
  let text = ''
  const stream = { write: (chunk: string) => (text += chunk) }
  followProvider(event, createProgress(stream, { isTerminal: false, now: () => 0 }))
  return text
}

describe('tasks/follow-providers', () => {
  it('tells a refusal with its reason and code', () => {
    const event = { ...ABOUT, type: 'refused', code: 'AUTH_REFUSED', reason: 'not for me' } as const
    expect(told(event)).to.equal(
      `f01000 refused the proposal ${PROPOSAL_ID}: not for me (AUTH_REFUSED)\n`,
    )
  })

  it('tells of trouble what the error says', () => {
    expect(told({ type: 'trouble', provider: 1001n, error: new Error('no answer') })).to.equal(
      'f01001 has trouble: no answer\n',
    )
  })

  it('does not tell every byte', () => {
    expect(told({ ...ABOUT, type: 'downloading', bytes: 1, size: 2 })).to.equal('')
  })
})
