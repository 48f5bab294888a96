import { expect } from 'chai'
import { type Figures, sampleReport } from './sample-report.ts'

const goalsOf = (figures: Figures) =>
  sampleReport(figures).findings.map(({ title, value, goal, met }) => ({
    title,
    value: Math.round(value * 10) / 10,
    goal: goal?.value ?? null,
    met,
  }))

/** Sealift takes 10 ms. */
const againstWasm = (ms: number): Figures => [
  ['memory/wasm', 1000, [ms], null],
  ['memory/sealift', 1000, [10], null],
]

describe('bench/findings', () => {
  it('judges a ratio at its goal, and below it', () => {
    const title = 'commitment, one thread, against the WebAssembly package'
    expect(goalsOf(againstWasm(120))).to.deep.equal([{ title, value: 12, goal: 12, met: true }])
    expect(goalsOf(againstWasm(119))).to.deep.equal([{ title, value: 11.9, goal: 12, met: false }])
  })

  it('tells shares in percent', () => {
    expect(
      goalsOf([
        ['file/prepare-2-threads', 1000, [100], null],
        ['file/cp', 1000, [70], null],
      ]),
    ).to.deep.equal([
      { title: 'prepare of one file, two threads, of cp', value: 70, goal: 65, met: true },
    ])
  })

  it('judges the largest of our memories, not that of peers', () => {
    const title = 'peak memory, the largest of ours: tiny/prepare'
    expect(
      goalsOf([
        ['memory/wasm', 1000, [1], 900e6],
        ['tiny/prepare', 1000, [1], 401e6],
        ['grow/1-mib', 1000, [1], 100e6],
      ]),
    ).to.deep.equal([{ title, value: 401, goal: 400, met: false }])
  })

  it('judges the start of the command', () => {
    const title = 'npx hardhat prepare of a tiny file, from start to end'
    expect(goalsOf([['start/command', 0, [900, 1000, 1100], null]])).to.deep.equal([
      { title, value: 1000, goal: 1000, met: true },
    ])
  })

  it('says nothing about rows that did not run', () => {
    expect(goalsOf([['memory/wasm', 1000, [1], null]])).to.deep.equal([])
  })
})
