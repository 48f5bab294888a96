/**
 * The main job: a piece (prepared now, or in the depot already) → terms → a proposal on chain → deals. Safe to call
 * again after a crash at any point: a prepared piece is found in the depot, an open proposal on chain, and one that was
 * sent is waited for until it is there.
 */
import { collateralBounds, describeAddress } from '../chain/lotus.ts'
import { waitForPending } from '../chain/send.ts'
import { costOf, missingFunds } from '../deal/cost.ts'
import type { Circumstances, DealTerms } from '../deal/terms.ts'
import { pieceUrl } from '../depot/piece-url.ts'
import { StorageError } from '../errors.ts'
import { prepare } from '../prepare/prepare.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { observe, type ObservedProposal } from '../watch/observe.ts'
import { type Milestone, waitForDeals } from '../watch/wait.ts'
import type { FlowContext } from './context.ts'
import type { ProposedDocument } from './documents.ts'
import { offered } from './offered.ts'
import { offerFor, sameOffer, type Wishes } from './offer.ts'

export interface MakeDealRequest extends Wishes {
  /** Files or folders to prepare; or `cid`. */
  readonly inputs?: readonly string[] | undefined
  readonly wrap?: boolean | undefined
  readonly followSymlinks?: boolean | undefined
  /** Root or piece CID of what is in the depot. */
  readonly cid?: string | undefined
  /** Where providers fetch the piece; in the context's depot unless stated. */
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
  const piece = await pieceOf(request, context)
  const url = request.url ?? pieceUrl(context.depotUrl, piece.pieceCid)
  await waitForPending(provider, await client.owner(), { signal })
  const before = await observe(client)
  const found = sameOffer(piece, url, request, before)
  let proposalId: string
  let tx: string | null = null
  if (found === undefined) {
    const circumstances: Circumstances = {
      epoch: before.epoch,
      sectorSize: network.sectorSize,
      startWindow: network.startWindow,
      collateralBounds: await collateralBounds(provider, piece.pieceSize, { signal }),
    }
    const terms = offerFor(piece, url, request, before.proposals, circumstances)
    const sent = await propose(terms, context)
    proposalId = sent.proposalId
    tx = sent.tx
  } else {
    proposalId = found.proposalId
  }
  context.onEvent?.({ type: 'propose:done', proposalId, tx: tx ?? undefined })
  const proposal = await outcome(proposalId, request, context)
  return {
    version: 1,
    kind: 'proposed',
    network: network.name,
    client: await describeAddress(provider, network, client.address, { signal }),
    proposals: [{ ...offered(proposal), tx }],
  }
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

async function pieceOf(request: MakeDealRequest, context: FlowContext): Promise<StoredPiece> {
  const { depot, signal, onEvent } = context
  const { inputs = [], cid } = request
  if ((inputs.length === 0) === (cid === undefined))
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'what to store is not clear',
      expected: 'either files to prepare or the CID of a piece in the depot',
      got: cid === undefined ? 'neither' : 'both',
      hint: 'Give --file PATH or --cid CID.',
    })
  if (cid !== undefined) return depot.get(cid)
  const piece = await prepare(inputs, depot, {
    wrap: request.wrap ?? false,
    followSymlinks: request.followSymlinks ?? false,
    ...(signal === undefined ? {} : { signal }),
    onProgress: ({ bytes, total, file }) =>
      onEvent?.({ type: 'prepare:progress', bytes, total, file }),
  })
  const { pieceCid, root, size, files } = piece
  onEvent?.({ type: 'prepare:done', pieceCid, root, size, files })
  return piece
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
