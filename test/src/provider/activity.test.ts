import { expect } from 'chai'
import { type Activity, createActivity } from '../../../src/provider/activity.ts'
import { refused } from '../../support/refused.ts'

/** Whether nothing is in progress now. */
async function isIdle(activity: Activity): Promise<boolean> {
  return Promise.race([
    activity.whenIdle().then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ])
}

describe('createActivity', () => {
  it('is idle at first, and when all work has ended, however it ended', async () => {
    const activity = createActivity(new AbortController().signal)
    expect(await isIdle(activity)).to.equal(true)
    const { promise, reject } = Promise.withResolvers<void>()
    const work = activity.during(promise).catch(() => undefined)
    expect(await isIdle(activity)).to.equal(false)
    reject(new Error('over'))
    await work
    expect(await isIdle(activity)).to.equal(true)
  })

  it('does not count work that waits for an epoch, until the epoch has come', async () => {
    const activity = createActivity(new AbortController().signal)
    const { promise, resolve } = Promise.withResolvers<void>()
    const work = activity.during(activity.epochReached(10n).then(() => promise))
    expect(await isIdle(activity)).to.equal(true)
    activity.headAt(9n)
    expect(await isIdle(activity)).to.equal(true)
    activity.headAt(10n)
    expect(await isIdle(activity)).to.equal(false)
    resolve()
    await work
    expect(await isIdle(activity)).to.equal(true)
  })

  it('does not wait for an epoch that has passed', async () => {
    const activity = createActivity(new AbortController().signal)
    activity.headAt(10n)
    await activity.during(activity.epochReached(10n))
  })

  it('ends the waits when it is told to stop', async () => {
    const stop = new AbortController()
    const activity = createActivity(stop.signal)
    const work = activity.during(activity.epochReached(10n))
    stop.abort()
    await refused('ABORTED', work)
    await refused('ABORTED', activity.during(activity.epochReached(10n)))
    expect(await isIdle(activity)).to.equal(true)
  })
})
