import { expect } from 'chai'
import { type LogRange, proposalLogs } from '../../../src/chain/logs.ts'
import { refused } from '../../support/refused.ts'
import { CONTRACT, FakeNode } from './fake-node.ts'

const ID = `0x${'ab'.repeat(32)}`

async function all(node: FakeNode, range: LogRange) {
  const windows = []
  for await (const window of proposalLogs(node.provider, range)) windows.push(window)
  return windows
}

const saying = (message: string): Error =>
  Object.assign(new Error('x'), { error: { code: -32005, message } })

const limited = (node: FakeNode, refusal: (from: bigint, to: bigint) => string | undefined) => {
  const { getLogs } = node.provider
  node.provider.getLogs = async (filter) => {
    const { fromBlock, toBlock } = filter as { fromBlock: bigint; toBlock: bigint }
    const message = refusal(fromBlock, toBlock)
    if (message !== undefined) throw saying(message)
    return getLogs(filter)
  }
}

describe('chain/logs', () => {
  it('asks for at most 2880 epochs at a time, with no gap and no overlap', async () => {
    const node = new FakeNode()
    node.block = 10_000
    const windows = await all(node, { from: 1000n })
    expect(node.logRequests.map(({ from, to }) => [from, to])).to.deep.equal([
      [1000n, 3879n],
      [3880n, 6759n],
      [6760n, 9639n],
      [9640n, 10_000n],
    ])
    expect(windows.map(({ through }) => through)).to.deep.equal([3879n, 6759n, 9639n, 10_000n])
  })

  it('asks for nothing beyond the head', async () => {
    const node = new FakeNode()
    await all(node, { from: 90n, to: 5000n })
    expect(node.logRequests.map(({ from, to }) => [from, to])).to.deep.equal([[90n, 100n]])
    expect(await all(node, { from: 101n })).to.deep.equal([])
  })

  it('takes a single epoch', async () => {
    const node = new FakeNode()
    await all(node, { from: 50n, to: 50n })
    expect(node.logRequests.map(({ from, to }) => [from, to])).to.deep.equal([[50n, 50n]])
  })

  it('gives contract in lower case, id, block and transaction', async () => {
    const node = new FakeNode()
    node.chainLogs = [{ block: 60, address: '0xABCDEF0000000000000000000000000000000000', id: ID }]
    const [window] = await all(node, { from: 0n })
    expect(window?.logs).to.deep.equal([
      {
        client: '0xabcdef0000000000000000000000000000000000',
        proposalId: ID,
        block: 60n,
        transaction: '0xabc',
        removed: false,
      },
    ])
    expect(node.logRequests[0]?.address).to.equal(undefined)
  })

  it('asks for one contract alone', async () => {
    const node = new FakeNode()
    await all(node, { from: 0n, client: CONTRACT })
    expect(node.logRequests[0]?.address).to.equal(CONTRACT)
  })

  describe('where a node gives less', () => {
    for (const message of [
      'too many results: more than 10000',
      'query exceeds max block range 2000',
      'block range is too wide (maximum 500)',
      'epoch range is too large',
    ])
      it(`halves windows: ${message}`, async () => {
        const node = new FakeNode()
        node.block = 2000
        node.chainLogs = [1, 900, 1999].map((block) => ({ block, address: CONTRACT, id: ID }))
        limited(node, (from, to) => (to - from >= 500n ? message : undefined))
        const windows = await all(node, { from: 0n })
        expect(windows).to.have.length(1)
        expect(windows[0]?.logs.map(({ block }) => block)).to.deep.equal([1n, 900n, 1999n])
      })

    it('says from which epoch on there are logs', async () => {
      const node = new FakeNode()
      node.block = 10_000
      limited(node, (from) => (from < 8123n ? 'from block is too far in the past' : undefined))
      const error = await refused('LOGS_GONE', all(node, { from: 5000n }))
      expect(error.message).to.contain('from 8123 on').and.to.contain('got epoch 5000')
      expect(error.hint).to.contain('archive node')
    })
  })
})
