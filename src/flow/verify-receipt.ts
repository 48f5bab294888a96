/**
 * Checks a receipt, without a chain by itself, with one also against what the client contract and the market say of its
 * proposal and deal. What was not checked is always said.
 */
import type { Chain, DealView, ProposalView } from '../chain/chain.ts'
import type { MarketDeal } from '../chain/market-deal.ts'
import type { Network } from '../chain/networks.ts'
import type { DealState } from '../deal/state.ts'
import { type ErrorCode, isStorageError, StorageError } from '../errors.ts'
import { checkReceipt, type Claim } from '../receipt/check.ts'
import { invalidReceipt, requireEqual } from '../receipt/invalid.ts'
import type { Receipt } from '../receipt/schema.ts'
import { sentenceOf } from '../receipt/sentence.ts'
import { checkFile } from './check-file.ts'
import type { VerifiedReceiptDocument } from './documents.ts'

/** What is asked of the chain that a receipt is of. */
export interface ReceiptChain extends Chain {
  readonly network: Network
  /** `absent`: the market has no such deal, or no longer. Undefined where the node does not tell. */
  marketDeal(dealId: bigint): Promise<MarketDeal | 'absent' | undefined>
  /** Actor id of the client contract; undefined where the node does not tell. */
  clientId(address: string): Promise<bigint | undefined>
}

export interface ReceiptSources {
  /** Where it is missing nothing is asked. */
  readonly chain?: ReceiptChain | undefined
  /** Of the file itself, or of the CAR that is its piece. */
  readonly path?: string | undefined
}

/**
 * @throws RECEIPT_INVALID naming the field; UNKNOWN_NETWORK for a receipt of another chain; NOT_DEPLOYED, NODE_UNREACHABLE; as
 *   `checkFile`
 */
export async function verifyReceipt(
  value: unknown,
  { chain, path }: ReceiptSources = {},
): Promise<VerifiedReceiptDocument> {
  const { receipt, claims, unchecked } = checkReceipt(value)
  const { file, piece, aggregate, deal } = receipt
  const onChain = chain === undefined ? undefined : await askChain(receipt, chain)
  const ofFile = path === undefined ? undefined : await checkFile(receipt, path)
  const state = onChain?.state ?? null
  return {
    version: 1,
    kind: 'verified-receipt',
    network: receipt.network.name,
    file,
    piece,
    aggregate: aggregate.pieceCid,
    deal: { dealId: deal.dealId, provider: deal.provider, endEpoch: deal.endEpoch, state },
    epoch: onChain?.epoch ?? null,
    sentence: onChain?.sentence ?? receipt.sentence,
    checked: [...claims, ...(onChain?.claims ?? []), ...(ofFile?.claims ?? [])],
    unchecked: [
      ...unchecked
        .filter(({ needs }) =>
          needs === 'chain' ? onChain === undefined : ofFile?.isPiece !== true,
        )
        .map(({ what }) => what),
      ...(onChain?.unchecked ?? []),
    ],
  }
}

/** Whether the deal still has something to give: it is published or active. */
export function isLive(state: DealState | null): boolean {
  return state === null || state === 'published' || state === 'active'
}

/** Undefined when the receipt is of this chain. */
export function networkMismatch({ network }: Receipt, chain: Network): StorageError | undefined {
  if (BigInt(network.chainId) === chain.chainId && network.name === chain.name) return undefined
  return new StorageError('UNKNOWN_NETWORK', {
    what: 'the receipt is of another chain',
    expected: `${network.name} (${network.chainId})`,
    got: `${chain.name} (${chain.chainId})`,
    hint: `Name the network of the receipt: --network ${network.name}`,
  })
}

interface OnChain {
  readonly state: DealState
  readonly epoch: number
  readonly sentence: string
  readonly claims: readonly Claim[]
  readonly unchecked: readonly string[]
}

