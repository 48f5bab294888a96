import { expect } from 'chai'
import { decodeReport, encodeReport } from '../../../scripts/bench/report.ts'
import { markdownOf, textOf } from '../../../scripts/bench/tables.ts'
import { withFigures } from '../../../scripts/bench/write-docs.ts'
import { type Figures, GROWTH, sampleReport } from './sample-report.ts'

const FIGURES: Figures = [
  ['memory/wasm', 49_000_000, [1000, 1100, 900], 60e6],
  ['memory/sealift', 600_000_000, [1000, 900, 1100], 70e6],
  ['start/command', 0, [700], null],
  ...GROWTH,
]

describe('bench/report', () => {
  const report = sampleReport(FIGURES)

  it('comes back as it was printed', () => {
    expect(decodeReport(encodeReport(report))).to.deep.equal(report)
    expect(encodeReport(report)).to.not.include('\n')
  })

  it('refuses another version, an unknown field, and a row without samples', () => {
    const [row] = report.rows
    for (const wrong of [
      { ...report, version: 2 },
      { ...report, extra: 1 },
      { ...report, rows: [{ ...row, samplesMs: [] }] },
      { ...report, rows: [{ ...row, id: 'no group' }] },
    ])
      expect(() => decodeReport(JSON.stringify(wrong))).to.throw()
    expect(() => decodeReport('{')).to.throw(SyntaxError)
  })
})

describe('bench/tables', () => {
  const report = sampleReport(FIGURES)

  it('show rows and goals as text', () => {
    const text = textOf(report)
    expect(text).to.match(
      /title of memory\/wasm +46\.7 MiB +1\.00 s +900 ms – 1\.10 s +49\.0 +60\.0 MB/,
    )
    expect(text).to.match(/against the WebAssembly package +12\.2 × +10\.0 – 15\.0 +≥ 12 × +✓/)
    expect(text).to.match(/peak memory, the largest of ours: grow\/8192-mib +210 MB +≤ 400 MB +✓/)
    expect(text).to.include('A processor, 2 cores, sha_ni, 8.00 GiB of memory')
  })

  it('show the same as Markdown, every row as wide as its head', () => {
    const markdown = markdownOf(report)
    const widths = new Set<number>()
    for (const part of markdown.split('\n\n').filter((one) => one.startsWith('|'))) {
      const cells = part.split('\n').map((line) => line.split('|').length)
      expect(new Set(cells).size).to.equal(1)
      widths.add(cells[0] ?? 0)
    }
    expect(widths).to.deep.equal(new Set([8, 7]))
    expect(markdown).to.include('| 12.2 × |')
  })

  it('leave out groups that did not run, and say what failed', () => {
    const failed = { ...sampleReport([]), failures: ['file/cp: no such program'] }
    expect(textOf(failed)).to.not.include('In memory')
    expect(textOf(failed)).to.include('FAILED file/cp: no such program')
  })
})

describe('bench/write-docs', () => {
  it('replaces what lies between the markers, again and again', () => {
    const page = 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n'
    const once = withFigures(page, 'new', 'bench')
    expect(once).to.equal('before\n<!-- bench:begin -->\n\nnew\n\n<!-- bench:end -->\nafter\n')
    expect(withFigures(once, 'new', 'bench')).to.equal(once)
  })

  it('refuses a page without markers', () => {
    expect(() => withFigures('nothing', 'new', 'bench')).to.throw('lacks')
    expect(() => withFigures('<!-- bench:end --><!-- bench:begin -->', 'new', 'bench')).to.throw(
      'lacks',
    )
  })
})
