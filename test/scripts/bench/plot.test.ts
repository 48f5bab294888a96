import { expect } from 'chai'
import { hasGrowth, plotOf } from '../../../scripts/bench/plot.ts'
import { GROWTH, sampleReport } from './sample-report.ts'

const dots = (svg: string) =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }))

describe('bench/plot', () => {
  it('has a point for each size in both panels, in order', () => {
    const points = dots(plotOf(sampleReport(GROWTH)))
    expect(points).to.have.lengthOf(2 * GROWTH.length)
    const [time, memory] = [points.slice(0, 3), points.slice(3)]
    for (const panel of [time, memory])
      expect(panel.map(({ x }) => x)).to.deep.equal(
        panel.map(({ x }) => x).toSorted((a, b) => a - b),
      )
    // Sizes have the same place in both, half a picture apart; more lies higher.
    for (const [i, { x }] of time.entries()) expect((memory[i]?.x ?? 0) - x).to.be.closeTo(490, 0.2)
    expect(time[0]?.y).to.be.greaterThan(time[2]?.y ?? Infinity)
    expect(memory[0]?.y).to.be.greaterThan(memory[2]?.y ?? Infinity)
  })

  it('puts a point where its axis says: the time of ten seconds on the line of ten', () => {
    const svg = plotOf(
      sampleReport([
        ['grow/1-mib', 2 ** 20, [1000], 100e6],
        ['grow/8192-mib', 2 ** 33, [10_000], 100e6],
      ]),
    )
    const ticks = [...svg.matchAll(/<path d="M[\d.]+ ([\d.]+)H/g)].map(([, y]) => Number(y))
    const [first, last, flat, same] = dots(svg)
    expect(ticks).to.include.members([first?.y, last?.y, flat?.y])
    expect(flat?.y).to.equal(same?.y)
  })

  it('writes the values, the sizes, the units, and nothing that is not a number', () => {
    const svg = plotOf(sampleReport(GROWTH))
    for (const text of ['0.31', '12.3', '100', '210', 'seconds', 'MB', 'size of the file'])
      expect(svg).to.include(`>${text}<`)
    for (const unit of ['MiB', 'GiB']) expect(svg).to.include(`>${unit}<`)
    expect(svg).to.not.match(/NaN|undefined|Infinity/)
  })

  it('refuses a run that did not measure the growth', () => {
    const report = sampleReport([['memory/wasm', 1000, [1], null]])
    expect(hasGrowth(report)).to.equal(false)
    expect(() => plotOf(report)).to.throw('--grow')
  })
})