async function askChain(receipt: Receipt, chain: ReceiptChain): Promise<OnChain> {
  const { network, proposal, deal, client } = receipt
  const wrong = networkMismatch(receipt, chain.network)
  if (wrong !== undefined) throw wrong
  if (chain.network.genesis !== undefined)
    requireEqual('network.genesis', chain.network.genesis, network.genesis)
  const known = await chain.clientId(client.address)
  if (known !== undefined && client.id !== null)
    requireEqual('client.id', `${chain.network.prefix}0${known}`, client.id)
  const made = await orInvalid('proposal.proposalId', 'PROPOSAL_NOT_FOUND', () =>
    chain.proposals([proposal.proposalId]),
  )
  const found = await orInvalid('deal.dealId', 'CONTRACT_REFUSED', () =>
    chain.deals([BigInt(deal.dealId)]),
  )
  requireProposal(receipt, made[0])
  const view = requireDeal(receipt, found[0])
  const market = await chain.marketDeal(BigInt(deal.dealId))
  requireMarket(receipt, view.state, market, known)
  const epoch = Number(await chain.epoch())
  const asked = `the client contract asked at epoch ${epoch}`
  return {
    state: view.state,
    epoch,
    sentence: sentenceOf(receipt, view.state),
    claims: [
      { claim: 'the client contract made this proposal', how: asked },
      { claim: 'the deal is of this proposal, provider and epochs', how: asked },
      { claim: `the deal is ${view.state}`, how: asked },
      ...(isTold(market)
        ? [{ claim: 'the market has this deal for the aggregate', how: 'the market f05 asked' }]
        : []),
    ],
    unchecked: [
      ...(market === undefined ? ['what the market itself says: the node does not tell'] : []),
      ...(market === 'absent'
        ? ['what the market itself says: it keeps no deal that is over']
        : []),
    ],
  }
}

function requireProposal({ aggregate, proposal }: Receipt, view: ProposalView | undefined): void {
  requireEqual('proposal.proposalId', view?.proposalId ?? 'none', proposal.proposalId)
  requireEqual('aggregate.pieceCid', view?.pieceCid ?? 'none', aggregate.pieceCid)
}

function requireDeal({ proposal, deal }: Receipt, view: DealView | undefined): DealView {
  if (view === undefined) throw invalidReceipt('deal.dealId', { why: 'there is no such deal' })
  requireEqual('proposal.proposalId', view.proposalId, proposal.proposalId)
  requireEqual('deal.provider', `f0${view.provider}`, deal.provider)
  requireEqual('deal.startEpoch', Number(view.startEpoch), deal.startEpoch)
  requireEqual('deal.endEpoch', Number(view.endEpoch), deal.endEpoch)
  // A deal of which nobody took notice while it was active has left no epoch; an active one has one.
  const isKnown = view.activatedAt !== undefined || isLive(view.state)
  if (deal.activatedAt !== null && isKnown)
    requireEqual('deal.activatedAt', Number(view.activatedAt ?? -1), deal.activatedAt)
  return view
}

function requireMarket(
  { aggregate, deal, proposal }: Receipt,
  state: DealState,
  market: MarketDeal | 'absent' | undefined,
  clientId: bigint | undefined,
): void {
  if (market === 'absent' && isLive(state))
    throw invalidReceipt('deal.dealId', { why: 'the market has no such deal' })
  if (!isTold(market)) return
  requireEqual('aggregate.pieceCid', market.pieceCid, aggregate.pieceCid)
  requireEqual('aggregate.pieceSize', market.pieceSize, aggregate.pieceSize)
  requireEqual('deal.provider', `f0${market.provider}`, deal.provider)
  requireEqual('proposal.label', market.label, proposal.label)
  requireEqual('deal.startEpoch', market.startEpoch, deal.startEpoch)
  requireEqual('deal.endEpoch', market.endEpoch, deal.endEpoch)
  if (clientId !== undefined && market.client !== clientId)
    throw invalidReceipt('client.address', {
      expected: `the client of the deal, f0${market.client}`,
      got: `f0${clientId}`,
    })
}

function isTold(market: MarketDeal | 'absent' | undefined): market is MarketDeal {
  return market !== undefined && market !== 'absent'
}

async function orInvalid<T>(field: string, code: ErrorCode, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    if (!isStorageError(cause, code)) throw cause
    throw invalidReceipt(field, { why: cause.message, cause })
  }
}
