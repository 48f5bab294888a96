/** The rows of the keeper: 100,000 stores in a process of its own, decided about, and followed while nothing happens. */
import { z } from 'zod/v4'
import { runNode } from './child.ts'
import { type Gathered, gather } from './rows.ts'
import type { Session } from './session.ts'

const STORES = 100_000
const QUICK_STORES = 10_000
/** Of the sweep, which goes round once in 120: each is like any other. */
const EPOCHS = 60
/** Requests for 1,000 stores and epoch. */
const GOAL = 1

const ROWS = {
  decide: gather({
    id: 'keeper/decide',
    title: 'decision for 100,000 stores that are followed',
    ours: true,
    bytes: 0,
  }),
  idle: gather({
    id: 'keeper/idle-epoch',
    title: 'an epoch of 100,000 stores in which nothing happens',
    ours: true,
    bytes: 0,
  }),
}

const figures = z.object({
  known: z.number(),
  healthy: z.number(),
  decideMs: z.number(),
  idleMs: z.number(),
  requests: z.number(),
})

export async function measureKeeper(session: Session): Promise<Gathered[]> {
  const wanted = Object.values(ROWS).filter(({ spec }) => session.wants(spec.id))
  if (wanted.length === 0) return []
  const stores = session.plan.quick ? QUICK_STORES : STORES
  const rounds = session.plan.rounds.disk
  const perThousand: number[] = []
  for (let round = 1; round <= rounds; round++) {
    const finished = await session.attempt('keeper/decide', () =>
      runNode(['scripts/bench/keeper-once.ts', `${stores}`, `${EPOCHS}`], session.signal),
    )
    if (finished === undefined) continue
    const { known, healthy, decideMs, idleMs, requests } = figures.parse(
      JSON.parse(finished.stdout),
    )
    if (known !== stores || healthy !== stores)
      session.fail(`keeper/decide: ${known} of ${stores} stores are known, ${healthy} healthy`)
    const { peakBytes } = finished
    ROWS.decide.samples.push({ ms: decideMs, peakBytes })
    ROWS.idle.samples.push({ ms: idleMs, peakBytes })
    session.tellSample(ROWS.decide.spec, round, rounds, decideMs)
    perThousand.push((requests * 1000) / stores)
  }
  const most = Math.max(0, ...perThousand)
  const text = `keeper: ${most.toFixed(3)} JSON-RPC requests for 1,000 idle stores and epoch (goal: at most ${GOAL})`
  if (most > GOAL) session.fail(text)
  else session.note(text)
  return wanted
}
