import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import { isStorageError } from '../../../src/errors.ts'
import { startThreads, type Threads, threadsFor } from '../../../src/threads/pool.ts'
import { refused } from '../../support/refused.ts'
import { doJob, type Job } from './support/odd-jobs.ts'

const ENTRY = new URL('support/odd-jobs.ts', import.meta.url)
/** The thread of the tests. */
const HERE = 0

async function withThreads(count: number, act: (threads: Threads<Job, number>) => Promise<void>) {
  const threads = startThreads<Job, number>(ENTRY, count, doJob)
  try {
    await act(threads)
  } finally {
    await threads.close()
  }
}

/** Until a thread answers; before that the calling one does the tasks. */
async function loaded(threads: Threads<Job, number>): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if ((await threads.run({ kind: 'who' })) !== HERE) return
    await setTimeout(10)
  }
  expect.fail('no thread came up')
}

describe('threads/pool', () => {
  it('does tasks at once on the calling thread when it is the only one', () =>
    withThreads(1, async (threads) => {
      expect(threads.count).to.equal(1)
      const memory = new Uint8Array(3)
      const running = threads.run({ kind: 'add', memory, n: 1 })
      expect([...memory]).to.deep.equal([1, 1, 1])
      expect(await running).to.equal(3)
      expect(await threads.run({ kind: 'who' })).to.equal(HERE)
    }))

  it('works from the first moment, and on all threads when they are there', () =>
    withThreads(3, async (threads) => {
      expect(await threads.run({ kind: 'who' })).to.equal(HERE)
      await loaded(threads)
      await setTimeout(300)
      const who = await Promise.all(Array.from({ length: 60 }, () => threads.run({ kind: 'who' })))
      expect(new Set(who).size).to.equal(3)
    }))

  it('does every task once, in shared memory, whoever does it', () =>
    withThreads(3, async (threads) => {
      const memories = Array.from({ length: 300 }, () => new Uint8Array(new SharedArrayBuffer(8)))
      await Promise.all(memories.map((memory, n) => threads.run({ kind: 'add', memory, n })))
      for (const [n, memory] of memories.entries())
        expect([...memory]).to.deep.equal(Array(8).fill(n % 256))
    }))

  for (const count of [1, 2])
    it(`passes on what a task throws, with ${count} threads`, () =>
      withThreads(count, async (threads) => {
        if (count > 1) await loaded(threads)
        for (let i = 0; i < 6; i++) {
          const error = await refused('INPUT_CHANGED', threads.run({ kind: 'refuse' }))
          expect(error.message).to.equal('a file changed: expected 1, got 2')
          expect(error).to.include({ hint: 'wait', next: 'npx hardhat prepare' })
          const other: unknown = await threads.run({ kind: 'break' }).catch((e: unknown) => e)
          expect(other).to.be.an.instanceOf(TypeError)
          expect(isStorageError(other)).to.equal(false)
        }
        expect(await threads.run({ kind: 'who' })).to.be.a('number')
      }))

  it('INTERNAL for the task of a thread that dies; others go on', () =>
    withThreads(2, async (threads) => {
      await loaded(threads)
      await refused('INTERNAL', threads.run({ kind: 'die' }))
      expect(await threads.run({ kind: 'who' })).to.equal(HERE)
    }))

  it('works without threads where their module cannot be loaded', async () => {
    const nowhere = new URL('support/no-such-module.ts', import.meta.url)
    const threads = startThreads<Job, number>(nowhere, 2, doJob)
    for (let i = 0; i < 20; i++) {
      expect(await threads.run({ kind: 'who' })).to.equal(HERE)
      await setTimeout(10)
    }
    await threads.close()
  })

  it('takes one thread for little work, and at most six', () => {
    expect(threadsFor({ bytes: 2 ** 20 })).to.equal(1)
    expect(threadsFor({ bytes: 0, files: 499 })).to.equal(1)
    expect(threadsFor({ bytes: 2 ** 40 })).to.be.within(1, 6)
    expect(threadsFor({ bytes: 0, files: 500 })).to.equal(threadsFor({ bytes: 2 ** 40 }))
  })
})
