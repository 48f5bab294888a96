/** What holds of every plan. */
import { randomBytes } from 'node:crypto'
import { Aggregate } from '@web3-storage/data-segment'
import { expect } from 'chai'
import { type AggregationPlan, type PendingInput, planAggregates } from '../../../src/index.ts'
import { random } from '../../support/random.ts'
import {
  dice,
  idsOf,
  NOW,
  randomPending,
  randomPolicy,
  shuffled,
  SIZINGS,
} from './support/pending.ts'

/** Set SEED to repeat a run. */
const seed = process.env['SEED'] ?? randomBytes(8).toString('hex')
const ROUNDS = 300

/** Of the test's own: by the vectors. */
function room(pieceSize: number): { bytes: number; entries: number } {
  const sizing = SIZINGS.find((s) => s.pieceSize === pieceSize)
  if (sizing === undefined) return { bytes: 0, entries: 0 }
  return { bytes: pieceSize - sizing.indexSize, entries: sizing.entries }
}

describe(`aggregate/plan, for random inputs (SEED=${seed})`, () => {
  /** Every round with what it was made of. */
  function rounds(name: string, check: (round: Round) => void): void {
    for (let n = 0; n < ROUNDS; n++) {
      const roll = dice(`${seed} ${name} ${n}`)
      const policy = randomPolicy(roll)
      if (name.endsWith('limits') && roll(2) === 0)
        Object.assign(policy, { maxOwnerShare: (1 + roll(10)) / 10 })
      const pending = randomPending(roll, policy)
      const plan = planAggregates(pending, policy, NOW)
      check({ roll, policy, pending, plan })
    }
  }
  interface Round {
    roll: ReturnType<typeof dice>
    policy: ReturnType<typeof randomPolicy>
    pending: PendingInput[]
    plan: AggregationPlan
  }

  it('has every input in exactly one place, and every piece at most once', () => {
    rounds('nothing lost with limits', ({ pending, plan }) => {
      const ids = [...plan.aggregates.flatMap(idsOf), ...plan.waiting.map(({ id }) => id)]
      ids.push(...plan.refused.map(({ id }) => id))
      expect(ids.toSorted()).to.deep.equal(pending.map(({ id }) => id).toSorted())
      const segments = plan.aggregates.flatMap((aggregate) => aggregate.segments)
      const pieces = segments.map(({ pieceCid, pieceSize }) => `${pieceCid} ${pieceSize}`)
      expect(new Set(pieces).size).to.equal(pieces.length)
    })
  })

  it('places segments at multiples of their size, without overlap or gap, before the index', () => {
    rounds('layout with limits', ({ policy, plan }) => {
      for (const { pieceSize, segments, usedBytes, indexBytes, waste } of plan.aggregates) {
        let end = 0
        for (const { offset, pieceSize: size } of segments) {
          expect(offset % size).to.equal(0)
          expect(offset).to.equal(end)
          end = offset + size
        }
        expect(end).to.equal(usedBytes).and.to.be.at.most(room(pieceSize).bytes)
        expect(segments.length).to.be.at.least(1).and.at.most(room(pieceSize).entries)
        expect(segments.length).to.be.at.most(policy.maxSegments ?? Infinity)
        expect(waste.gaps).to.equal(0)
        expect(usedBytes + waste.tail + indexBytes).to.equal(pieceSize)
        expect(pieceSize).to.be.at.least(policy.minPieceSize).and.at.most(policy.maxPieceSize)
      }
    })
  })

  it('plans the same of the same inputs in any order', () => {
    rounds('order with limits', ({ roll, policy, pending, plan }) => {
      expect(planAggregates(shuffled(pending, roll), policy, NOW)).to.deep.equal(plan)
    })
  })

  it('wastes no more than it says', () => {
    rounds('waste', ({ policy, pending, plan }) => {
      const byId = new Map(pending.map((each) => [each.id, each]))
      plan.aggregates.forEach(({ pieceSize, segments, usedBytes, waste, closedBy }, at) => {
        const { minPieceSize, maxPieceSize, closeAtBytes, maxSegments = Infinity } = policy
        const holds = (size: number) =>
          usedBytes <= room(size).bytes && segments.length <= room(size).entries
        if (pieceSize > minPieceSize) expect(holds(pieceSize / 2)).to.equal(false)
        const later = plan.aggregates.slice(at + 1).flatMap((next) => next.segments)
        const left = [...later, ...plan.waiting.map(({ id }) => byId.get(id) as PendingInput)]
        if (left.length > 0) {
          // A choice that fills the largest may fit one of half the size by a hair.
          const smallest = Math.min(...left.map((piece) => piece.pieceSize))
          const isFull = (size: number) =>
            room(size).bytes - usedBytes < smallest ||
            segments.length === Math.min(room(size).entries, maxSegments)
          expect(isFull(pieceSize) || isFull(maxPieceSize)).to.equal(true)
        } else {
          expect(closedBy).not.to.equal('full')
          if (closedBy === 'fill') expect(usedBytes).to.be.at.least(closeAtBytes)
          if (pieceSize / 4 < minPieceSize) return
          const largest = segments[0]?.pieceSize ?? 0
          const bound = room(pieceSize / 2).bytes + room(pieceSize / 4).bytes - largest
          const entries = Math.min(room(pieceSize / 4).entries, maxSegments)
          expect(usedBytes > bound || segments.length > entries).to.equal(true)
        }
        expect(waste.tail).to.equal(room(pieceSize).bytes - usedBytes)
      })
    })
  })

  it('lets nothing wait past a deadline or its time, and closes when it said', () => {
    rounds('waiting', ({ policy, pending, plan }) => {
      const byId = new Map(pending.map((each) => [each.id, each]))
      for (const { id, until } of plan.waiting) {
        const { arrivedAt, deadline = Infinity } = byId.get(id) as PendingInput
        expect(until)
          .to.be.greaterThan(NOW)
          .and.at.most(arrivedAt + policy.closeAfter)
        expect(deadline).to.be.at.least(until)
      }
      const rest = plan.waiting.map(({ id }) => byId.get(id) as PendingInput)
      expect(planAggregates(rest, policy, NOW).aggregates).to.deep.equal([])
      const until = Math.min(...plan.waiting.map((each) => each.until))
      if (rest.length > 0)
        expect(planAggregates(rest, policy, until).aggregates).not.to.deep.equal([])
    })
  })

  it('places segments where another implementation does', () => {
    rounds('peer', ({ roll, plan }) => {
      for (const { pieceSize, segments, indexBytes } of plan.aggregates.slice(0, 2)) {
        const builder = Aggregate.createBuilder({
          size: Aggregate.Size.from(BigInt(pieceSize)),
        })
        expect(builder.indexSize).to.equal(indexBytes)
        for (const segment of segments) {
          const root = random(32, `${roll(2 ** 31)}`)
          builder.write({ root, height: Math.log2(segment.pieceSize / 32), padding: 0n } as never)
        }
        const offsets = builder.parts.map(({ location: { level, index } }) =>
          Number(index * 2n ** BigInt(level) * 32n),
        )
        expect(offsets).to.deep.equal(segments.map(({ offset }) => offset))
      }
    })
  })
})
