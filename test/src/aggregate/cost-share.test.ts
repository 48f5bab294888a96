import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { costAlone, costShares, planAggregates } from '../../../src/index.ts'
import { refused } from '../../support/refused.ts'
import {
  dice,
  GIB,
  input,
  MIB,
  NOW,
  POLICY,
  randomPending,
  randomPolicy,
} from './support/pending.ts'

/** Set SEED to repeat a run. */
const seed = process.env['SEED'] ?? randomBytes(8).toString('hex')

function segment(pieceSize: number, ...ids: string[]) {
  return { pieceCid: ids.join(), pieceSize, size: 1, offset: 0, ids }
}

function amounts(segments: readonly ReturnType<typeof segment>[], total: bigint) {
  return costShares({ segments }, total).map(({ id, attoFil }) => [id, attoFil])
}

describe('aggregate/cost-share', () => {
  it('splits by padded bytes, and a shared piece evenly', () => {
    const segments = [segment(512, 'a'), segment(256, 'b', 'c'), segment(256, 'd')]
    expect(amounts(segments, 4000n)).to.deep.equal([
      ['a', 2000n],
      ['b', 500n],
      ['c', 500n],
      ['d', 1000n],
    ])
  })

  it('gives what is left over to the largest remainders, of equals to the first', () => {
    const three = [segment(256, 'a'), segment(256, 'b'), segment(256, 'c')]
    expect(amounts(three, 11n)).to.deep.equal([
      ['a', 4n],
      ['b', 4n],
      ['c', 3n],
    ])
    // 9 · 4/6 = 6, 9 · 1/6 = 1.5: of the two halves the first is rounded up.
    expect(amounts([segment(512, 'a'), segment(128, 'b'), segment(128, 'c')], 9n)).to.deep.equal([
      ['a', 6n],
      ['b', 2n],
      ['c', 1n],
    ])
    expect(amounts([segment(512, 'a'), segment(128, 'b')], 2n)).to.deep.equal([
      ['a', 2n],
      ['b', 0n],
    ])
    expect(amounts([segment(128, 'a', 'b', 'c')], 2n)).to.deep.equal([
      ['a', 1n],
      ['b', 1n],
      ['c', 0n],
    ])
  })

  it(`adds up to the attoFIL, each within one of its exact part (SEED=${seed})`, () => {
    for (let round = 0; round < 200; round++) {
      const roll = dice(`${seed} cost ${round}`)
      const policy = { ...randomPolicy(roll), closeAfter: 0 }
      const { aggregates } = planAggregates(randomPending(roll, policy), policy, NOW)
      for (const aggregate of aggregates) {
        const total = BigInt(roll(2 ** 31)) * BigInt(roll(2 ** 31)) * BigInt(roll(3))
        const shares = new Map(costShares(aggregate, total).map(({ id, attoFil }) => [id, attoFil]))
        expect([...shares.values()].reduce((a, b) => a + b, 0n)).to.equal(total)
        const used = BigInt(aggregate.usedBytes)
        for (const { ids, pieceSize } of aggregate.segments) {
          const part = ids.reduce((sum, id) => sum + (shares.get(id) ?? 0n), 0n)
          const off = part * used - total * BigInt(pieceSize)
          expect(off < used && off > -used).to.equal(true)
        }
      }
    }
  })

  it('says what a deal alone costs: no less than for the smallest piece that is taken', () => {
    const price = { pricePerGibEpoch: 50_000_000n, epochs: 1_000n }
    const alone = (pieceSize: number, minPieceSize: number) =>
      costAlone({ pieceSize, minPieceSize, ...price })
    expect(alone(MIB, 4 * GIB)).to.equal(200_000_000_000n)
    expect(alone(4 * GIB, 4 * GIB)).to.equal(200_000_000_000n)
    expect(alone(8 * GIB, 4 * GIB)).to.equal(400_000_000_000n)
    // 50,000,000 / 2^23 = 5.96 attoFIL an epoch.
    expect(alone(128, 0)).to.equal(6_000n)
    expect(
      costAlone({ pieceSize: 128, minPieceSize: 0, pricePerGibEpoch: 0n, epochs: 1n }),
    ).to.equal(0n)
  })

  it('shows what sharing saves: a file of 1 MiB among 16 GiB pays the 4000th part', () => {
    const price = { pricePerGibEpoch: 50_000_000n, epochs: 1_000n }
    const pending = Array.from({ length: 16_000 }, (_, n) => input(`${n}`, MIB))
    const policy = { ...POLICY, closeAtBytes: 8 * GIB }
    const [aggregate] = planAggregates(pending, policy, NOW).aggregates
    const { pieceSize = 0, segments = [] } = aggregate ?? {}
    const total = costAlone({ pieceSize, minPieceSize: 4 * GIB, ...price })
    const alone = costAlone({ pieceSize: MIB, minPieceSize: 4 * GIB, ...price })
    const [share] = costShares({ segments }, total)
    expect(alone / (share?.attoFil ?? 0n)).to.equal(4000n)
  })

  it('refuses what cannot be split or has no price', async () => {
    await refused('ARGUMENT_INVALID', () => costShares({ segments: [] }, 1n))
    await refused('ARGUMENT_INVALID', () => costShares({ segments: [segment(128, 'a')] }, -1n))
    const deal = { pieceSize: MIB, minPieceSize: GIB, pricePerGibEpoch: 1n, epochs: 1n }
    for (const change of [
      { pieceSize: -1 },
      { minPieceSize: 0.5 },
      { pricePerGibEpoch: -1n },
      { epochs: -1n },
    ])
      await refused('ARGUMENT_INVALID', () => costAlone({ ...deal, ...change }))
  })
})
