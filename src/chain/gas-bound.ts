/** The most that the gas of one transaction may cost: its limit and its fees are a node's word, and nodes err or lie. */
import { formatFil } from '../deal/units.ts'
import { StorageError } from '../errors.ts'

/** attoFIL: far above what a full network asked for a deployment, far below what hurts. */
const MOST_FOR_GAS = 10n ** 18n

/** By provider: every transaction of a connection is under the bound of its owner, whoever makes it. */
const BOUNDS = new WeakMap<object, bigint>()

/** @param most attoFIL; undefined: as before, `MOST_FOR_GAS` at first. */
export function boundGas(provider: object, most: bigint | undefined): void {
  if (most !== undefined) BOUNDS.set(provider, most)
}

/** attoFIL for one transaction that is sent by way of this provider. */
export function gasBoundOf(provider: object): bigint {
  return BOUNDS.get(provider) ?? MOST_FOR_GAS
}

/**
 * Before it is signed. What is burned or paid to a miner is at most limit times fee, and a node that says both can ask for everything.
 * @param gas `fee`: attoFIL per gas, base fee and premium. `most`: attoFIL.
 * @throws COST_TOO_HIGH
 */
export function checkGas(
  what: string,
  { limit, fee, most }: { readonly limit: bigint; readonly fee: bigint; readonly most: bigint },
): void {
  const asked = limit * fee
  if (asked <= most) return
  throw new StorageError('COST_TOO_HIGH', {
    what: `the node asks too much for gas, nothing was sent: ${what}`,
    expected: `at most ${formatFil(most)}`,
    got: `${formatFil(asked)} (${limit} gas at up to ${formatFil(fee)} each)`,
    hint: 'Ask another node, wait until the base fee falls, or raise the bound: SEALIFT_MAX_GAS=5FIL.',
  })
}
