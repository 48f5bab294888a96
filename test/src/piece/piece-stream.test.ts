/** The same commitments as PieceHasher, which is tested against others, on any number of threads and in any chunks. */
import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { toHex } from '../../../src/bytes/hex.ts'
import { BLOCK_SIZE, type HashedBlock } from '../../../src/piece/block.ts'
import { type BlockTask, type BlockThreads, blockWork } from '../../../src/piece/block-task.ts'
import { startBlockThreads } from '../../../src/piece/block-threads.ts'
import { PieceHasher } from '../../../src/piece/hasher.ts'
import { pieceCidV2 } from '../../../src/piece/piece-cid.ts'
import {
  MAX_APPEND,
  PieceStream,
  type PieceStreamOptions,
  ringFor,
} from '../../../src/piece/piece-stream.ts'
import { chunksOf, payload } from '../../support/payload.ts'
import { refused } from '../../support/refused.ts'

const seed = process.env['SEED'] ?? randomBytes(8).toString('hex')
const BYTES = payload({ type: 'tiled', seed: 'stream', tile: 8192 }, 9 * BLOCK_SIZE + 77)

async function streamed(bytes: Uint8Array, chunk: number, options: PieceStreamOptions = {}) {
  const stream = new PieceStream(options)
  for (const part of chunksOf(bytes, chunk)) await stream.append(part)
  return stream.finish()
}

const STEPS = [900_000, 7, 1_500_001, 40_000]

/** Threads that finish in an order of their own. */
function disorderly(count: number): BlockThreads {
  let turn = 0
  const hashBlock = blockWork()
  return {
    count,
    run: async (task: BlockTask): Promise<HashedBlock> => {
      const hashed = hashBlock(task)
      await new Promise((resolve) => setTimeout(resolve, (turn++ * 7) % 5))
      return hashed
    },
    close: () => Promise.resolve(),
  }
}

async function withHead(size: number): Promise<PieceStream> {
  const stream = new PieceStream({ headSize: 59 })
  await stream.append(new Uint8Array(size))
  return stream
}

