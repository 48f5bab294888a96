import { expect } from 'chai'
import {
  type AggregationPlan,
  type PendingInput,
  planAggregates,
  type PlannedAggregate,
} from '../../../src/index.ts'
import { GIB, HOUR, idsOf, input, KIB, MIB, NOW, POLICY, SIZINGS } from './support/pending.ts'

function inputsOf(count: number, pieceSize: number, more: Partial<PendingInput> = {}) {
  return Array.from({ length: count }, (_, n) => input(`${pieceSize} ${n}`, pieceSize, more))
}

function only(plan: AggregationPlan): PlannedAggregate {
  expect(plan.aggregates).to.have.length(1)
  return plan.aggregates[0] as PlannedAggregate
}

describe('aggregate/plan', () => {
  describe('when a batch closes', () => {
    it('plans nothing of nothing', () => {
      const plan = planAggregates([], POLICY, NOW)
      expect(plan).to.deep.equal({ aggregates: [], waiting: [], refused: [] })
    })

    it('lets inputs wait until the oldest has waited long enough, and says so', () => {
      const pending = [
        input('b', MIB, { arrivedAt: NOW }),
        input('a', MIB, { arrivedAt: NOW - HOUR }),
      ]
      const until = NOW + 5 * HOUR
      const why = `2 MiB of 16 GiB wait; the batch closes at ${until} at the latest`
      const plan = planAggregates(pending, POLICY, NOW)
      expect(plan.aggregates).to.deep.equal([])
      expect(plan.waiting).to.deep.equal([
        { id: 'a', until, why },
        { id: 'b', until, why },
      ])
      expect(planAggregates(pending, POLICY, until - 1).aggregates).to.deep.equal([])
      const closed = only(planAggregates(pending, POLICY, until))
      expect(closed.closedBy).to.equal('age')
      expect(closed.why).to.equal(`input a came at ${NOW - HOUR} and waits until ${until} at most`)
      expect(closed.pieceSize).to.equal(512 * MIB)
      expect(idsOf(closed)).to.deep.equal(['a', 'b'])
    })

    it('closes when enough bytes wait, and not with a segment less', () => {
      const policy = { ...POLICY, closeAtBytes: 20 * GIB }
      const plan = planAggregates(inputsOf(20, GIB), policy, NOW)
      expect(only(plan).closedBy).to.equal('fill')
      expect(only(plan).why).to.match(/^20 GiB wait, and a batch closes at 20 GiB/)
      expect(planAggregates(inputsOf(19, GIB), policy, NOW).aggregates).to.deep.equal([])
    })

    it('closes what is full, whatever else the policy says', () => {
      const policy = { ...POLICY, closeAtBytes: 32 * GIB, closeAfter: 1000 * HOUR }
      const plan = planAggregates(inputsOf(32, GIB), policy, NOW)
      expect(only(plan).closedBy).to.equal('full')
      expect(only(plan).why).to.equal('the largest aggregate is full: 1 piece more does not fit')
      expect(only(plan).segments).to.have.length(31)
      expect(plan.waiting.map(({ id }) => id)).to.deep.equal([`${GIB} 9`])
    })

    it('closes for a deadline before the next close, with that input in it', () => {
      const deadline = NOW + 2 * HOUR
      const pending = [
        input('calm', MIB, { arrivedAt: NOW - HOUR }),
        input('soon', MIB, { deadline }),
      ]
      const closed = only(planAggregates(pending, POLICY, NOW))
      expect(closed.closedBy).to.equal('deadline')
      expect(closed.why).to.equal(
        `the deadline of input soon, ${deadline}, comes before ${NOW + 5 * HOUR}, when the next batch would close`,
      )
      expect(idsOf(closed)).to.have.members(['calm', 'soon'])
      const later = [input('calm', MIB), input('soon', MIB, { deadline: NOW + 6 * HOUR })]
      expect(planAggregates(later, POLICY, NOW).aggregates).to.deep.equal([])
    })

    it('takes a deadline before all shares, and the input that is due in a flood', () => {
      const flood = inputsOf(400, 256 * MIB, { arrivedAt: NOW - HOUR }).map((each, n) => ({
        ...each,
        owner: `owner ${n % 40}`,
      }))
      const soon = input('soon', 16 * GIB, { deadline: NOW, owner: 'bob' })
      const old = input('old', 16 * GIB, { arrivedAt: NOW - 6 * HOUR, owner: 'bob' })
      for (const due of [soon, old]) {
        const [first] = planAggregates([...flood, due], POLICY, NOW).aggregates
        expect(first?.segments[0]?.ids).to.deep.equal([due.id])
        const calm = { ...due, deadline: NOW + 6 * HOUR, arrivedAt: NOW }
        const [without] = planAggregates([...flood, calm], POLICY, NOW).aggregates
        expect(without?.segments[0]?.ids).not.to.deep.equal([due.id])
      }
    })
  })

  describe('what can never be taken', () => {
    it('is a piece that the largest aggregate does not hold beside its index', () => {
      const pending = [input('half', 16 * GIB), input('whole', 32 * GIB)]
      const { refused, aggregates } = planAggregates(pending, POLICY, NOW)
      expect(refused).to.deep.equal([
        {
          id: 'whole',
          code: 'AGGREGATE_FULL',
          why: 'a piece of 32 GiB does not fit: the index of the largest aggregate, 32 GiB, leaves room for 16 GiB at most',
        },
      ])
      expect(aggregates.map(idsOf)).to.deep.equal([['half']])
    })

    it('is an input whose deadline is over; its copy is taken', () => {
      const pieceCid = 'one piece'
      const pending = [
        input('late', MIB, { pieceCid, deadline: NOW - 1 }),
        input('last moment', MIB, { pieceCid, deadline: NOW }),
      ]
      const plan = planAggregates(pending, POLICY, NOW)
      expect(plan.refused).to.deep.equal([
        { id: 'late', code: 'DEADLINE', why: `the deadline, ${NOW - 1}, was over at ${NOW}` },
      ])
      expect(idsOf(only(plan))).to.deep.equal(['last moment'])
    })
  })

  describe('at the edges of an aggregate', () => {
    const tight = { ...POLICY, minPieceSize: 128, closeAfter: 0 }

    it('sizes the index as the vectors do', () => {
      for (const { pieceSize, indexSize } of SIZINGS) {
        if (pieceSize > 2 ** 36) continue
        const policy = {
          ...tight,
          minPieceSize: pieceSize,
          maxPieceSize: pieceSize,
          closeAtBytes: 1,
        }
        const closed = only(planAggregates([input('a', 128)], policy, NOW))
        expect(closed.pieceSize).to.equal(pieceSize)
        expect(closed.indexBytes).to.equal(indexSize)
        expect(closed.waste.tail).to.equal(pieceSize - indexSize - 128)
      }
    })

    it('fills the last entry of the index, and takes the next size for one more', () => {
      const [four, five] = [inputsOf(4, 128), inputsOf(5, 128)]
      expect(only(planAggregates(four, tight, NOW)).pieceSize).to.equal(1024)
      const larger = only(planAggregates(five, { ...tight, minPieceSize: MIB / 2 }, NOW))
      expect([larger.pieceSize, larger.segments.length]).to.deep.equal([MIB, 5])
      const full = { ...tight, maxPieceSize: 512 * KIB, closeAtBytes: 512 * KIB }
      const plan = planAggregates(five, full, NOW)
      expect(plan.aggregates.map(({ segments }) => segments.length)).to.deep.equal([4, 1])
      expect(plan.aggregates[0]?.closedBy).to.equal('full')
    })

    it('fills the last byte before the index, and takes the next size for one more', () => {
      const exact = [input('a', 512), input('b', 128), input('c', 128)]
      const closed = only(planAggregates(exact, tight, NOW))
      expect([closed.pieceSize, closed.waste.tail]).to.deep.equal([1024, 0])
      const policy = { ...tight, minPieceSize: 1024 }
      const over = only(planAggregates([...exact, input('d', 128)], policy, NOW))
      expect([over.pieceSize, over.waste.tail]).to.deep.equal([2048, 1792 - 896])
      const full = { ...policy, maxPieceSize: 1024, closeAtBytes: 1024 }
      const { aggregates } = planAggregates([...exact, input('d', 128)], full, NOW)
      expect(aggregates.map(({ usedBytes }) => usedBytes)).to.deep.equal([768, 128])
    })

    it('counts segments no further than the policy', () => {
      const policy = { ...POLICY, maxSegments: 3 }
      const plan = planAggregates(inputsOf(7, MIB), policy, NOW)
      expect(plan.aggregates.map(({ segments }) => segments.length)).to.deep.equal([3, 3])
      expect(plan.waiting).to.have.length(1)
    })

    it('makes one of half the size and lets the rest wait when that costs less', () => {
      const [closed, ...more] = planAggregates(inputsOf(17, GIB), POLICY, NOW).aggregates
      expect(more).to.deep.equal([])
      expect([closed?.pieceSize, closed?.usedBytes]).to.deep.equal([16 * GIB, 15 * GIB])
      expect(closed?.why).to.equal(
        '17 GiB wait, and a batch closes at 16 GiB; an aggregate of 16 GiB is full, and what is left costs less apart: 2 pieces',
      )
      const whole = only(planAggregates(inputsOf(23, GIB), POLICY, NOW))
      expect([whole.pieceSize, whole.usedBytes]).to.deep.equal([32 * GIB, 23 * GIB])
    })
  })

  describe('order and copies', () => {
    it('stands the largest first, of equals the oldest, of those by name', () => {
      const pending = [
        input('small', KIB),
        input('young', MIB),
        input('b', MIB, { arrivedAt: 1, pieceCid: 'b' }),
        input('a', MIB, { arrivedAt: 1, pieceCid: 'a' }),
        input('large', 2 * MIB),
      ]
      const closed = only(planAggregates(pending, { ...POLICY, closeAfter: 0 }, NOW))
      expect(closed.segments.map(({ ids, offset }) => [...ids, offset])).to.deep.equal([
        ['large', 0],
        ['a', 2 * MIB],
        ['b', 3 * MIB],
        ['young', 4 * MIB],
        ['small', 5 * MIB],
      ])
    })

    it('places a piece once for all who have it, with the most raw bytes of them', () => {
      const pieceCid = 'one piece'
      const pending = [
        input('second', MIB, { pieceCid, owner: 'bob', size: 7 }),
        input('first', MIB, { pieceCid, arrivedAt: 1, size: 5 }),
        input('other size', 2 * MIB, { pieceCid }),
      ]
      const closed = only(planAggregates(pending, POLICY, NOW))
      expect(closed.segments.map(({ ids, size }) => [ids, size])).to.deep.equal([
        [['other size'], 2 * 127 * 8192],
        [['first', 'second'], 7],
      ])
      expect(closed.usedBytes).to.equal(3 * MIB)
      expect(closed.waste.padding).to.equal(3 * MIB - 2 * 127 * 8192 - 7)
    })
  })
})
