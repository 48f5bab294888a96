/**
 * The main job: a piece (prepared now, or in the depot already) → terms → a proposal on chain → deals; a proposal for each
 * piece of a payload that needs several. Safe to call again after a crash at any point: a prepared piece is found in the
 * depot, an open proposal on chain, and one that was sent is waited for until it is there.
 */
import { collateralBounds, describeAddress } from '../chain/lotus.ts'
import { waitForPending } from '../chain/send.ts'
import { costOf, missingFunds } from '../deal/cost.ts'
import type { Circumstances, DealTerms } from '../deal/terms.ts'
import { pieceUrl } from '../depot/piece-url.ts'
import { StorageError } from '../errors.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { observe, type ObservedProposal } from '../watch/observe.ts'
import { type Milestone, waitForDeals } from '../watch/wait.ts'
import type { FlowContext } from './context.ts'
import type { ProposedDocument } from './documents.ts'
import { offered } from './offered.ts'
import { offerFor, sameOffer, type Wishes } from './offer.ts'
import { type PiecesRequest, piecesOf } from './pieces.ts'

export interface MakeDealRequest extends Wishes, PiecesRequest {
  /** Where providers fetch the only piece; in the context's depot unless stated. */
  readonly url?: string | undefined
  /** Return when every replica got there; at once unless stated. */
  readonly wait?: Milestone | undefined
  /** For the wait. */
  readonly deadlineMs?: number | undefined
  /** Pause between two looks while waiting. */
  readonly everyMs?: number | undefined
}

/**
 * @throws ARGUMENT_INVALID; as `prepare`, `termsFor` and `send`; CID_NOT_FOUND; NO_MONEY when the account cannot pay
 *   what the escrow lacks; DEADLINE when an earlier transaction of the account is not mined in time, or the wait ends
 *   first, the proposal then stands; NODE_UNREACHABLE
 */
export async function makeDeal(
  request: MakeDealRequest,
  context: FlowContext,
): Promise<ProposedDocument> {
  const { client, network, provider, signal } = context
  if (request.cid === undefined) checkBeforePreparing(request, context, await client.epoch())
  const pieces = await piecesOf(request, context)
  if (request.url !== undefined && pieces.length > 1)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'one URL cannot serve several pieces',
      expected: 'one piece',
      got: `${pieces.length} pieces`,
      hint: 'serve them from a depot and say where it is',
    })
  await waitForPending(provider, await client.owner(), { signal })
  const proposed: Proposed[] = []
  for (const piece of pieces) proposed.push(await proposePiece(piece, request, context))
  const waitUntil = Date.now() + (request.deadlineMs ?? 0)
  const proposals: ProposedDocument['proposals'][number][] = []
  for (const { proposalId, tx } of proposed) {
    // One deadline for all of them.
    const deadlineMs =
      request.deadlineMs === undefined ? undefined : Math.max(waitUntil - Date.now(), 1)
    const proposal = await outcome(proposalId, { ...request, deadlineMs }, context)
    proposals.push({ ...offered(proposal), tx })
  }
  return {
    version: 1,
    kind: 'proposed',
    network: network.name,
    client: await describeAddress(provider, network, client.address, { signal }),
    proposals,
  }
}

interface Proposed {
  readonly proposalId: string
  /** Null where an identical proposal was there already. */
  readonly tx: string | null
}

async function proposePiece(
  piece: StoredPiece,
  request: MakeDealRequest,
  context: FlowContext,
): Promise<Proposed> {
  const { client, network, provider, signal } = context
  const url = request.url ?? pieceUrl(context.depotUrl, piece.pieceCid)
  const before = await observe(client)
  const found = sameOffer(piece, url, request, before)
  const circumstances = async (): Promise<Circumstances> => ({
    epoch: before.epoch,
    sectorSize: network.sectorSize,
    startWindow: network.startWindow,
    collateralBounds: await collateralBounds(provider, piece.pieceSize, { signal }),
  })
  const { proposalId, tx } =
    found === undefined
      ? await propose(
          offerFor(piece, url, request, before.proposals, await circumstances()),
          context,
        )
      : { proposalId: found.proposalId, tx: null }
  context.onEvent?.({ type: 'propose:done', proposalId, tx: tx ?? undefined })
  return { proposalId, tx }
}

/** 127 zero bytes, for the rules that do not look at the piece. */
const STAND_IN: StoredPiece = {
  name: 'empty',
  root: 'bafkqaaa',
  pieceCid: 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy',
  pieceCidV2: 'bafkzcibcp4bdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy',
  size: 127,
  pieceSize: 128,
  files: 1,
  path: '',
}

/** A wrong epoch, label or URL is found before hours go into preparing, not after. */
function checkBeforePreparing(
  request: MakeDealRequest,
  { network, depotUrl }: FlowContext,
  epoch: bigint,
): void {
  const url = request.url ?? pieceUrl(depotUrl, STAND_IN.pieceCid)
  // What the market demands as collateral depends on the size of the piece: 0 says nothing about it.
  const wishes = { ...request, providerCollateral: request.providerCollateral ?? 0n }
  const { sectorSize, startWindow } = network
  offerFor(STAND_IN, url, wishes, [], { epoch, sectorSize, startWindow })
}

/** The contract takes what its escrow lacks from its balance; what both lack comes along from the account. */
async function propose(
  terms: DealTerms,
  { client, signal, onEvent }: FlowContext,
): Promise<{ proposalId: string; tx: string }> {
  const value = missingFunds(costOf(terms).total, await client.funds())
  if (value > 0n) onEvent?.({ type: 'escrow:short', missing: value })
  return client.propose(terms, {
    value,
    signal,
    onSent: (tx) => onEvent?.({ type: 'propose:sent', tx }),
  })
}

async function outcome(
  proposalId: string,
  request: MakeDealRequest,
  context: FlowContext,
): Promise<ObservedProposal> {
  const { client, network, signal, onEvent } = context
  if (request.wait === undefined) {
    const [proposal] = (await observe(client, [proposalId])).proposals
    if (proposal !== undefined) return proposal
    throw new StorageError('PROPOSAL_NOT_FOUND', { what: `no proposal ${proposalId}` })
  }
  const told = new Set<string>()
  return waitForDeals(client, {
    proposalId,
    until: request.wait,
    deadlineMs: request.deadlineMs,
    everyMs: request.everyMs,
    signal,
    network: network.name,
    onChange: (proposal) => tellDeals(proposal, told, onEvent),
  })
}

/** One event for each step of each deal, however often it is looked at. */
function tellDeals(
  { proposalId, deals, state, why }: ObservedProposal,
  told: Set<string>,
  onEvent: FlowContext['onEvent'],
): void {
  const once = (key: string, tell: () => void): void => {
    if (told.has(key)) return
    told.add(key)
    tell()
  }
  if (state === 'open')
    once(why.split(';')[0] ?? why, () => onEvent?.({ type: 'deal:waiting', proposalId, why }))
  for (const { dealId, provider, publishedAt, activatedAt } of deals) {
    once(`published ${dealId}`, () =>
      onEvent?.({ type: 'deal:published', proposalId, dealId, provider, epoch: publishedAt }),
    )
    if (activatedAt === undefined) continue
    once(`active ${dealId}`, () =>
      onEvent?.({ type: 'deal:active', proposalId, dealId, provider, epoch: activatedAt }),
    )
  }
}
