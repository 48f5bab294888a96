/** Whether what is due for a store can be done: who pays, from where the piece can be fetched, and what the chain says of the call. */
import { isStorageError } from '../errors.ts'
import type { Decision } from '../keep/decide.ts'
import { type Facts, isLive } from '../keep/facts.ts'
import type { Policy } from '../keep/policy.ts'
import { locationOfAttempt } from '../keep/location.ts'
import type { StoreRecord } from '../chain/perpetual-views.ts'
import type { StoreDecision } from './events.ts'
import type { Candidate } from './plan.ts'
import { pokeData } from './poke-data.ts'
import type { KeeperChain } from './ports.ts'
import type { Sources } from './sources.ts'

export interface AssessContext {
  readonly chain: KeeperChain
  /** Undefined: it is not asked whether anything serves the piece. */
  readonly sources: Sources | undefined
  readonly policyOf: (number: number) => Promise<Policy>
}

export type Assessed =
  | { readonly candidate: Candidate; readonly note: string | undefined }
  | { readonly action: StoreDecision['action']; readonly why: string }

/** @throws what a node that cannot be reached throws; ABORTED */
export async function assess(
  { chain, sources, policyOf }: AssessContext,
  id: number,
  facts: Facts,
  decision: Decision,
  record: StoreRecord,
): Promise<Assessed> {
  const policy = await policyOf(record.policy)
  let location: string | undefined
  let note: string | undefined
  if (decision.copies > 0 && sources !== undefined) {
    const found = await find(chain, sources, facts, policy, record)
    if (found.kind === 'nowhere') return { action: 'no-source', why: found.why }
    if (found.kind === 'named') location = found.location
    note = found.why
  }
  try {
    const gas = await chain.estimate(pokeData([id], location))
    const { account } = record
    const { reward, maxPay, maxPayPerWindow } = policy
    return { candidate: { id, account, gas, reward, maxPay, maxPayPerWindow, location }, note }
  } catch (error) {
    if (!isStorageError(error) || PASSING.has(error.code)) throw error
    return { action: 'refused', why: error.message }
  }
}

/** Of a node or of us, not of the store. */
const PASSING: ReadonlySet<string> = new Set(['NODE_UNREACHABLE', 'ABORTED', 'INTERNAL', 'NO_KEY'])

async function find(
  chain: KeeperChain,
  sources: Sources,
  facts: Facts,
  { locations, keeperLocations }: Policy,
  { client, proposals, attempts, placedByKeeper }: StoreRecord,
): ReturnType<Sources['find']> {
  const piece = await chain.pieceOf(client, proposals.at(-1) ?? 0)
  const { pieceCid } = piece
  const at = (attempt: number): string => locationOfAttempt(locations, attempt, pieceCid)
  const next = at(attempts + 1)
  const all = locations.map((_, i) => at(attempts + 1 + i))
  return sources.find({
    piece,
    next,
    others: [...new Set(all)].filter((one) => one !== next),
    mayName: keeperLocations && !placedByKeeper,
    epoch: facts.epoch,
    urls: async () => {
      const holders = new Set(facts.deals.filter(isLive).map(({ provider }) => provider))
      const found: { name: string; url: string }[] = []
      for (const provider of holders)
        for (const url of await chain.urlsOf(provider)) found.push({ name: `f0${provider}`, url })
      return found
    },
  })
}
