import { expect } from 'chai'
import type { Provider } from 'ethers'
import {
  cursorFromText,
  followLogs,
  type LogCursor,
  type LogStep,
} from '../../../src/chain/log-cursor.ts'
import { refused } from '../../support/refused.ts'

/** A chain whose blocks are named by a branch; logs are named by their epoch and branch. */
class Chain {
  head = 0
  readonly branches = new Map<number, string>()
  readonly nulls = new Set<number>()
  readonly logsAt = new Set<number>()
  reads = 0
  /** Runs before the answer to a query of logs. */
  meanwhile: (() => void) | undefined

  grow(to: number, branch = 'a'): void {
    for (let epoch = this.head + 1; epoch <= to; epoch += 1) this.branches.set(epoch, branch)
    this.head = to
  }

  /** Epochs from `from` on are of another branch. */
  fork(from: number, branch: string): void {
    for (let epoch = from; epoch <= this.head; epoch += 1) this.branches.set(epoch, branch)
  }

  hashOf(epoch: number): string {
    return `${this.branches.get(epoch) ?? 'a'}${epoch}`
  }

  readonly provider = {
    getBlockNumber: async () => this.head,
    getBlock: async (epoch: bigint) => {
      const number = Number(epoch)
      return this.nulls.has(number) || number > this.head
        ? null
        : { number, hash: this.hashOf(number) }
    },
    getLogs: async ({ fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint }) => {
      this.reads += 1
      const logs = [...this.logsAt]
        .filter((epoch) => epoch >= fromBlock && epoch <= toBlock)
        .map((blockNumber) => ({
          blockNumber,
          index: 0,
          removed: false,
          blockHash: this.hashOf(blockNumber),
        }))
      this.meanwhile?.()
      return logs
    },
  } as unknown as Provider
}

/** Keeps what the steps say, as a service does: its state, and the cursor as text. */
class Reader {
  cursor: LogCursor | undefined
  readonly seen = new Map<number, string>()
  steps: LogStep[] = []

  async read(chain: Chain, from = 1n): Promise<void> {
    this.steps = []
    for await (const step of followLogs(chain.provider, this.cursor, { from, window: 100n })) {
      this.steps.push(step)
      const { dropAfter } = step
      if (dropAfter !== undefined)
        for (const epoch of this.seen.keys()) if (epoch > dropAfter) this.seen.delete(epoch)
      for (const { blockNumber, blockHash } of step.logs) this.seen.set(blockNumber, blockHash)
      this.cursor = cursorFromText(JSON.stringify(step.cursor))
    }
  }
}

describe('chain/log-cursor', () => {
  let chain: Chain
  let reader: Reader
  beforeEach(() => {
    chain = new Chain()
    reader = new Reader()
    chain.logsAt.add(5).add(150).add(250)
    chain.grow(250)
  })

  it('reads each epoch once, from its cursor on', async () => {
    await reader.read(chain)
    expect(reader.steps.map(({ through }) => through)).to.deep.equal([100n, 200n, 250n])
    expect([...reader.seen.keys()]).to.deep.equal([5, 150, 250])
    chain.reads = 0
    await reader.read(chain)
    expect(chain.reads).to.equal(0)
    chain.grow(260)
    chain.logsAt.add(251)
    await reader.read(chain)
    expect(chain.reads).to.equal(1)
    expect(reader.steps[0]).to.deep.include({ dropAfter: undefined, through: 260n })
    expect(reader.seen.get(251)).to.equal('a251')
  })

  it('drops what a reorganisation took and reads again from the last common block', async () => {
    await reader.read(chain)
    chain.grow(255)
    await reader.read(chain)
    chain.fork(248, 'b')
    chain.logsAt.delete(150)
    await reader.read(chain)
    // Marks stood at 100, 200, 250 and 255.
    expect(reader.steps[0]?.dropAfter).to.equal(200n)
    expect(Object.fromEntries(reader.seen)).to.deep.equal({ 5: 'a5', 150: 'a150', 250: 'b250' })
  })

  it('steps back to what is final where it knows no common block', async () => {
    chain.grow(2000)
    reader.cursor = { version: 1, through: 1990, marks: [{ epoch: 1990, hash: 'x1990' }] }
    await reader.read(chain)
    expect(reader.steps[0]?.dropAfter).to.equal(1090n)
    expect(reader.steps.at(-1)?.through).to.equal(2000n)
  })

  it('drops also when the chain is shorter afterwards', async () => {
    await reader.read(chain)
    chain.head = 240
    chain.fork(190, 'b')
    await reader.read(chain)
    expect(reader.steps[0]?.dropAfter).to.equal(100n)
    expect([...reader.seen.keys()]).to.deep.equal([5, 150])
  })

  it('lets a node that is behind say nothing', async () => {
    await reader.read(chain)
    const { cursor } = reader
    chain.head = 220
    await reader.read(chain)
    expect(reader.steps).to.deep.equal([])
    expect(reader.cursor).to.deep.equal(cursor)
  })

  it('takes the block before a null round as the mark', async () => {
    chain.nulls.add(250).add(249)
    chain.logsAt.delete(250)
    await reader.read(chain)
    expect(reader.cursor?.marks.at(-1)).to.deep.equal({ epoch: 248, hash: 'a248' })
    expect(reader.cursor?.through).to.equal(250)
    await reader.read(chain)
    expect(reader.steps).to.deep.equal([])
  })

  it('reads again what changed while it was read, and gives up on what never rests', async () => {
    let forks = 0
    chain.meanwhile = () => {
      if (forks < 2) chain.fork(250, `c${(forks += 1)}`)
    }
    await reader.read(chain)
    expect(reader.seen.get(250)).to.equal('c2250')
    chain.grow(251)
    chain.logsAt.add(251)
    chain.meanwhile = () => chain.fork(251, `d${(forks += 1)}`)
    await refused('NODE_UNREACHABLE', reader.read(chain))
  })

  it('keeps few marks however long it runs', async () => {
    for (let head = 251; head <= 3000; head += 1) {
      chain.grow(head)
      if (head % 3 === 0) await reader.read(chain)
    }
    const marks = reader.cursor?.marks ?? []
    expect(marks.length).to.be.lessThan(25)
    expect(marks[0]?.epoch).to.be.at.most(2100)
  })

  it('refuses a text that is no cursor', () =>
    refused('ARGUMENT_INVALID', () => cursorFromText('{"version":2}')))
})
