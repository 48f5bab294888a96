/**
 * The whole story through a node that behaves as Lotus does and fails by a schedule; `npm run faults` tells it for fifty seeds.
 */
import { expect } from 'chai'
import { type Schedule, scheduleOf } from '../../fakes/lotus/faults.ts'
import { type Told, tellStory } from './story.ts'
import { openWorld, type World } from './world.ts'

const STORIES: Readonly<Record<string, Schedule>> = {
  'seed 1': scheduleOf(1),
  'seed 5': scheduleOf(5),
  'seed 8': scheduleOf(8),
  // Every answer to a transaction is lost, and each leaves the chain once after its receipt was shown.
  'lost answers and lost blocks': [1, 2, 3].flatMap((nth) => [
    { method: 'eth_sendRawTransaction', nth, fault: { kind: 'drop', taken: true } },
    { method: 'receipt', nth, fault: { kind: 'reorg', depth: 1n, epochs: 2n } },
  ]),
  // What the pool took it forgets; the same bytes must come again, and nothing else.
  'a pool that forgets': [1, 3].map((nth) => ({
    method: 'eth_sendRawTransaction',
    nth,
    fault: { kind: 'forget' },
  })),
}

describe('the story through a node that fails', () => {
  let world: World
  const told = new Map<string, Promise<Told>>()
  before(async () => {
    world = await openWorld()
    for (const [name, schedule] of Object.entries(STORIES)) {
      const story = tellStory(world, name.replaceAll(' ', '-'), schedule)
      // A story that fails early waits for its test.
      story.catch(() => undefined)
      told.set(name, story)
    }
  })
  after(async () => {
    await Promise.allSettled(told.values())
    await world.close()
  })

  for (const [name, schedule] of Object.entries(STORIES))
    it(`ends well, with one proposal and two deals: ${name}`, async function () {
      this.timeout(240_000)
      const story = await told.get(name)
      expect(story?.wrong, `schedule: ${story?.faults.join('; ')}`).to.deep.equal([])
      expect(story?.faults.length, `of ${schedule.length}`).to.be.greaterThan(0)
    })
})
