import { expect } from 'chai'
import type { Problem } from '../../../src/dashboard/documents.ts'
import { startLooking } from '../../../src/dashboard/looking.ts'

const explain = (error: unknown): Problem => ({
  code: 'INTERNAL',
  message: String(error),
  hint: null,
  next: null,
})

function rig(answers: (string | Error)[], takes = 0) {
  let at = 1000
  let looks = 0
  const looking = startLooking<string>({
    everyMs: 100,
    explain,
    now: () => at,
    look: async () => {
      looks += 1
      at += takes
      const answer = answers[Math.min(looks, answers.length) - 1] ?? ''
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  return { looking, looks: () => looks, pass: (ms: number) => (at += ms) }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('dashboard/looking', () => {
  it('keeps the last good answer with its time when a look fails, and forgets the failure later', async () => {
    const { looking, pass } = rig(['good', new Error('away'), 'better'])
    await looking.refresh()
    expect(looking.known()).to.deep.equal({ value: 'good', at: 1000, problem: undefined })
    pass(500)
    await looking.refresh()
    expect(looking.known()).to.include({ value: 'good', at: 1000 })
    expect(looking.known().problem?.message).to.equal('Error: away')
    await looking.refresh()
    expect(looking.known()).to.deep.equal({ value: 'better', at: 1500, problem: undefined })
  })

  it('looks once, however many ask at once', async () => {
    const { looking, looks } = rig(['good'])
    await Promise.all([looking.refresh(), looking.refresh(), looking.refresh()])
    expect(looks()).to.equal(1)
  })

  it('looks when it is time to, not before', async () => {
    const { looking, looks, pass } = rig(['good'])
    looking.refreshIfDue()
    await settled()
    pass(99)
    looking.refreshIfDue()
    await settled()
    expect(looks()).to.equal(1)
    pass(1)
    looking.refreshIfDue()
    await settled()
    expect(looks()).to.equal(2)
  })

  it('occupies the node a tenth of the time where a look takes long', async () => {
    const { looking, looks, pass } = rig(['good'], 50)
    looking.refreshIfDue()
    await settled()
    pass(449)
    looking.refreshIfDue()
    await settled()
    expect(looks()).to.equal(1)
    pass(1)
    looking.refreshIfDue()
    await settled()
    expect(looks()).to.equal(2)
  })
})
