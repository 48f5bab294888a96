import { expect } from 'chai'
import { toRow } from '../../../scripts/bench/rows.ts'
import { median, speedRatio } from '../../../scripts/bench/statistics.ts'

describe('bench/statistics', () => {
  it('takes the middle one, or the mean of the two in the middle', () => {
    expect(median([7])).to.equal(7)
    expect(median([9, 1, 5])).to.equal(5)
    expect(median([10, 1, 2, 100])).to.equal(6)
    expect(() => median([])).to.throw(RangeError)
  })

  it('does not sort what it is given', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).to.deep.equal([3, 1, 2])
  })

  it('compares speeds, by medians and by rounds, whatever the sizes', () => {
    const one = { bytes: 1000, samplesMs: [10, 20, 40] }
    const other = { bytes: 500, samplesMs: [10, 50, 100] }
    // 1000 in 20 against 500 in 50; rounds: 100 to 50, 50 to 10, 25 to 5.
    expect(speedRatio(one, other)).to.deep.equal({ value: 5, min: 2, max: 5 })
  })

  it('compares times where there are no bytes', () => {
    const one = { bytes: 0, samplesMs: [100] }
    expect(speedRatio(one, { bytes: 0, samplesMs: [250] }).value).to.equal(2.5)
  })
})

describe('bench/rows', () => {
  const spec = { id: 'file/cp', title: 'cp', ours: false, bytes: 3_000_000 }

  it('makes a row of samples', () => {
    const samples = [30, 10, 20].map((ms) => ({ ms, peakBytes: ms * 1000 }))
    expect(toRow({ spec, samples })).to.deep.equal({
      ...spec,
      files: null,
      samplesMs: [30, 10, 20],
      medianMs: 20,
      minMs: 10,
      maxMs: 30,
      mbPerSecond: 150,
      peakBytes: 30_000,
    })
  })

  it('leaves out speed without bytes, memory that nobody told, and rows that never ran', () => {
    const row = toRow({ spec: { ...spec, bytes: 0 }, samples: [{ ms: 1, peakBytes: null }] })
    expect(row).to.include({ mbPerSecond: null, peakBytes: null })
    expect(toRow({ spec, samples: [] })).to.equal(undefined)
  })
})
