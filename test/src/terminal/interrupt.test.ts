import { expect } from 'chai'
import { EventEmitter } from 'node:events'
import { onInterrupt } from '../../../src/terminal/interrupt.ts'

function rig() {
  const clock = { ms: 0 }
  const source = new EventEmitter()
  const heard: string[] = []
  const stop = onInterrupt(() => heard.push('first'), {
    source,
    now: () => clock.ms,
    end: (signal) => heard.push(`end by ${signal}`),
  })
  return { clock, source, heard, stop }
}

describe('terminal/interrupt', () => {
  it('takes one Ctrl-C that arrives twice, or by two names, as one', () => {
    const { clock, source, heard } = rig()
    source.emit('SIGINT')
    clock.ms = 10
    source.emit('SIGINT')
    source.emit('SIGTERM')
    expect(heard).to.deep.equal(['first'])
  })

  it('ends at once on a second one', () => {
    const { clock, source, heard } = rig()
    source.emit('SIGINT')
    clock.ms = 700
    source.emit('SIGTERM')
    expect(heard).to.deep.equal(['first', 'end by SIGTERM'])
    expect(source.listenerCount('SIGINT')).to.equal(0)
  })

  it('hears nothing any more once it was stopped', () => {
    const { source, heard, stop } = rig()
    stop()
    source.emit('SIGINT')
    expect(heard).to.deep.equal([])
  })
})
