import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { isStorageError } from '../../../src/errors.ts'
import { Deadline } from '../../../src/retrieve/deadline.ts'

describe('retrieve/deadline', () => {
  it('aborts with DEADLINE after its time, counted from when it was last renewed', async () => {
    using deadline = new Deadline(200)
    const begun = performance.now()
    for (let i = 0; i < 4; i++) {
      await sleep(80)
      if (performance.now() - begun < 200) expect(deadline.signal.aborted).to.equal(false)
      deadline.renew()
    }
    // 320 ms have passed; a machine that was busy for 200 ms at a time may have aborted it
    const isInTime = performance.now() - begun < 400
    if (isInTime) expect(deadline.signal.aborted).to.equal(false)
    await sleep(250)
    expect(isStorageError(deadline.signal.reason, 'DEADLINE')).to.equal(true)
  })

  it('does nothing once it is disposed of, and takes any time', async () => {
    const deadline = new Deadline(1)
    deadline[Symbol.dispose]()
    using long = new Deadline(1e15)
    await sleep(20)
    expect([deadline.signal.aborted, long.signal.aborted]).to.deep.equal([false, false])
  })
})
