/**
 * Offers a contract's proposal to one provider, and finds out what became of it. The same offer has the same UUID however
 * often it is made, and the provider takes a proposal once: so a push whose answer was lost is asked for, and repeated where
 * nobody knows of it.
 */
import type { Client } from '../chain/client-contract.ts'
import { type Clock, systemClock } from '../chain/clock.ts'
import { untilSeen } from '../chain/seen.ts'
import { offerTo } from '../deal/mk12-offer.ts'
import { uuidText } from '../deal/mk12-uuid.ts'
import type { Mk12DealParams } from '../deal/mk12.ts'
import { mayHaveNotSeen, type Meaning, meaningOf, meaningOfStatus } from './answer.ts'
import type { Endpoint } from './http.ts'
import { dealStatus, storeDeal } from './mk12-client.ts'
import type { PushLog } from './push-log.ts'
import type { PushRecord } from './push-record.ts'
import { endpointsOf, type Reach } from './reach.ts'

/** Requests to store at one address. */
const TRIES = 3
/** Before the second try; twice that before the third. With up to half of it on top, so that many do not come at once. */
const PAUSE_MS = 1_000
/** An epoch: for a provider's node to see what ours has seen; twice that before the third try. */
const UNSEEN_PAUSE_MS = 30_000

/** 5 epochs of 30 s: a node that knows less than one that is this far behind is no node to go by. */
const SEEN_MS = 150_000

export interface PushContext extends Reach {
  readonly client: Pick<Client, 'getDealProposal' | 'getExtraParams'>
  readonly log: PushLog
  readonly clock?: Clock | undefined
  /** The proposal was made just now: the provider's node may not have seen it. */
  readonly isFresh?: boolean | undefined
}

/**
 * The outcome, which is in the log then. What was accepted before is not pushed again unless the provider knows nothing of it.
 * @throws as the contract's getters, PROPOSAL_NOT_FOUND for one; NODE_UNREACHABLE; ABORTED; as the log
 */
export async function pushProposal(
  proposalId: string,
  provider: bigint,
  context: PushContext,
): Promise<PushRecord> {
  const { client, log, clock = systemClock, signal } = context
  const read = () =>
    Promise.all([client.getDealProposal(proposalId), client.getExtraParams(proposalId)])
  // The receipt may have come from a node that is ahead of the one that answers here.
  const patience = { signal, clock, deadlineMs: SEEN_MS }
  const [proposal, extra] = await untilSeen(read, ['PROPOSAL_NOT_FOUND'], patience)
  const params = offerTo(provider, proposalId, proposal, extra)
  const { endpoints, why } = await endpointsOf(provider, context)
  const before = log.last(proposalId, provider)
  const since = before?.outcome === 'accepted' ? await standing(params, endpoints) : 'unknown'
  if (before !== undefined && since === 'taken') return before
  const { url, ...meaning } =
    since === 'unknown' || since === 'taken' ? await offer(params, endpoints, why, context) : since
  const record: PushRecord = {
    proposalId,
    provider,
    dealUuid: uuidText(params.dealUuid),
    url,
    at: clock.now(),
    ...meaning,
  }
  await log.append(record)
  return record
}

type Tried = Meaning & { readonly url: string }

/**
 * What has become of an offer that was accepted. Only a provider that answers and says so has forgotten it: a chain that was
 * begun anew, a lost database.
 */
async function standing(
  { dealUuid }: Mk12DealParams,
  endpoints: readonly Endpoint[],
): Promise<'taken' | 'unknown' | Tried> {
  for (const endpoint of endpoints) {
    const told = await dealStatus(endpoint, dealUuid)
    if (told.kind !== 'told') continue
    const meaning = meaningOfStatus(told)
    if (meaning === undefined) return 'unknown'
    return meaning.outcome === 'accepted' ? 'taken' : { ...meaning, url: endpoint.base }
  }
  return 'taken'
}

/** At one address after the other, until one answers. */
async function offer(
  params: Mk12DealParams,
  endpoints: readonly Endpoint[],
  why: string,
  context: PushContext,
): Promise<Tried> {
  let last: Tried = { outcome: 'unreachable', reason: why, url: '' }
  for (const endpoint of endpoints) {
    const tried = { ...(await offerAt(endpoint, params, context)), url: endpoint.base }
    if (tried.outcome !== 'unreachable') return tried
    last = tried
  }
  return last
}

async function offerAt(
  endpoint: Endpoint,
  params: Mk12DealParams,
  { clock = systemClock, signal, isFresh = false }: PushContext,
): Promise<Meaning> {
  for (let attempt = 1; ; attempt += 1) {
    const { next, ...meaning } = meaningOf(await storeDeal(endpoint, params))
    if (isFresh && mayHaveNotSeen(meaning) && attempt < TRIES) {
      await clock.sleep(UNSEEN_PAUSE_MS * attempt, signal)
      continue
    }
    if (next === 'done') return meaning
    if (next === 'ask') {
      const known = meaningOfStatus(await dealStatus(endpoint, params.dealUuid))
      if (known !== undefined) return known
      // It has the proposal, though not from this push: as good as taken.
      if (meaning.outcome === 'accepted') return meaning
    }
    if (attempt === TRIES) return meaning
    await clock.sleep(PAUSE_MS * 2 ** (attempt - 1) * (1 + Math.random() / 2), signal)
  }
}
