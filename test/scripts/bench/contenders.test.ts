/** All who commit in the benchmark give one answer: else it would compare different work. */
import { expect } from 'chai'
import { CONTENDERS } from '../../../scripts/bench/contenders.ts'
import {
  CHUNK_SIZE,
  heldPayload,
  madeChunks,
  streamedPayload,
} from '../../../scripts/bench/payload.ts'

/** Around a quad, two quads, and a power of two. */
const SIZES = [0, 1, 126, 127, 128, 254, 255, 256, 65_535, 65_536, 65_537]

const committing = CONTENDERS.filter(({ commits }) => commits)

describe('bench/contenders', () => {
  it('are several', () => {
    expect(committing.length).to.be.at.least(5)
  })

  for (const size of SIZES)
    it(`agree about ${size} bytes`, async () => {
      const answers = new Map<string, string[]>()
      for (const { id, run } of committing) {
        const cid = await run(streamedPayload(size))
        answers.set(cid, [...(answers.get(cid) ?? []), id])
      }
      expect([...answers.values()]).to.have.lengthOf(1)
      expect([...answers.keys()][0]).to.match(/^bafkzcib/)
    })

  it('give the same again after a larger payload', async () => {
    for (const { run } of committing) {
      const before = await run(streamedPayload(300))
      await run(streamedPayload(70_000))
      expect(await run(streamedPayload(300))).to.equal(before)
    }
  })
})

describe('bench/payload', () => {
  it('is the same whole, in chunks, and held in memory', () => {
    const size = 2 * CHUNK_SIZE + 77
    const whole = streamedPayload(size).whole()
    expect(whole).to.have.lengthOf(size)
    expect(Buffer.concat([...madeChunks(size)]).equals(whole)).to.equal(true)
    const held = heldPayload(whole, size)
    expect(Buffer.concat([...held.chunks()]).equals(whole)).to.equal(true)
    expect(Buffer.from(held.whole()).equals(whole)).to.equal(true)
    expect(Buffer.concat([...heldPayload(whole, 1000).chunks()])).to.have.lengthOf(1000)
  })
})
