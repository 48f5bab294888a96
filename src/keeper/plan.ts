/**
 * Which pokes pay, and which go into one message: pure.
 *
 *   pay  = min(1.25 · gas · gas price + reward, ceiling, left in the account's window, free money of the account)
 *   cost = gas · gas price
 *   done when pay − cost ≥ least profit
 */

/** A poke that could be made. */
export interface Candidate {
  readonly id: number
  readonly account: string
  /** As the node estimates it for this store alone. */
  readonly gas: bigint
  /** Of its policy, attoFIL. */
  readonly reward: bigint
  readonly maxPay: bigint
  readonly maxPayPerWindow: bigint
  /** Where providers are to fetch the piece; undefined: where the policy says. Only alone in a message. */
  readonly location: string | undefined
}

export interface Purse {
  readonly free: bigint
  readonly paidInWindow: bigint
}

export interface PlanOptions {
  /** attoFIL per gas. */
  readonly gasPrice: bigint
  /** attoFIL of each poke; negative: it may cost so much. */
  readonly minProfit: bigint
  /** Gas of one message, and stores in it. */
  readonly maxGas: bigint
  readonly maxStores: number
}

export interface Planned {
  readonly candidate: Candidate
  readonly pay: bigint
  readonly cost: bigint
}

export interface Batch {
  readonly ids: readonly number[]
  readonly location: string | undefined
  readonly gasLimit: bigint
}

export interface Plan {
  readonly batches: readonly Batch[]
  readonly paying: readonly Planned[]
  readonly unprofitable: readonly Planned[]
}

/** What the contract does not measure of an estimate: the transaction itself, and the payment. */
const UNMEASURED = 75_000n
/** In per cent of an estimate for the state of now; more than a tenth above the need is burned. */
const GAS_MARGIN = 110n
const TRANSACTION_GAS = 21_000n

/** @param purses By account; one of an account that is not there is empty. */
export function plan(
  candidates: readonly Candidate[],
  purses: ReadonlyMap<string, Purse>,
  options: PlanOptions,
): Plan {
  const taken = new Map<string, bigint>()
  const paying: Planned[] = []
  const unprofitable: Planned[] = []
  for (const candidate of candidates) {
    const { account, gas } = candidate
    const before = taken.get(account) ?? 0n
    const cost = gas * options.gasPrice
    const pay = payOf(candidate, purses.get(account), before, options.gasPrice)
    const isPaying = pay - cost >= options.minProfit
    ;(isPaying ? paying : unprofitable).push({ candidate, pay, cost })
    if (isPaying) taken.set(account, before + pay)
  }
  return { batches: batchesOf(paying, options), paying, unprofitable }
}

function payOf(
  { gas, reward, maxPay, maxPayPerWindow }: Candidate,
  { free, paidInWindow }: Purse = { free: 0n, paidInWindow: 0n },
  taken: bigint,
  gasPrice: bigint,
): bigint {
  const measured = gas > UNMEASURED ? gas - UNMEASURED : 0n
  const asked = (measured + measured / 4n) * gasPrice + reward
  const left = maxPayPerWindow - paidInWindow - taken
  const pay = [asked, maxPay, left, free - taken].reduce((a, b) => (b < a ? b : a))
  return pay > 0n ? pay : 0n
}

function batchesOf(planned: readonly Planned[], { maxGas, maxStores }: PlanOptions): Batch[] {
  const batches: Batch[] = []
  let ids: number[] = []
  let gas = TRANSACTION_GAS
  const close = (): void => {
    if (ids.length > 0) batches.push({ ids, location: undefined, gasLimit: withMargin(gas) })
    ids = []
    gas = TRANSACTION_GAS
  }
  for (const { candidate } of planned) {
    const { id, location, gas: own } = candidate
    if (location !== undefined) {
      batches.push({ ids: [id], location, gasLimit: withMargin(own) })
      continue
    }
    if (ids.length >= maxStores || withMargin(gas + own) > maxGas) close()
    ids.push(id)
    // An estimate of one alone has the transaction in it: room for the call around each of a batch.
    gas += own
  }
  close()
  return batches
}

function withMargin(gas: bigint): bigint {
  return (gas * GAS_MARGIN) / 100n
}
