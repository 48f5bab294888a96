import { expect } from 'chai'
import { HELP, parseOptions } from '../../../scripts/bench/options.ts'

const planOf = (...args: string[]) => parseOptions(args, '/here').plan

describe('bench/options', () => {
  it('has defaults', () => {
    const plan = planOf()
    expect(plan).to.deep.include({ rounds: { memory: 5, disk: 3 }, quick: false, grow: false })
    expect(plan.fileSize).to.equal(2 ** 31)
    expect(plan.only.test('memory/wasm')).to.equal(true)
  })

  it('is small when quick, unless a size or rounds are said', () => {
    expect(planOf('--quick')).to.deep.include({ rounds: { memory: 1, disk: 1 }, fileSize: 2 ** 26 })
    const plan = planOf('--quick', '--rounds', '2', '--size', '1GiB')
    expect(plan).to.deep.include({ rounds: { memory: 2, disk: 2 }, fileSize: 2 ** 30 })
  })

  it('reads sizes and paths', () => {
    expect(planOf('--size', '512 mib').fileSize).to.equal(2 ** 29)
    expect(planOf('--size', '1000').fileSize).to.equal(1000)
    expect(parseOptions(['--dir', 'there'], '/here').dir).to.equal('/here/there')
    expect(parseOptions(['--write-docs', '/a.json'], '/here').writeDocs).to.equal('/a.json')
  })

  it('refuses what it does not understand', () => {
    const wrong = [
      ['--rounds', '0'],
      ['--rounds', '1.5'],
      ['--size', '0'],
      ['--size', '5TB'],
      ['--only', '('],
      ['--fast'],
      ['file'],
    ]
    for (const args of wrong) expect(() => parseOptions(args, '/'), args.join(' ')).to.throw()
  })

  it('has a help that names every option', () => {
    for (const name of ['rounds', 'size', 'only', 'grow', 'quick', 'dir', 'json', 'write-docs'])
      expect(HELP).to.include(`--${name} `)
  })
})
