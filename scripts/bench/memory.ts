/**
 * The rows in memory. They run in this process one after the other, A B A B, so that slow and fast moments of the machine
 * meet all of them; the peak memory of each comes from a process of its own.
 */
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { formatBytes } from '../../src/terminal/format.ts'
import { Agreement } from './agreement.ts'
import { runNode } from './child.ts'
import { commitment, type Contender, CONTENDERS } from './contenders.ts'
import { BATCH_SIZES, hashLimitMs } from './hash-limit.ts'
import { type HashInto, hashInto } from './hashtree.ts'
import { heldPayload, LARGEST_WHOLE, streamedPayload } from './payload.ts'
import type { RowSpec, Sample } from './report.ts'
import type { Gathered } from './rows.ts'
import type { Session } from './session.ts'
import { median } from './statistics.ts'

const MIB = 2 ** 20
/** At no boundary of any kind: it warms everybody up, and shows a disagreement before the long runs begin. */
const WARM_UP_BYTES = 4 * MIB + 12_345
const QUICK_SHARE = 16
const LIMIT: RowSpec = {
  id: 'memory/hash-limit',
  title: 'the limit: hashtree alone over 2 × the padded bytes',
  ours: false,
  bytes: 127 * MIB,
}

export async function measureMemory(session: Session): Promise<Gathered[]> {
  const { rounds, quick } = session.plan
  const contenders = CONTENDERS.filter(({ id }) => session.wants(id)).map((contender) =>
    quick ? { ...contender, bytes: contender.bytes / QUICK_SHARE } : contender,
  )
  const limit = limitFor(session)
  if (contenders.length === 0 && limit === undefined) return []

  const agreement = new Agreement(session)
  const longest = Math.max(WARM_UP_BYTES, ...contenders.map(({ bytes }) => bytes))
  const held = streamedPayload(Math.min(longest, LARGEST_WHOLE)).whole()
  const turn = async (contender: Contender, bytes: number): Promise<number | undefined> => {
    await rest(session.signal)
    const begin = performance.now()
    const answer = await session.attempt(contender.id, () =>
      contender.run(heldPayload(held, bytes)),
    )
    const ms = performance.now() - begin
    if (answer !== undefined) compare(agreement, contender, bytes, answer)
    return answer === undefined ? undefined : ms
  }

  for (const size of new Set([WARM_UP_BYTES, ...contenders.map(({ bytes }) => bytes)]))
    agreement.check(subject(size), 'memory/sealift', commitment(heldPayload(held, size)))
  for (const contender of contenders) await turn(contender, WARM_UP_BYTES)
  const timed = contenders.map((contender) => ({ contender, samples: [] as Sample[] }))
  for (let round = 1; round <= rounds.memory; round++) {
    for (const { contender, samples } of timed) {
      const ms = await turn(contender, contender.bytes)
      if (ms === undefined) continue
      samples.push({ ms, peakBytes: null })
      session.tellSample(contender, round, rounds.memory, ms)
    }
    await limit?.turn(round)
  }
  const rows: Gathered[] = []
  for (const { contender, samples } of timed) {
    const peakBytes = await peakOf(contender, agreement, session)
    const { run: _run, commits: _commits, ...spec } = contender
    rows.push({ spec, samples: samples.map(({ ms }) => ({ ms, peakBytes })) })
  }
  return limit === undefined ? rows : [...rows, limit.row()]
}

function limitFor(session: Session): HashLimit | undefined {
  if (!session.wants(LIMIT.id)) return undefined
  if (hashInto !== undefined) return new HashLimit(hashInto, session)
  session.note('@chainsafe/hashtree has no build for this machine: no plain loop, no hash limit')
  return undefined
}

/** All batch sizes run in every round; the one with the best median is the limit. */
class HashLimit {
  readonly #hashInto: HashInto
  readonly #session: Session
  readonly #spec: RowSpec
  readonly #candidates = BATCH_SIZES.map((size) => ({ size, samples: [] as number[] }))

  constructor(hash: HashInto, session: Session) {
    this.#hashInto = hash
    this.#session = session
    this.#spec = session.plan.quick ? { ...LIMIT, bytes: LIMIT.bytes / QUICK_SHARE } : LIMIT
  }

  async turn(round: number): Promise<void> {
    const { memory } = this.#session.plan.rounds
    for (const { size, samples } of this.#candidates) {
      await rest(this.#session.signal)
      samples.push(hashLimitMs(this.#hashInto, this.#spec.bytes, size))
    }
    const best = Math.min(...this.#candidates.map(({ samples }) => samples.at(-1) as number))
    this.#session.tellSample(this.#spec, round, memory, best)
  }

  row(): Gathered {
    const [best] = this.#candidates.toSorted((a, b) => median(a.samples) - median(b.samples))
    const { size = 0, samples = [] } = best ?? {}
    return {
      spec: { ...this.#spec, title: `${this.#spec.title}, ${formatBytes(size)} at a time` },
      samples: samples.map((ms) => ({ ms, peakBytes: null })),
    }
  }
}

async function peakOf(
  contender: Contender,
  agreement: Agreement,
  session: Session,
): Promise<number | null> {
  const { id, bytes } = contender
  const finished = await session.attempt(id, () =>
    runNode(['scripts/bench/commit-once.ts', id, String(bytes)], session.signal),
  )
  if (finished === undefined) return null
  compare(agreement, contender, bytes, finished.stdout.trim())
  return finished.peakBytes
}

function compare(
  agreement: Agreement,
  { id, commits }: Contender,
  size: number,
  cid: string,
): void {
  if (commits) agreement.check(subject(size), id, cid)
}

function subject(size: number): string {
  return `${size} bytes`
}

/** Lets signals in, and clears away what the turn before left. */
async function rest(signal: AbortSignal): Promise<void> {
  await setImmediate()
  signal.throwIfAborted()
  collectGarbage()
}

const collectGarbage = exposedGarbageCollector()

function exposedGarbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
