/**
 * `npm run faults`: the story through a node that fails, for 50 seeds. `-- --seeds 10`: fewer; `-- --seed 17`: one, with its
 * schedule; `-- --parallel 3`: at a time, on one local Filecoin.
 */
import { parseArgs } from 'node:util'
import { tellStory } from '../test/e2e/faults/story.ts'
import { openWorld } from '../test/e2e/faults/world.ts'
import { formatSchedule, scheduleOf } from '../test/fakes/lotus/faults.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    seed: { type: 'string' },
    parallel: { type: 'string', default: '2' },
  },
})
const seeds =
  values.seed === undefined
    ? Array.from({ length: Number(values.seeds) }, (_, index) => index + 1)
    : [Number(values.seed)]
const left = [...seeds]
let [passed, again] = [0, 0]
const world = await openWorld()
const began = performance.now()

async function work(): Promise<void> {
  for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
    const schedule = scheduleOf(seed)
    const start = performance.now()
    const told = await tellStory(world, `seed-${seed}`, schedule)
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    const ok = told.wrong.length === 0
    if (ok) passed += 1
    again += told.again.length
    const repeated = told.again.length === 0 ? '' : `, again: ${told.again.join(', ')}`
    console.log(
      `${ok ? 'ok    ' : 'FAILED'} seed ${seed}: ${told.faults.length} of ${schedule.length} faults struck, ${seconds} s${repeated}`,
    )
    if (ok && values.seed === undefined) continue
    for (const line of formatSchedule(schedule)) {
      console.log(`    ${told.faults.includes(line) ? 'struck' : 'missed'} ${line}`)
    }
    for (const line of told.wrong) console.log(`    wrong: ${line}`)
  }
}

try {
  await Promise.all(Array.from({ length: Number(values.parallel) }, () => work()))
} finally {
  await world.close()
}
const minutes = ((performance.now() - began) / 60_000).toFixed(1)
console.log(`${passed} of ${seeds.length} seeds, ${again} commands given again, ${minutes} min`)
process.exitCode = passed === seeds.length ? 0 : 1
