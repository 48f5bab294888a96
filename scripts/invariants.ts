/**
 * `npm run invariants`: plays the invariant suite and says for each action how often it was tried and how often it took
 * effect. An action that never does is a defect of the suite: exit code 1, as for a rule that does not hold.
 */
import { tasks } from 'hardhat'
import { invariantCalls } from '../test/contracts/invariants/settings.ts'

interface Metrics {
  readonly calls: bigint
  readonly reverts: bigint
  readonly discards: bigint
}

interface TestResult {
  readonly kind: { readonly calls?: bigint; readonly metrics?: Readonly<Record<string, Metrics>> }
}

interface Suites {
  readonly suiteResults: readonly { readonly testResults: readonly TestResult[] }[]
}

/** The same on success and on failure, in different places. */
interface Outcome {
  readonly success: boolean
  readonly value?: Suites
  readonly error?: Suites
}

const started = Date.now()
const outcome: Outcome = await tasks
  .getTask(['test', 'solidity'])
  .run({ testFiles: ['test/contracts/invariants/Invariants.t.sol'] })

const results = ((outcome.value ?? outcome.error)?.suiteResults ?? []).flatMap(
  (suite) => suite.testResults,
)
const actions = new Map<string, { tried: number; effect: number; reverts: number }>()
let calls = 0
for (const { kind } of results) {
  // Discarded calls are not among these: `calls` is what the runner took to its end.
  calls += Number(kind.calls ?? 0)
  for (const [key, metrics] of Object.entries(kind.metrics ?? {})) {
    const name = key.slice(key.lastIndexOf('.') + 1)
    const sum = actions.get(name) ?? { tried: 0, effect: 0, reverts: 0 }
    sum.tried += Number(metrics.calls)
    sum.reverts += Number(metrics.reverts)
    sum.effect += Number(metrics.calls - metrics.discards - metrics.reverts)
    actions.set(name, sum)
  }
}

for (const [name, { tried, effect, reverts }] of [...actions].toSorted()) {
  const share = ((100 * effect) / tried).toFixed(0)
  console.log(
    `${name.padEnd(26)}${String(tried).padStart(8)} tried${share.padStart(5)} % took effect, ${reverts} reverted`,
  )
}
const idle = [...actions].filter(([, { effect }]) => effect === 0).map(([name]) => name)
const seconds = ((Date.now() - started) / 1000).toFixed(0)
console.log(`${calls} calls in ${results.length} campaigns, ${seconds} s`)
if (idle.length > 0) console.log(`never took effect: ${idle.join(', ')}`)
if (calls < invariantCalls)
  console.log(`fewer calls than the ${invariantCalls} that were asked for`)
process.exitCode = outcome.success && idle.length === 0 && calls >= invariantCalls ? 0 : 1
