/**
 * Keeps pieces in PerpetualStorage: a piece (prepared now, or in the depot already) → a policy → a store. Safe to call again
 * after a crash: a prepared piece is found in the depot, a store that was sent is waited for, and a piece that the account
 * keeps already is not stored twice.
 */
import { collateralBounds } from '../chain/lotus.ts'
import { waitForPending } from '../chain/send.ts'
import { StorageError } from '../errors.ts'
import { locate } from '../keep/location.ts'
import { type Policy, policyFor } from '../keep/policy.ts'
import { endowmentFor } from '../keep/runway.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { poll } from '../watch/poll.ts'
import type { KeepContext } from './context.ts'
import type { StoredDocument } from './documents.ts'
import { lookAtPurse, lookAtStore, storesOf } from './look-at-store.ts'
import { type PiecesRequest, piecesOf } from './pieces.ts'

export interface StoreRequest extends PiecesRequest {
  /** What is left out has defaults (`keep/policy.ts`); locations: the context's depot. */
  readonly policy: Partial<Policy>
  /** attoFIL for the purse, with the first piece; what the first deals and one renewal cost at the first offer and the purse lacks, unless stated. */
  readonly fund?: bigint | undefined
  /** Return when all copies are active; at once unless stated. */
  readonly wait?: boolean | undefined
  /** For the wait; what providers have for it, unless stated. */
  readonly deadlineMs?: number | undefined
  /** Pause between two looks while waiting. */
  readonly everyMs?: number | undefined
}

const EVERY_MS = 15_000
const EPOCH_MS = 30_000

/**
 * @throws ARGUMENT_INVALID, which names the field of the policy; what `inspect` refuses; TERM_INVALID; CID_NOT_FOUND; as `prepare`, `policyFor` and
 *   `send`; NO_MONEY when the money does not cover the first copies; DEADLINE when the wait ends first, the store then
 *   stands; NODE_UNREACHABLE
 */
export async function storePiece(
  request: StoreRequest,
  context: KeepContext,
): Promise<StoredDocument> {
  const { perpetual, network, provider, account, signal } = context
  const pieces = await piecesOf(request, context)
  await waitForPending(provider, account, { signal })
  const stored: { id: bigint; tx: string | null }[] = []
  let { fund } = request
  for (const piece of pieces) {
    stored.push(await storeOne(piece, { ...request, fund }, context))
    if (fund !== undefined) fund = 0n
  }
  const stores = []
  for (const { id, tx } of stored) {
    if (request.wait === true) await waitUntilActive(id, request, context)
    stores.push({ ...(await lookAtStore(id, context)), tx })
  }
  return {
    version: 1,
    kind: 'stored',
    network: network.name,
    contract: perpetual.address,
    purse: await lookAtPurse(account, perpetual),
    stores,
  }
}

async function storeOne(
  piece: StoredPiece,
  request: StoreRequest,
  context: KeepContext,
): Promise<{ id: bigint; tx: string | null }> {
  const { perpetual, provider, depotUrl, signal, onEvent } = context
  const policy = policyFor(
    { locations: [`${depotUrl}/piece/`], ...request.policy },
    {
      pieceSize: piece.pieceSize,
      collateralBounds: await collateralBounds(provider, piece.pieceSize, { signal }),
    },
  )
  const kept = await keptBefore(piece, context)
  if (kept !== undefined) {
    onEvent?.({ type: 'store:done', id: kept, tx: undefined })
    return { id: kept, tx: null }
  }
  await context.inspect?.(
    piece,
    policy.locations.map((location) => locate(location, piece.pieceCid)),
  )
  const value = request.fund ?? (await missingMoney(piece, policy, context))
  const { id, tx } = await perpetual.store(piece, policy, {
    value,
    signal,
    onSent: (sent) => onEvent?.({ type: 'store:sent', pieceCid: piece.pieceCid, value, tx: sent }),
  })
  onEvent?.({ type: 'store:done', id, tx })
  return { id, tx }
}

/** What the first deals and one renewal cost at the first offer, and the account does not have. */
async function missingMoney(
  { pieceSize }: StoredPiece,
  policy: Policy,
  { perpetual, account }: KeepContext,
): Promise<bigint> {
  const { atFirstOffer } = endowmentFor(policy, pieceSize, BigInt(policy.term) + 1n)
  const { free } = await perpetual.accountOf(account)
  return atFirstOffer > free ? atFirstOffer - free : 0n
}

/** The account's store of this piece that goes on. */
async function keptBefore(
  { pieceCid }: StoredPiece,
  context: KeepContext,
): Promise<bigint | undefined> {
  for (const [id, proposal] of await storesOf(context.account, context)) {
    if (proposal.pieceCid !== pieceCid) continue
    if (!(await context.perpetual.storeOf(id)).cancelled) return id
  }
  return undefined
}

async function waitUntilActive(
  id: bigint,
  { everyMs = EVERY_MS, deadlineMs }: StoreRequest,
  { perpetual, signal, onEvent }: KeepContext,
): Promise<void> {
  const { replicas, startDelay } = await perpetual.factsOf(id)
  let told = ''
  const seen = await poll(
    async () => {
      const { active, published, open } = await perpetual.statusOf(id)
      const why = `${active} of ${replicas} copies active, ${published} published, ${open} on offer`
      if (why !== told) onEvent?.({ type: 'store:waiting', id, why })
      told = why
      return active >= replicas ? true : undefined
    },
    { everyMs, deadlineMs: deadlineMs ?? startDelay * EPOCH_MS, signal },
  )
  if (seen === true) return
  throw new StorageError('DEADLINE', {
    what: `store ${id} is not complete yet: ${told}`,
    hint: 'It goes on by itself, as long as keepers poke it.',
  })
}
