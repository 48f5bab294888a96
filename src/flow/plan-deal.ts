/**
 * What `makeDeal` would do, worked out without sending anything: for each piece the proposal that is there already, or the
 * terms of a new one with what they cost and what the escrow lacks for them.
 */
import { collateralBounds } from '../chain/lotus.ts'
import { checkMiners } from '../chain/miners.ts'
import type { Ask } from '../deal/ask.ts'
import { checkBudget } from '../deal/budget.ts'
import { type Cost, costOf, type Funds, missingFunds } from '../deal/cost.ts'
import type { CollateralBounds, DealTerms } from '../deal/terms.ts'
import { pieceUrl } from '../depot/piece-url.ts'
import { StorageError } from '../errors.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { observe, type Observation, type ObservedProposal } from '../watch/observe.ts'
import { asksOf, checkAsks, notesOn, priceFor } from './asks.ts'
import type { FlowContext } from './context.ts'
import { offerFor, sameOffer, type Wishes } from './offer.ts'
import { type PiecesRequest, piecesOf } from './pieces.ts'

export interface PlanRequest extends Wishes, PiecesRequest {
  /** Where providers fetch the only piece; in the context's depot unless stated. */
  readonly url?: string | undefined
  /** attoFIL that all proposals together may cost, with what they lock. */
  readonly maxTotal?: bigint | undefined
}

/** A proposal that would be sent. */
export interface PlannedOffer {
  readonly terms: DealTerms
  readonly cost: Cost
  /** attoFIL that come along, because escrow and balance of the client lack them. */
  readonly value: bigint
  /** What the market demands as collateral now; undefined where the node does not tell. */
  readonly bounds: CollateralBounds | undefined
}

export interface PlannedPiece {
  readonly piece: StoredPiece
  readonly url: string
  /** An earlier proposal that says the same: nothing is sent then. Else `offer` is there. */
  readonly found: ObservedProposal | undefined
  readonly offer: PlannedOffer | undefined
}

export interface DealPlan {
  /** The newest epoch when it was made. */
  readonly epoch: bigint
  readonly pieces: readonly PlannedPiece[]
  /** Of the client before anything is sent. */
  readonly funds: Funds
  /** Of the named providers; those that tell none are left out. */
  readonly asks: ReadonlyMap<bigint, Ask>
  /** Sentences without a full stop: what speaks against it, but does not forbid it. */
  readonly notes: readonly string[]
}

/**
 * Sends nothing.
 * @throws ARGUMENT_INVALID; PROVIDER_UNKNOWN; as `prepare` and `termsFor`; CID_NOT_FOUND; COST_TOO_HIGH; NODE_UNREACHABLE
 */
export async function planDeal(request: PlanRequest, context: FlowContext): Promise<DealPlan> {
  return planPieces(await piecesFor(request, context), request, context)
}

/** The first half of a plan, which may take hours. @throws as `planDeal` */
export async function piecesFor(
  request: PlanRequest,
  context: FlowContext,
): Promise<readonly StoredPiece[]> {
  const { network, provider, signal } = context
  await checkMiners(provider, network, request.providers ?? [], { signal })
  if (request.cid === undefined)
    checkBeforePreparing(request, context, await context.client.epoch())
  const pieces = await piecesOf(request, context)
  if (request.url !== undefined && pieces.length > 1)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'one URL cannot serve several pieces',
      expected: 'one piece',
      got: `${pieces.length} pieces`,
      hint: 'serve them from a depot and say where it is',
    })
  return pieces
}

/** The second half: what the chain says now. @throws as `termsFor`; COST_TOO_HIGH; NODE_UNREACHABLE */
export async function planPieces(
  pieces: readonly StoredPiece[],
  request: PlanRequest,
  context: FlowContext,
): Promise<DealPlan> {
  const { client } = context
  const before = await observe(client)
  const funds = await client.funds()
  const asks = await asksOf(request.providers ?? [], context)
  const planned: PlannedPiece[] = []
  // What one proposal reserves, the next cannot use.
  let free = funds.available + funds.balance
  for (const piece of pieces) {
    const wishes = { ...request, pricePerEpoch: priceFor(piece.pieceSize, request, asks) }
    const found = sameOffer(piece, urlOf(piece, request, context), request, before)
    const one = await planPiece(piece, wishes, context, { ...before, found }, free)
    planned.push(one)
    if (one.offer !== undefined) free += one.offer.value - one.offer.cost.total
  }
  // Who repeats a command sends nothing again, whatever it may cost now.
  if (planned.some(({ offer }) => offer !== undefined)) {
    checkAsks(request, asks)
    checkBudget(
      planned.flatMap(({ offer, found }) => offer?.terms ?? found ?? []),
      request.maxTotal,
    )
  }
  const notes = planned.flatMap(({ offer }) =>
    offer === undefined ? [] : notesOn(offer.terms, asks),
  )
  return { epoch: before.epoch, pieces: planned, funds, asks, notes: [...new Set(notes)] }
}

function urlOf(piece: StoredPiece, request: PlanRequest, { depotUrl }: FlowContext): string {
  return request.url ?? pieceUrl(depotUrl, piece.pieceCid)
}

async function planPiece(
  piece: StoredPiece,
  request: PlanRequest,
  context: FlowContext,
  { found, ...before }: Observation & Pick<PlannedPiece, 'found'>,
  free: bigint,
): Promise<PlannedPiece> {
  const { network, provider, signal } = context
  const url = urlOf(piece, request, context)
  if (found !== undefined) return { piece, url, found, offer: undefined }
  const bounds = await collateralBounds(provider, piece.pieceSize, { signal })
  const terms = offerFor(piece, url, request, before.proposals, {
    epoch: before.epoch,
    sectorSize: network.sectorSize,
    startWindow: network.startWindow,
    collateralBounds: bounds,
  })
  const cost = costOf(terms)
  const value = missingFunds(cost.total, { available: free, balance: 0n })
  return { piece, url, found: undefined, offer: { terms, cost, value, bounds } }
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
  request: PlanRequest,
  { network, depotUrl }: FlowContext,
  epoch: bigint,
): void {
  const url = request.url ?? pieceUrl(depotUrl, STAND_IN.pieceCid)
  // What the market demands as collateral depends on the size of the piece: 0 says nothing about it.
  const wishes = { ...request, providerCollateral: request.providerCollateral ?? 0n }
  const { sectorSize, startWindow } = network
  offerFor(STAND_IN, url, wishes, [], { epoch, sectorSize, startWindow })
}
