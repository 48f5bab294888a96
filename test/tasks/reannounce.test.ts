import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import { StorageError } from '../../src/errors.ts'
import type { ReannouncedDocument } from '../../src/flow/documents.ts'
import type { ReannounceRequest } from '../../src/flow/reannounce.ts'
import { announceAgain, type ReannouncePorts } from '../../tasks/reannounce.ts'
import { actJson, actPlain } from './support/act.ts'
import { PROPOSAL_ID } from './support/documents.ts'

const ARGS = { proposal: PROPOSAL_ID, once: false, every: '6h', maxCost: '0.1FIL', yes: false }

const told = (state: 'filled' | 'lapsed'): ReannouncedDocument => ({
  version: 1,
  kind: 'reannounced',
  network: 'localnet',
  spent: '20000000000000',
  proposals: [
    {
      proposalId: PROPOSAL_ID,
      state,
      why: 'so it is',
      announcements: [{ tx: '0x1', epoch: 7, fee: '20000000000000' }],
      pushes: [],
    },
  ],
})

function ports(document: ReannouncedDocument, network = NETWORKS.localnet) {
  const asked: ReannounceRequest[] = []
  const made: ReannouncePorts = {
    network,
    name: network.name,
    reannounce: async (request) => {
      asked.push(request)
      return document
    },
  }
  return { asked, made }
}

describe('tasks/reannounce', () => {
  it('passes on what was asked for, and prints what came of it', async () => {
    const { asked, made } = ports(told('filled'))
    const { document, io } = await actJson((run) => announceAgain(ARGS, run, made))
    expect(asked).to.deep.equal([
      {
        proposalId: PROPOSAL_ID,
        once: false,
        everyMs: 6 * 3_600_000,
        maxCost: 10n ** 17n,
      },
    ])
    expect(document).to.deep.equal(told('filled'))
    expect(io.exitCode()).to.equal(0)
  })

  it('says what it cost, and leaves with exit code 2 when the proposal lapsed', async () => {
    const io = await actPlain((run) => announceAgain(ARGS, run, ports(told('lapsed')).made))
    expect(io.exitCode()).to.equal(2)
    expect(io.out()).to.include(`${PROPOSAL_ID} lapsed: so it is; announced again 1 time\n`)
    expect(io.out()).to.include('Gas: 20 microFIL')
  })

  it('refuses to announce more often than proposals can be seen', async () => {
    const { asked, made } = ports(told('filled'))
    const { document, io } = await actJson((run) =>
      announceAgain({ ...ARGS, every: '29s' }, run, made),
    )
    expect(document).to.include({ code: 'ARGUMENT_INVALID' })
    expect(io.exitCode()).to.equal(1)
    expect(asked).to.deep.equal([])
  })

  it('asks before it spends on the main network', async () => {
    const { asked, made } = ports(told('filled'), NETWORKS.filecoin)
    const { document } = await actJson((run) => announceAgain(ARGS, run, made))
    expect(document).to.include({ code: 'DECLINED' })
    expect(asked).to.deep.equal([])
  })

  it('passes on what the flow fails with', async () => {
    const made: ReannouncePorts = {
      ...ports(told('filled')).made,
      reannounce: async () => {
        throw new StorageError('NO_MONEY', { what: 'another announcement would cost too much' })
      },
    }
    const { document, io } = await actJson((run) => announceAgain(ARGS, run, made))
    expect(document).to.include({ code: 'NO_MONEY' })
    expect(io.exitCode()).to.equal(1)
  })
})
