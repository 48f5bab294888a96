import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { type PendingInput, planAggregates, type PlannedAggregate } from '../../../src/index.ts'
import { dice, GIB, HOUR, input, KIB, MIB, NOW, POLICY, shuffled } from './support/pending.ts'

/** Set SEED to repeat a run. */
const seed = process.env['SEED'] ?? randomBytes(8).toString('hex')
const ROUNDS = 300

/** Nothing closes by age or fill: only what is full. */
const FULL_ONLY = { ...POLICY, closeAtBytes: 32 * GIB, closeAfter: 1000 * HOUR }
const ROOM = 32 * GIB - 16 * MIB

function filesOf(owner: string, count: number, pieceSize: number, arrivedAt = NOW): PendingInput[] {
  return Array.from({ length: count }, (_, n) =>
    input(`${owner} ${pieceSize} ${n}`, pieceSize, { owner, arrivedAt: arrivedAt + n }),
  )
}

function idsIn(aggregate: PlannedAggregate | undefined): Set<string> {
  return new Set(aggregate?.segments.flatMap(({ ids }) => ids))
}

function bytesOf(owner: string, inputs: readonly PendingInput[], ids: ReadonlySet<string>): number {
  return inputs
    .filter((each) => each.owner === owner && ids.has(each.id))
    .reduce((sum, { pieceSize }) => sum + pieceSize, 0)
}

/** The water level by bisection: the most that everybody may take so that all of it is no more than `supply`. */
function levelOf(wanted: readonly number[], supply: number): number {
  let [low, high] = [0, supply]
  while (high - low > 1) {
    const level = Math.floor((low + high) / 2)
    if (wanted.reduce((sum, want) => sum + Math.min(want, level), 0) <= supply) low = level
    else high = level
  }
  return low
}

