/** The rows of keeping: deciding about very many stores, in this process. */
import { setImmediate } from 'node:timers/promises'
import { decide, isDue } from '../../src/keep/decide.ts'
import { type Gathered, gather } from './rows.ts'
import type { Session } from './session.ts'
import { madeStores } from './stores.ts'

const DECIDE = {
  id: 'keep/decide',
  title: 'decision for 100,000 stores',
  ours: true,
  bytes: 0,
} as const
const STORES = 100_000

export async function measureKeep(session: Session): Promise<Gathered[]> {
  if (!session.wants(DECIDE.id)) return []
  const row = gather(DECIDE)
  const stores = madeStores(STORES)
  const rounds = session.plan.rounds.memory
  for (let round = 1; round <= rounds; round++) {
    await setImmediate()
    session.signal.throwIfAborted()
    const begin = performance.now()
    const due = stores.reduce((count, store) => count + Number(isDue(decide(store))), 0)
    const ms = performance.now() - begin
    // Nobody reads the decisions otherwise, and what nobody reads need not be computed.
    if (due === 0) session.fail(`${DECIDE.id}: no store is due`)
    row.samples.push({ ms, peakBytes: null })
    session.tellSample(DECIDE, round, rounds, ms)
  }
  return [row]
}
