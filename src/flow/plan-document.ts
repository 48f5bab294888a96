/** A plan as a document: everything that would be sent, to the last byte, and what the node says it costs. */
import { proposeCall } from '../chain/client-contract.ts'
import { dateOfEpoch } from '../chain/epoch.ts'
import { describeAddress, minerInfo } from '../chain/lotus.ts'
import { callNode } from '../chain/node.ts'
import { isStorageError } from '../errors.ts'
import { askDocument } from './asks.ts'
import type { FlowContext } from './context.ts'
import type {
  PlanDocument,
  PlannedOfferDocument,
  PlannedPieceDocument,
  TransactionDocument,
} from './documents.ts'
import type { DealPlan, PlannedOffer, PlannedPiece } from './plan-deal.ts'

const METHOD = 'propose(DealRequest,uint16,uint64[])'
/** Per cent of the estimate that `send` allows. */
const GAS_MARGIN = 105n
/** Where Curio takes proposals (curio market/mk12/http/http.go). */
const STORE_PATH = '/market/mk12/store'

/** @throws NODE_UNREACHABLE, ABORTED */
export async function planDocument(
  plan: DealPlan,
  context: FlowContext,
  maxTotal?: bigint,
): Promise<PlanDocument> {
  const { client, network, provider, signal } = context
  const owner = await client.owner()
  const balance = await callNode('balance', () => provider.getBalance(owner), { signal })
  const described = await describeAddress(provider, network, client.address, { signal })
  const pieces: PlannedPieceDocument[] = []
  for (const planned of plan.pieces)
    pieces.push(await pieceDocument(planned, { owner, client: described.f4 }, context))
  const offers = plan.pieces.flatMap(({ offer }) => offer ?? [])
  const fees = pieces.flatMap(({ offer }) => (offer === null ? [] : [offer.transaction.gas]))
  return {
    version: 1,
    kind: 'plan',
    network: network.name,
    epoch: Number(plan.epoch),
    client: described,
    owner: { address: owner, balance: String(balance) },
    funds: { available: String(plan.funds.available), balance: String(plan.funds.balance) },
    asks: [...plan.asks].map(([id, ask]) => askDocument(id, ask)),
    pieces,
    total: {
      cost: String(sum(offers.map(({ cost }) => cost.total))),
      value: String(sum(offers.map(({ value }) => value))),
      gas: fees.includes(null) ? null : String(sum(fees.map((gas) => BigInt(gas?.maxFee ?? 0)))),
      max: maxTotal === undefined ? null : String(maxTotal),
    },
    notes: plan.notes,
    refusal: await refusalOf(plan, context),
  }
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((a, b) => a + b, 0n)
}

/** What `inspect` would say before anything is sent. */
async function refusalOf(
  plan: DealPlan,
  { inspect }: FlowContext,
): Promise<PlanDocument['refusal']> {
  try {
    await inspect?.(plan)
    return null
  } catch (error) {
    if (!isStorageError(error) || error.code === 'ABORTED') throw error
    const { code, message, hint = null, next = null } = error
    return { code, message, hint, next }
  }
}

interface Parties {
  readonly owner: string
  /** f410… */
  readonly client: string
}

async function pieceDocument(
  { piece, found, offer }: PlannedPiece,
  parties: Parties,
  context: FlowContext,
): Promise<PlannedPieceDocument> {
  const { name, root, pieceCid, pieceCidV2, size, pieceSize } = piece
  return {
    piece: { name, root, pieceCid, pieceCidV2, size, pieceSize },
    found: found?.proposalId ?? null,
    offer: offer === undefined ? null : await offerDocument(offer, parties, context),
    pushes: await pushesTo(offer?.terms.providers ?? found?.providers ?? [], context),
  }
}

async function offerDocument(
  { terms, cost, value, bounds }: PlannedOffer,
  { owner, client }: Parties,
  context: FlowContext,
): Promise<PlannedOfferDocument> {
  const { genesis } = context.network
  const date = (epoch: bigint): string | null =>
    genesis === undefined ? null : dateOfEpoch(epoch, { epoch: 0n, time: genesis }).toISOString()
  return {
    proposal: {
      pieceCid: terms.pieceCid,
      pieceSize: terms.pieceSize,
      verifiedDeal: false,
      client,
      provider: null,
      label: terms.label,
      startEpoch: Number(terms.startEpoch),
      endEpoch: Number(terms.endEpoch),
      storagePricePerEpoch: String(terms.pricePerEpoch),
      providerCollateral: String(terms.providerCollateral),
      clientCollateral: String(terms.clientCollateral),
    },
    startsBy: date(terms.startEpoch),
    ends: date(terms.endEpoch),
    transfer: {
      url: terms.url,
      size: terms.size,
      skipIpniAnnounce: terms.skipIpniAnnounce,
      removeUnsealedCopy: terms.removeUnsealedCopy,
    },
    replicas: terms.replicas,
    providers: terms.providers.map((id) => `f0${id}`),
    collateralBounds:
      bounds === undefined ? null : { min: String(bounds.min), max: String(bounds.max) },
    cost: {
      payment: String(cost.payment),
      clientCollateral: String(cost.clientCollateral),
      perReplica: String(cost.perReplica),
      total: String(cost.total),
    },
    transaction: await transactionOf(proposeCall(terms), value, owner, context),
  }
}

/** An estimate is of the chain as it is: behind a proposal that is not sent yet it is near, not exact. */
async function transactionOf(
  data: string,
  value: bigint,
  from: string,
  { client, provider, signal }: FlowContext,
): Promise<TransactionDocument> {
  const call = { from, to: client.address, data, value }
  const transaction = { from, to: client.address, value: String(value), method: METHOD, data }
  try {
    const estimate = await callNode('gas', () => provider.estimateGas(call), { signal })
    const { maxFeePerGas } = await callNode('fees', () => provider.getFeeData(), { signal })
    const limit = (estimate * GAS_MARGIN) / 100n
    if (maxFeePerGas === null)
      return { ...transaction, gas: null, gasUnknown: 'the node tells no fee' }
    const gas = {
      limit: String(limit),
      maxFeePerGas: String(maxFeePerGas),
      maxFee: String(limit * maxFeePerGas),
    }
    return { ...transaction, gas, gasUnknown: null }
  } catch (error) {
    if (!isStorageError(error) || error.code === 'ABORTED') throw error
    return { ...transaction, gas: null, gasUnknown: error.message }
  }
}

async function pushesTo(
  providers: readonly bigint[],
  { network, provider, signal }: FlowContext,
): Promise<PlannedPieceDocument['pushes']> {
  const pushes: PlannedPieceDocument['pushes'][number][] = []
  for (const id of providers) {
    const [url] = (await minerInfo(provider, network, id, { signal }))?.urls ?? []
    pushes.push({ provider: `f0${id}`, url: url === undefined ? null : `${url}${STORE_PATH}` })
  }
  return pushes
}