describe('aggregate/plan-share', () => {
  it('takes the single file that came last before most of a flood that came first', () => {
    const flood = filesOf('ada', 10_000, 4 * MIB, NOW - HOUR)
    const single = input('single', GIB, { owner: 'bob' })
    const { aggregates } = planAggregates([...flood, single], FULL_ONLY, NOW)
    expect(idsIn(aggregates[0]).has('single')).to.equal(true)
    expect(aggregates[0]?.usedBytes).to.equal(ROOM)
  })

  it('leaves an entry to a file behind a flood of tiny ones', () => {
    const policy = { ...FULL_ONLY, maxPieceSize: GIB, closeAtBytes: GIB }
    const flood = filesOf('ada', 8192 + 10, 128, NOW - HOUR)
    const single = input('single', 256 * MIB, { owner: 'bob' })
    const [first] = planAggregates([...flood, single], policy, NOW).aggregates
    expect(idsIn(first).has('single')).to.equal(true)
    expect(first?.segments).to.have.length(8192)
  })

  it('divides evenly between owners of floods, the oldest files of each first', () => {
    const inputs = ['ada', 'bob', 'cyd'].flatMap((owner, n) =>
      filesOf(owner, 100, 256 * MIB, NOW - n * HOUR),
    )
    const ids = idsIn(planAggregates(inputs, FULL_ONLY, NOW).aggregates[0])
    const counts = ['ada', 'bob', 'cyd'].map((owner) => bytesOf(owner, inputs, ids) / (256 * MIB))
    expect(counts).to.deep.equal([42, 42, 43])
    for (let n = 0; n < 42; n++) expect(ids.has(`bob ${256 * MIB} ${n}`)).to.equal(true)
  })

  it('takes the oldest first of all sizes', () => {
    const inputs = Array.from({ length: 60 }, (_, n) =>
      input(`${n}`, n % 3 === 0 ? 512 * MIB : GIB, { arrivedAt: NOW + n }),
    )
    const ids = [...idsIn(planAggregates(inputs, FULL_ONLY, NOW).aggregates[0])]
    // 38 of them are 31.5 GiB; half a GiB more does not fit beside the index.
    expect(ids.map(Number).toSorted((a, b) => a - b)).to.deep.equal(
      Array.from({ length: 38 }, (_, n) => n),
    )
  })

  it('gives one in turn to the owners who came first when no share holds a piece', () => {
    const roll = dice('turns')
    const owners = Array.from({ length: 40 }, (_, n) => `owner ${n}`)
    const inputs = shuffled(owners, roll).flatMap((owner, age) =>
      filesOf(owner, 5, GIB, NOW + 10 * age),
    )
    const ids = idsIn(planAggregates(shuffled(inputs, roll), FULL_ONLY, NOW).aggregates[0])
    const first = inputs.filter((_, n) => n % 5 === 0).slice(0, 31)
    expect([...ids]).to.have.members(first.map(({ id }) => id))
  })

  it('gives what small owners do not need to the large', () => {
    const inputs = [
      ...filesOf('ada', 40, GIB),
      ...filesOf('bob', 1, KIB),
      ...filesOf('cyd', 2, GIB),
    ]
    const ids = idsIn(planAggregates(inputs, FULL_ONLY, NOW).aggregates[0])
    const bytes = ['ada', 'bob', 'cyd'].map((owner) => bytesOf(owner, inputs, ids))
    expect(bytes).to.deep.equal([29 * GIB, KIB, 2 * GIB])
  })

  it('counts a piece of two owners as of who has less waiting', () => {
    const pieceCid = 'one piece'
    const flood = filesOf('ada', 200, 256 * MIB)
    const copies = [
      input('of ada', 256 * MIB, { pieceCid, owner: 'ada', arrivedAt: NOW + 500 }),
      input('of bob', 256 * MIB, { pieceCid, owner: 'bob', arrivedAt: NOW + 500 }),
    ]
    const [first] = planAggregates([...flood, ...copies], FULL_ONLY, NOW).aggregates
    expect(idsIn(first).has('of bob')).to.equal(true)
  })

  it('keeps an owner to its share, but for a single piece, and says so', () => {
    const policy = { ...POLICY, maxOwnerShare: 0.25 }
    const inputs = [...filesOf('ada', 12, GIB), ...filesOf('bob', 4, GIB)]
    const plan = planAggregates(inputs, policy, NOW)
    expect(plan.aggregates).to.deep.equal([])
    const why = `owner ada has its share of the next aggregate; the one behind it closes at ${NOW + 6 * HOUR + 7} at the latest`
    expect(plan.waiting.find(({ id }) => id === `ada ${GIB} 7`)?.why).to.equal(why)
    const aged = planAggregates(inputs, policy, NOW + 7 * HOUR).aggregates
    expect(bytesOf('ada', inputs, idsIn(aged[0]))).to.equal(7 * GIB)
    expect(bytesOf('ada', inputs, idsIn(aged[1]))).to.equal(5 * GIB)
  })

  it('takes a piece above the share of an owner alone, at the latest when it is due', () => {
    const policy = { ...POLICY, maxOwnerShare: 0.25 }
    const large = input('large', 16 * GIB)
    expect(planAggregates([large], policy, NOW).aggregates).to.have.length(1)
    const both = [large, input('small', MIB, { arrivedAt: NOW + 1 })]
    expect(planAggregates(both, policy, NOW + 5 * HOUR).aggregates).to.deep.equal([])
    const plan = planAggregates(both, policy, NOW + 6 * HOUR)
    expect(plan.aggregates.map((each) => [...idsIn(each)])).to.deep.equal([['large']])
    expect(plan.waiting.map(({ id }) => id)).to.deep.equal(['small'])
  })

  it(`leaves out nobody who wants no more than an equal share, and gives all others theirs (SEED=${seed})`, () => {
    let full = 0
    for (let round = 0; round < ROUNDS; round++) {
      const roll = dice(`${seed} fair ${round}`)
      const owners = Array.from({ length: 1 + roll(8) }, (_, n) => `owner ${n}`)
      const inputs = owners.flatMap((owner) => {
        const [least, spread] = [20 + roll(10), 1 + roll(5)]
        return Array.from({ length: 1 + roll(60) }, (_, n) =>
          input(`${owner} ${n}`, 2 ** (least + roll(spread)), {
            owner,
            arrivedAt: NOW + roll(100),
          }),
        )
      })
      const plan = planAggregates(inputs, FULL_ONLY, NOW)
      if (plan.aggregates.length === 0) continue
      full += 1
      const ids = idsIn(plan.aggregates[0])
      const all = new Set(inputs.map(({ id }) => id))
      const level = levelOf(
        owners.map((owner) => bytesOf(owner, inputs, all)),
        ROOM,
      )
      for (const owner of owners) {
        const [got, wanted] = [bytesOf(owner, inputs, ids), bytesOf(owner, inputs, all)]
        if (wanted <= level) expect(got).to.equal(wanted)
        const left = inputs.filter((each) => each.owner === owner && !ids.has(each.id))
        // Of its share an owner misses less than its smallest piece that is left.
        const smallest = Math.min(...left.map(({ pieceSize }) => pieceSize))
        if (left.length > 0) expect(got + smallest).to.be.greaterThan(level)
      }
    }
    expect(full).to.be.greaterThan(ROUNDS / 10)
  })
})
