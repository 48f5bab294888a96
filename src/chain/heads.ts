/**
 * Endpoints that are behind, or that say what cannot be: Filecoin's epochs follow from time, so a head can be compared
 * with the clock, and with what other endpoints said. The clock itself may be off; the endpoint's own clock (`Date`) and
 * the time in its blocks tell which of the two it is.
 */
import { EPOCH_SECONDS } from '../deal/units.ts'
import { StorageError } from '../errors.ts'
import type { Network } from './networks.ts'

/** Epochs that one endpoint may be behind another: blocks travel for seconds. */
const LAG = 5
/** Epochs behind the clock from which a node is not in step: 10 minutes. */
const FAR_BEHIND = 20
/** Epochs ahead of the clock: a node takes no block from the future, so the clock is late, or the node lies. */
const AHEAD = 4
/** Two clocks that differ by less say the same. */
const SAME_CLOCK_MS = 120_000

/** The epoch that has begun at `now`; undefined where the network has no fixed genesis. */
export function epochAt(network: Pick<Network, 'genesis'>, now: number): number | undefined {
  if (network.genesis === undefined) return undefined
  return Math.floor((now / 1000 - network.genesis) / EPOCH_SECONDS)
}

/** @param known The newest epoch that any other endpoint told. */
export function isAstray(
  head: number,
  known: number | undefined,
  expected: number | undefined,
): boolean {
  if (known !== undefined && head < known - LAG) return true
  return expected !== undefined && (head < expected - FAR_BEHIND || head > expected + AHEAD)
}

export interface Witness {
  /** The newest epoch that the node has. */
  readonly head: number
  /** Unix seconds of that block, as the node tells; by them the chain is checked. */
  readonly time: number
  /** Milliseconds since 1970: of this machine, and of the node; undefined where it does not tell. */
  readonly here: number
  readonly there: number | undefined
}

/**
 * What is wrong when head and clock do not fit.
 * CLOCK_OFF: the clock of this machine, by the node's; NODE_BEHIND: the node, by its own clock or for want of another
 * witness. Undefined where all is well, or the network has no fixed genesis.
 */
export function clockTrouble(
  network: Pick<Network, 'name' | 'genesis'>,
  { head, time, here, there }: Witness,
): StorageError | undefined {
  const expected = epochAt(network, here)
  if (expected === undefined || network.genesis === undefined) return undefined
  const behind = expected - head
  if (behind <= FAR_BEHIND && behind >= -AHEAD) return undefined
  const blockTime = network.genesis + head * EPOCH_SECONDS
  // Blocks of Filecoin carry the time that their epoch has; a node that says otherwise is of no Filecoin.
  const isOfChain = Math.abs(time - blockTime) <= EPOCH_SECONDS
  const agree = there !== undefined && Math.abs(there - here) < SAME_CLOCK_MS
  const off = spanOf(Math.abs(behind) * EPOCH_SECONDS)
  const facts = {
    expected: `epoch ${expected} by the clock of this machine, ${iso(here)}`,
    got: `epoch ${head}, ${iso(blockTime * 1000)}`,
  }
  if (behind < 0 && isOfChain && !agree)
    return new StorageError('CLOCK_OFF', {
      what: `the clock of this machine is ${off} late: the chain is ahead of it, which no chain can be`,
      ...facts,
      hint: SET_CLOCK,
      next: 'date -u',
    })
  if (there !== undefined && !agree)
    return new StorageError('CLOCK_OFF', {
      what: `the clock of this machine is ${spanOf(Math.abs(there - here) / 1000)} ${there < here ? 'ahead' : 'late'}: the node's own clock says ${iso(there)}`,
      ...facts,
      hint: SET_CLOCK,
      next: 'date -u',
    })
  return new StorageError('NODE_BEHIND', {
    what: agree
      ? `the node is ${off} ${behind > 0 ? 'behind' : 'ahead of'} the chain; the clock of this machine is right by the node's own`
      : `the node is ${off} behind the chain, or the clock of this machine is ${off} ahead`,
    ...facts,
    hint: 'Compare the clock with another one (date -u). If it is right, wait until the node is in step, or name another node in hardhat.config.ts.',
    next: 'date -u',
  })
}

const SET_CLOCK = 'Set the clock (on most systems by NTP), then run the command again.'

function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

function spanOf(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`
}
