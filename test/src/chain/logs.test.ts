import { expect } from 'chai'
import { type LogRange, proposalLogs } from '../../../src/chain/logs.ts'
import { CONTRACT, FakeNode } from './fake-node.ts'

const ID = `0x${'ab'.repeat(32)}`

async function all(node: FakeNode, range: LogRange) {
  const windows = []
  for await (const window of proposalLogs(node.provider, range)) windows.push(window)
  return windows
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
})
