import { expect } from 'chai'
import type { ProposalLog } from '../../../src/chain/logs.ts'
import type { Context } from '../../../src/provider/context.ts'
import { follow } from '../../../src/provider/follow.ts'
import type { Entry } from '../../../src/provider/journal.ts'
import { openLedger } from '../../../src/provider/ledger.ts'
import { cutAfter, memoryJournal } from './support/cut.ts'
import { FakeChain } from './support/fake-chain.ts'
import { CLIENT, PROVIDER } from './support/proposals.ts'

function log(block: bigint, transaction: string, removed = false): ProposalLog {
  return { client: CLIENT, proposalId: `0x${'01'.repeat(32)}`, block, transaction, removed }
}

describe('follow', () => {
  let chain: FakeChain
  let entries: Entry[]
  let asked: string[]

  beforeEach(() => {
    chain = new FakeChain()
    entries = []
    asked = []
  })

  /** Follows once, as a provider that has just started from its journal; returns the keys that it knows then. */
  async function followed(): Promise<string[]> {
    const ledger = openLedger(memoryJournal(entries, cutAfter(1_000_000)), entries.slice(), () => 0)
    const spy: Partial<FakeChain> = {
      head: () => chain.head(),
      proposalLogs: (from, to) => {
        asked.push(`${from}-${to}`)
        return chain.proposalLogs(from, to)
      },
    }
    const signal = new AbortController().signal
    const parts: Partial<Context> = { id: PROVIDER, ledger, signal, emit: () => undefined }
    await follow({ ...parts, chain: spy } as Context)
    return ledger.list().map(({ key }) => key)
  }

  it('starts behind the head of its first day, for good', async () => {
    chain.logs.push(log(999n, '0xa'), log(1000n, '0xb'))
    expect(await followed()).to.deep.equal([])
    expect(await followed()).to.deep.equal([])
    chain.epoch = 1001n
    expect(await followed()).to.deep.equal([])
  })

  it('counts an announcement once, however often it reads it', async () => {
    await followed()
    chain.epoch = 1002n
    chain.logs.push(log(1001n, '0xa'))
    expect(await followed()).to.have.length(1)
    expect(await followed()).to.have.length(1)
  })

  it('takes an announcement again as another one', async () => {
    await followed()
    chain.epoch = 1002n
    chain.logs.push(log(1001n, '0xa'), log(1002n, '0xb'))
    expect(await followed()).to.have.length(2)
  })

  it('finds what came with a block that replaced another', async () => {
    await followed()
    chain.epoch = 1020n
    chain.logs.push(log(1019n, '0xa'))
    await followed()
    chain.logs.push(log(1015n, '0xb'))
    expect(await followed()).to.have.length(2)
  })

  it('knows the same transaction in another block', async () => {
    await followed()
    chain.epoch = 1020n
    chain.logs.push(log(1019n, '0xa'))
    await followed()
    chain.logs.splice(0, 1, log(1020n, '0xa'))
    expect(await followed()).to.have.length(1)
  })

  it('leaves out logs that were removed', async () => {
    await followed()
    chain.epoch = 1002n
    chain.logs.push(log(1001n, '0xa', true))
    expect(await followed()).to.deep.equal([])
  })

  it('reads a long absence in windows, and not again', async () => {
    await followed()
    chain.epoch = 6000n
    chain.logs.push(log(5500n, '0xa'))
    expect(await followed()).to.have.length(1)
    expect(asked).to.deep.equal(['1001-3000', '3001-5000', '5001-6000'])
    asked = []
    await followed()
    expect(asked).to.deep.equal(['5991-6000'])
  })

  it('goes on in the window in which it was interrupted', async () => {
    await followed()
    chain.epoch = 6000n
    const read = chain.proposalLogs.bind(chain)
    chain.proposalLogs = async (from, to) => {
      if (from > 3000n) throw new Error('gone')
      return read(from, to)
    }
    await followed().catch((error: unknown) => expect(error).to.have.property('message', 'gone'))
    chain.proposalLogs = read
    asked = []
    await followed()
    expect(asked[0]).to.equal('2991-4990')
  })
})
