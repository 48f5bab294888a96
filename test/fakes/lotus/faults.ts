/**
 * What goes wrong between a client and its node, as a list that says what happens to which request: a seed makes the list,
 * the list can be printed, and the same list makes the same faults again, whatever the clock does meanwhile.
 */
import { dice } from '../../e2e/years/dice.ts'

/** `taken`: the node has worked on the request before its answer is lost. */
export type Fault =
  | { readonly kind: 'drop'; readonly taken: boolean }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: 429 | 500 | 502 | 503; readonly taken: boolean }
  /** A page of HTML with status 200, as captive portals and parked domains answer. */
  | { readonly kind: 'html' }
  /** Half of the answer, as a whole one. The node has worked on the request. */
  | { readonly kind: 'truncate' }
  /** The head is told too high, by an endpoint that the state behind it cannot follow. */
  | { readonly kind: 'ahead'; readonly epochs: bigint }
  /** One of several nodes behind an address answers, which lags. */
  | { readonly kind: 'behind'; readonly epochs: bigint }
  /** The message pool takes the transaction, says so, and loses it, as a node that is started anew does. */
  | { readonly kind: 'forget' }
  /** `depth` epochs leave the chain, and come back in other blocks after `epochs`. */
  | { readonly kind: 'reorg'; readonly depth: bigint; readonly epochs: bigint }
  | { readonly kind: 'null-rounds'; readonly epochs: bigint }

/** `method`: of JSON-RPC; `*`, any; `receipt`, an answer that holds the receipt of a transaction that had none before. */
export interface ScheduledFault {
  readonly method: string
  /** 1 is the first such request. */
  readonly nth: number
  readonly fault: Fault
}

export type Schedule = readonly ScheduledFault[]

/** Deployment of factory and client, and the proposal. */
const TRANSACTIONS = 3

/** Faults of every kind that a story of three transactions meets; the lost answer to a transaction that was taken always. */
export function scheduleOf(seed: number): Schedule {
  const { between, chance, roll } = dice(`faults-${seed}`)
  const pick = <T>(list: readonly T[]): T => list[roll(list.length)] as T
  const transport = (): Fault =>
    pick<() => Fault>([
      () => ({ kind: 'drop', taken: chance(50) }),
      () => ({ kind: 'drop', taken: chance(50) }),
      () => ({ kind: 'delay', ms: between(20, 400) }),
      () => ({ kind: 'status', status: 429, taken: false }),
      () => ({ kind: 'status', status: pick([500, 502, 503] as const), taken: chance(50) }),
      () => ({ kind: 'html' }),
      () => ({ kind: 'truncate' }),
    ])()
  const view = (): Fault =>
    chance(70)
      ? { kind: 'behind', epochs: BigInt(between(1, 4)) }
      : { kind: 'ahead', epochs: BigInt(between(1, 20)) }
  const schedule: ScheduledFault[] = [
    {
      method: 'eth_sendRawTransaction',
      nth: between(1, TRANSACTIONS),
      fault: { kind: 'drop', taken: true },
    },
  ]
  const add = (method: string, most: number, fault: Fault): void => {
    const nth = between(1, most)
    const isTaken = schedule.some((one) => one.method === method && one.nth === nth)
    if (!isTaken) schedule.push({ method, nth, fault })
  }
  if (chance(60)) add('eth_sendRawTransaction', TRANSACTIONS + 1, transport())
  if (chance(30)) add('eth_sendRawTransaction', TRANSACTIONS, { kind: 'forget' })
  for (let count = between(5, 12); count > 0; count -= 1) add('*', 150, transport())
  for (let count = between(1, 3); count > 0; count -= 1)
    add(pick(['eth_call', 'eth_getTransactionReceipt', 'eth_estimateGas']), 12, transport())
  for (let count = between(2, 5); count > 0; count -= 1)
    add(pick(['eth_call', 'eth_blockNumber', 'eth_getTransactionCount']), 20, view())
  if (chance(60))
    add('receipt', TRANSACTIONS, {
      kind: 'reorg',
      depth: BigInt(between(1, 3)),
      epochs: BigInt(between(1, 5)),
    })
  if (chance(50)) add('*', 100, { kind: 'null-rounds', epochs: BigInt(between(1, 4)) })
  return schedule
}

/** One line a fault, as `eth_call 3: behind epochs=4`. */
export function formatSchedule(schedule: Schedule): string[] {
  return schedule.map(({ method, nth, fault: { kind, ...rest } }) => {
    const details = Object.entries(rest).map(([name, value]) => ` ${name}=${String(value)}`)
    return `${method} ${nth}: ${kind}${details.join('')}`
  })
}

/** Takes the faults of a schedule as their requests come. */
export class FaultDice {
  readonly #counts = new Map<string, number>()
  readonly #left: ScheduledFault[]
  /** Those that happened, in the order of their coming. */
  readonly struck: ScheduledFault[] = []

  constructor(schedule: Schedule) {
    this.#left = [...schedule]
  }

  /** Those that strike this request. */
  next(method: string): Fault[] {
    const names = method === 'receipt' ? [method] : [method, '*']
    return names.flatMap((name) => {
      const nth = (this.#counts.get(name) ?? 0) + 1
      this.#counts.set(name, nth)
      const found = this.#left.filter((one) => one.method === name && one.nth === nth)
      this.struck.push(...found)
      return found.map(({ fault }) => fault)
    })
  }
}
