import { expect } from 'chai'
import type { PushRecord } from '../../src/relay/push-record.ts'
import { describePushes } from '../../tasks/pushes.ts'
import { push, type PushPorts } from '../../tasks/push.ts'
import { actJson, actPlain } from './support/act.ts'
import { PROPOSAL_ID } from './support/documents.ts'

const record = (change: Partial<PushRecord> = {}): PushRecord => ({
  proposalId: PROPOSAL_ID,
  provider: 1000n,
  dealUuid: '11791286-dbca-80ea-8283-3515a5f12f39',
  url: 'http://127.0.0.1:1',
  at: 1_700_000_000_000,
  outcome: 'accepted',
  reason: '',
  ...change,
})

function ports(named: bigint[], outcome: PushRecord['outcome'] = 'accepted', reason = '') {
  const asked: unknown[] = []
  const made: PushPorts = {
    name: 'localnet',
    network: 'localnet',
    namedBy: async () => named,
    offer: async (proposals) => {
      asked.push(...proposals)
      return proposals.flatMap(({ providers }) =>
        providers.map((provider) => record({ provider, outcome, reason })),
      )
    },
  }
  return { asked, made }
}

const ARGS = { proposal: PROPOSAL_ID, provider: undefined }

describe('tasks/push', () => {
  it('offers to those that the proposal names', async () => {
    const { asked, made } = ports([1000n, 1001n])
    const { document, io } = await actJson(() => push(ARGS, made))
    expect(asked).to.deep.equal([{ proposalId: PROPOSAL_ID, providers: [1000n, 1001n] }])
    expect(io.exitCode()).to.equal(0)
    expect(document).to.deep.equal({
      version: 1,
      kind: 'pushed',
      network: 'localnet',
      proposalId: PROPOSAL_ID,
      pushes: ['f01000', 'f01001'].map((provider) => ({
        provider,
        dealUuid: record().dealUuid,
        url: 'http://127.0.0.1:1',
        at: '2023-11-14T22:13:20.000Z',
        outcome: 'accepted',
        reason: '',
      })),
    })
  })

  it('offers to others when told so', async () => {
    const { asked, made } = ports([])
    await actJson(() => push({ ...ARGS, provider: 'f01007' }, made))
    expect(asked).to.deep.equal([{ proposalId: PROPOSAL_ID, providers: [1007n] }])
  })

  it('shows a refusal, what may be behind it and what comes next, with exit code 2', async () => {
    const { made } = ports([1000n], 'refused', 'internal server error: failed to apply filters')
    const io = await actPlain(() => push(ARGS, made))
    expect(io.exitCode()).to.equal(2)
    expect(io.out()).to.include(
      'f01000  refused it: internal server error: failed to apply filters',
    )
    expect(io.out()).to.include('a price below its ask')
    expect(io.out()).to.include(`Next: npx hardhat reannounce ${PROPOSAL_ID} --network localnet`)
  })

  it('fails when there is nobody to offer it to', async () => {
    const { asked, made } = ports([])
    const { document, io } = await actJson(() => push(ARGS, made))
    expect(io.exitCode()).to.equal(1)
    expect(document).to.include({ code: 'ARGUMENT_INVALID' })
    expect((document as { next: string }).next).to.include(`reannounce ${PROPOSAL_ID}`)
    expect(asked).to.deep.equal([])
  })

  it('refuses what is no proposal id', async () => {
    const { document } = await actJson(() => push({ ...ARGS, proposal: '0x12' }, ports([1n]).made))
    expect(document).to.include({ code: 'ARGUMENT_INVALID' })
  })

  it('says an advice once', () => {
    const refusal = { ...record(), provider: 'f01', at: '', outcome: 'refused' } as const
    const busy = {
      ...refusal,
      reason: 'deal rejected due to backpressure. Please retry in some time.',
    }
    expect(describePushes([busy, busy])).to.have.length(3)
  })
})