describe('piece/piece-stream', () => {
  it('commits as PieceHasher does, at sizes around blocks and for chunks of any size', async () => {
    const sizes = [0, 1, 126, 127, 128, 1016, 300_000, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1]
    for (const size of [...sizes, 2 * BLOCK_SIZE, 3 * BLOCK_SIZE + 5]) {
      const bytes = BYTES.subarray(0, size)
      const expected = pieceCidV2(new PieceHasher().update(bytes).digest())
      for (const chunk of [1000, 65_536, MAX_APPEND, MAX_APPEND + 1, BLOCK_SIZE + 3])
        expect(pieceCidV2(await streamed(bytes, chunk)), `${size} in ${chunk}`).to.equal(expected)
    }
  })

  it(`commits the same on one, two and three threads (SEED=${seed})`, async () => {
    const expected = new PieceHasher({ keepLevel: 9 }).update(BYTES).digest()
    for (const count of [1, 2, 3]) {
      const threads = startBlockThreads(count)
      try {
        const got = await streamed(BYTES, 1_000_003, { threads, keepLevel: 9 })
        expect(pieceCidV2(got)).to.equal(pieceCidV2(expected))
        expect(toHex(got.tree.nodes(9))).to.equal(toHex(expected.tree.nodes(9)))
        for (let i = 0; i < 3; i++) {
          const roll = payload({ type: 'sha256-counter', seed: `${seed}/${count}/${i}` }, 8)
          const view = new DataView(roll.buffer)
          const bytes = BYTES.subarray(0, view.getUint32(0) % BYTES.length)
          const part = await streamed(bytes, 1 + (view.getUint32(4) % MAX_APPEND), { threads })
          expect(pieceCidV2(part)).to.equal(pieceCidV2(new PieceHasher().update(bytes).digest()))
        }
      } finally {
        await threads.close()
      }
    }
  })

  it('does not depend on the order in which blocks are done', async () => {
    const expected = pieceCidV2(new PieceHasher().update(BYTES).digest())
    for (const count of [2, 5])
      expect(pieceCidV2(await streamed(BYTES, 700_001, { threads: disorderly(count) }))).to.equal(
        expected,
      )
  })

  it('commits the same in the other backend', async () => {
    const bytes = BYTES.subarray(0, BLOCK_SIZE + 1)
    expect(pieceCidV2(await streamed(bytes, 99_999, { backend: 'as-sha256' }))).to.equal(
      pieceCidV2(new PieceHasher().update(bytes).digest()),
    )
  })

  it('hands over every byte once, at its offset, also in memory that was used before', async () => {
    const ring = ringFor(disorderly(1))
    for (const size of [BYTES.length, 5, 2 * BLOCK_SIZE]) {
      const kept = new Uint8Array(size).fill(0xee)
      let most = 0
      const keep = async (parts: readonly Uint8Array[], offset: number) => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        const bytes = Buffer.concat(parts)
        most = Math.max(most, bytes.length)
        kept.set(bytes, offset)
      }
      await streamed(BYTES.subarray(0, size), 800_000, { keep, ring })
      expect(Buffer.compare(kept, BYTES.subarray(0, size))).to.equal(0)
      expect(most).to.be.at.most(BLOCK_SIZE)
    }
  })

  it('uses shared bytes where they are, beside copied ones, and gives each back once when its blocks are done', async () => {
    const shared = Buffer.from(new SharedArrayBuffer(BYTES.length))
    shared.set(BYTES)
    const expected = pieceCidV2(new PieceHasher().update(BYTES).digest())
    for (const [headSize, threads] of [
      [0, disorderly(4)],
      [59, disorderly(2)],
    ] as const) {
      const given = new Map<number, number>()
      const kept = new Uint8Array(BYTES.length)
      let done = 0
      const keep = async (parts: readonly Uint8Array[], offset: number) => {
        await new Promise((resolve) => setTimeout(resolve, 3))
        kept.set(Buffer.concat(parts), offset)
        done = Math.max(done, offset + BLOCK_SIZE)
      }
      const stream = new PieceStream({ headSize, threads, keep })
      let at: number = headSize
      await stream.append(new Uint8Array(headSize))
      for (let turn = 0; at < BYTES.length; turn++) {
        const start = at
        const end = Math.min(start + (STEPS[turn % STEPS.length] ?? 0), BYTES.length)
        at = end
        if (turn % STEPS.length === 3) await stream.append(BYTES.subarray(start, end))
        else {
          given.set(start, 0)
          stream.appendShared(shared.subarray(start, end), () => {
            given.set(start, (given.get(start) ?? 0) + 1)
            expect(done).to.be.at.least(Math.floor(start / BLOCK_SIZE) * BLOCK_SIZE)
            expect(
              Buffer.compare(
                kept.subarray(Math.max(start, headSize), end),
                BYTES.subarray(start, end),
              ),
            ).to.equal(0)
          })
        }
      }
      expect(pieceCidV2(await stream.finish(BYTES.subarray(0, headSize)))).to.equal(expected)
      expect(new Set(given.values())).to.deep.equal(new Set([1]))
    }
  })

  it('gives back what it was lent when it is not finished, and when keeping failed', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(3_000_000))
    for (const keep of [async () => {}, () => Promise.reject(new Error('disk'))]) {
      const stream = new PieceStream({ keep })
      let back = 0
      stream.appendShared(shared, () => (back += 1))
      stream.appendShared(shared, () => (back += 1))
      expect(back).to.equal(0)
      await stream.settle()
      expect(back).to.equal(2)
      await stream.settle()
      expect(back).to.equal(2)
    }
  })

  it('takes no more than it has memory for until blocks are done', async () => {
    const release: (() => void)[] = []
    const keep = () => new Promise<void>((resolve) => release.push(resolve))
    const stream = new PieceStream({ keep })
    const chunk = new Uint8Array(1_000_000)
    let taken = 0
    while (stream.tryAppend(chunk)) taken += chunk.length
    expect(taken).to.be.within(4 * BLOCK_SIZE, 5 * BLOCK_SIZE)
    const waiting = stream.append(chunk)
    const first = await Promise.race([waiting.then(() => 'went on'), Promise.resolve('waits')])
    expect(first).to.equal('waits')
    release.shift()?.()
    await waiting
  })

  describe('with a head that is known last', () => {
    it('commits as if the head had been there from the start', async () => {
      for (const head of [1, 59, 127, 300_000])
        for (const size of [
          head,
          head + 1,
          BLOCK_SIZE - 1,
          BLOCK_SIZE,
          BLOCK_SIZE + 1,
          3 * BLOCK_SIZE,
        ]) {
          const bytes = BYTES.subarray(0, size)
          const stream = new PieceStream({ headSize: head })
          await stream.append(new Uint8Array(head).fill(0xee))
          for (const part of chunksOf(bytes.subarray(head), 777_777)) await stream.append(part)
          const got = await stream.finish(bytes.subarray(0, head))
          expect(pieceCidV2(got), `${head} of ${size}`).to.equal(
            pieceCidV2(new PieceHasher().update(bytes).digest()),
          )
        }
    })

    it('refuses a head of another size, none, one not stated, and one longer than the piece', async () => {
      for (const head of [0, 58, 60])
        await refused('ARGUMENT_INVALID', (await withHead(100)).finish(new Uint8Array(head)))
      await refused('ARGUMENT_INVALID', (await withHead(58)).finish(new Uint8Array(59)))
      await refused('ARGUMENT_INVALID', new PieceStream().finish(new Uint8Array(1)))
      for (const headSize of [-1, 1.5, BLOCK_SIZE])
        await refused('ARGUMENT_INVALID', () => new PieceStream({ headSize }))
    })
  })

  it('tells whoever appends, or finishes, what went wrong with a block', async () => {
    const broken = new Error('disk')
    const appending = new PieceStream({ keep: () => Promise.reject(broken) })
    const filled = (async () => {
      for (let i = 0; i < 20; i++) await appending.append(new Uint8Array(1_000_000))
    })()
    expect(await filled.catch((error: unknown) => error)).to.equal(broken)
    const last = new PieceStream({ keep: () => Promise.reject(broken) })
    await last.append(new Uint8Array(5))
    expect(await last.finish().catch((error: unknown) => error)).to.equal(broken)
  })
})
