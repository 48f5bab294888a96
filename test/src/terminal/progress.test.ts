import { expect } from 'chai'
import { createProgress } from '../../../src/terminal/progress.ts'

const MIB = 1024 ** 2

function rig(isTerminal: boolean, columns?: number) {
  const clock = { ms: 0 }
  const chunks: string[] = []
  const stream = { write: (text: string) => chunks.push(text), ...(columns ? { columns } : {}) }
  const progress = createProgress(stream, { isTerminal, now: () => clock.ms })
  return { clock, chunks, progress, text: () => chunks.join('') }
}

describe('terminal/progress', () => {
  it('prints nothing but a closing line for work of seconds off a terminal', () => {
    const { clock, progress, text } = rig(false)
    progress.update({ label: 'preparing', bytes: 0, total: MIB })
    clock.ms = 2999
    progress.update({ label: 'preparing', bytes: MIB, total: MIB })
    expect(text()).to.equal('')
    progress.done()
    expect(text()).to.equal('preparing: 1.00 MiB in 3.0 s\n')
  })

  it('leaves no trace of work that takes less than a second', () => {
    const { clock, progress, text } = rig(false)
    progress.update({ label: 'preparing', bytes: 3, total: 3 })
    clock.ms = 900
    progress.done()
    expect(text()).to.equal('')
  })

  it('leaves out the least important when the terminal is narrow, and a rate while it is chance', () => {
    const { clock, progress, chunks } = rig(true, 80)
    progress.update({ label: 'downloading', bytes: 0, total: 60 * MIB })
    clock.ms = 200
    progress.update({ label: 'downloading', bytes: 10 * MIB, total: 60 * MIB })
    expect(chunks.at(-1)).to.match(/10\.0 MiB of 60\.0 MiB$/)
    clock.ms = 1000
    progress.update({ label: 'downloading', bytes: 20 * MIB, total: 60 * MIB })
    expect(chunks.at(-1)).to.match(/20\.0 MiB of 60\.0 MiB, 20\.0 MiB\/s$/)
  })

  it('shows what is worked on behind all else: its end, where there is room', () => {
    const state = { label: 'preparing', bytes: 5, total: 10 }
    const detail = '/a/long/path/to/the/file that is read.bin'
    const drawn = (columns: number) => {
      const { progress, chunks } = rig(true, columns)
      progress.update({ ...state, detail })
      return (chunks[0] ?? '').replace('\r\u001b[2K', '')
    }
    expect(drawn(140)).to.match(/5 B of 10 B, \/a\/long\/path\/to\/the\/file that is read\.bin$/)
    expect(drawn(80))
      .to.match(/5 B of 10 B, …e\/file that is read\.bin$/)
      .and.to.have.length(79)
    expect(drawn(64)).to.match(/5 B of 10 B$/)
    const { clock, progress, text } = rig(false)
    progress.update({ ...state, detail })
    clock.ms = 3000
    progress.update({ ...state, detail })
    expect(text()).to.equal(`preparing: 50 %, 5 B of 10 B, 2 B/s, 3.0 s left, ${detail}\n`)
  })

  it('prints a plain line every three seconds off a terminal', () => {
    const { clock, progress, chunks } = rig(false)
    for (let second = 0; second <= 7; second += 1) {
      clock.ms = second * 1000
      progress.update({ label: 'preparing', bytes: second * 10 * MIB, total: 100 * MIB })
    }
    expect(chunks).to.deep.equal([
      'preparing: 30 %, 30.0 MiB of 100 MiB, 10.0 MiB/s, 7.0 s left\n',
      'preparing: 60 %, 60.0 MiB of 100 MiB, 10.0 MiB/s, 4.0 s left\n',
    ])
  })

  it('writes no escape sequence off a terminal', () => {
    const { clock, progress, text } = rig(false)
    progress.update({ label: 'a\u001b[2J', bytes: 1 })
    clock.ms = 5000
    progress.update({ label: 'a\u001b[2J', bytes: 2 })
    progress.line('x\u001b[2Jy')
    progress.drop()
    progress.done()
    expect(text()).to.not.include('\u001b')
  })

  it('redraws one line on a terminal, at most ten times a second', () => {
    const { clock, progress, chunks } = rig(true, 200)
    for (clock.ms = 0; clock.ms < 1000; clock.ms += 10) {
      progress.update({ label: 'preparing', bytes: clock.ms, total: 1000 })
    }
    expect(chunks).to.have.length(10)
    for (const chunk of chunks) {
      expect(chunk.startsWith('\r\u001b[2K')).to.equal(true)
      expect(chunk).to.not.include('\n')
    }
  })

  it('never draws wider than the terminal', () => {
    const { progress, chunks } = rig(true, 40)
    progress.update({ label: 'a label that is much longer than any terminal', bytes: 5, total: 10 })
    expect((chunks[0] ?? '').replace('\r\u001b[2K', '')).to.have.length(39)
  })

  it('keeps lines above the bar', () => {
    const { progress, chunks } = rig(true, 100)
    progress.update({ label: 'sealing', bytes: 5, total: 10 })
    progress.line('deal 1 published')
    expect(chunks.slice(1, 3)).to.deep.equal(['\r\u001b[2K', 'deal 1 published\n'])
    expect(chunks[3]).to.include('sealing')
  })

  it('closes the bar of the step before when the label changes', () => {
    const { clock, progress, text } = rig(false)
    progress.update({ label: 'preparing', bytes: MIB })
    clock.ms = 1000
    progress.update({ label: 'downloading', bytes: 0, total: 0 })
    expect(text()).to.equal('preparing: 1.00 MiB in 1.0 s\n')
  })

  it('leaves nothing on the terminal when it is dropped', () => {
    const { progress, chunks } = rig(true, 100)
    progress.update({ label: 'preparing', bytes: 1 })
    progress.drop()
    progress.done()
    expect(chunks.at(-1)).to.equal('\r\u001b[2K')
  })
})
