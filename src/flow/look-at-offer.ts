/** The terms of a plan, or of a proposal that stands on chain, as facts for a diagnosis. */
import { addressToString, f410FromEth, idAddress } from '../bytes/address.ts'
import type { ProposalView } from '../chain/chain.ts'
import type { Client } from '../chain/client-contract.ts'
import { collateralBounds } from '../chain/lotus.ts'
import { proposalLogs } from '../chain/logs.ts'
import { callNode } from '../chain/node.ts'
import type { DealProposal } from '../deal/proposal.ts'
import type { DealTerms } from '../deal/terms.ts'
import { type Fact, known, type OfferFacts, type OnChainFacts } from '../doctor/facts.ts'
import { StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1Bytes } from '../piece/piece-cid.ts'
import { attempt } from './attempt.ts'
import type { ChainContext } from './context.ts'
import { simulateAuth } from './simulate-auth.ts'

/** Epochs: what a node looks through at once. */
const LOOKED = 2880n
/** Stands in where any provider may publish: the first id that an actor of a user can have. */
const ANY = 1000n

/** @param bounds As they were when the terms were made; asked for when left out. */
export async function offerOf(
  terms: DealTerms,
  context: ChainContext,
  bounds?: OfferFacts['bounds'],
): Promise<OfferFacts> {
  return {
    ...fieldsOf(terms),
    verified: false,
    published: 0,
    bounds: bounds ?? (await boundsFor(terms.pieceSize, context)),
    twins: await twinsOf(terms, undefined, context.client),
  }
}

export interface StandingProposal {
  readonly view: ProposalView
  readonly offer: OfferFacts
  readonly chain: OnChainFacts
}

/** @throws PROPOSAL_NOT_FOUND; NODE_UNREACHABLE for what nothing can be said without */
export async function standingProposal(
  proposalId: string,
  context: ChainContext,
): Promise<StandingProposal> {
  const { client, network } = context
  const [view] = await client.proposals([proposalId])
  if (view === undefined)
    throw new StorageError('PROPOSAL_NOT_FOUND', { what: `no proposal ${proposalId}` })
  const [proposal, extra, bounds, twins, announced] = await Promise.all([
    attempt(() => client.getDealProposal(proposalId)),
    attempt(() => client.getExtraParams(proposalId)),
    boundsFor(view.pieceSize, context),
    twinsOf(view, proposalId, client),
    attempt(() => lastAnnounced(proposalId, context)),
  ])
  const own = addressToString(f410FromEth(client.address), network.prefix)
  return {
    view,
    offer: {
      ...fieldsOf(view),
      verified: proposal.known && proposal.value.verifiedDeal,
      label: proposal.known ? proposal.value.label : view.label,
      published: view.published,
      bounds,
      twins,
    },
    chain: {
      proposalId,
      state: view.state,
      proposalBytes: faultOf(proposal),
      extraBytes: faultOf(extra),
      differences: proposal.known
        ? extra.known
          ? known(differences(view, proposal.value, extra.value))
          : extra
        : proposal,
      client: proposal.known
        ? known({ stated: addressToString(proposal.value.client, network.prefix), own })
        : proposal,
      announced,
      auth: await verdicts(view, proposal, context),
    },
  }
}

function fieldsOf(
  terms: DealTerms,
): Omit<OfferFacts, 'verified' | 'published' | 'bounds' | 'twins'> {
  return {
    pieceCid: pieceCidV1Bytes(parsePieceCid(terms.pieceCid).root),
    size: BigInt(terms.size),
    pieceSize: BigInt(terms.pieceSize),
    label: terms.label,
    startEpoch: terms.startEpoch,
    endEpoch: terms.endEpoch,
    pricePerEpoch: terms.pricePerEpoch,
    providerCollateral: terms.providerCollateral,
    clientCollateral: terms.clientCollateral,
    replicas: terms.replicas,
    providers: terms.providers,
  }
}

function boundsFor(
  pieceSize: number,
  { provider, signal }: ChainContext,
): Promise<OfferFacts['bounds']> {
  return attempt(async () => {
    const bounds = await collateralBounds(provider, pieceSize, { signal })
    if (bounds !== undefined) return bounds
    throw new StorageError('NODE_UNREACHABLE', {
      what: 'the node does not tell what the market demands (Filecoin.StateDealProviderCollateralBounds)',
    })
  })
}

/** Bytes that do not decode are a fault; a contract that cannot be asked is not known. */
function faultOf(decoded: Fact<unknown>): Fact<string> {
  if (decoded.known) return known('')
  return /canonical|CBOR|decode/i.test(decoded.why) ? known(decoded.why) : decoded
}

async function twinsOf(
  terms: DealTerms,
  self: string | undefined,
  client: Client,
): Promise<Fact<readonly string[]>> {
  const key = keyOf(terms)
  return attempt(async () =>
    (await client.proposals())
      .filter((one) => one.proposalId !== self && keyOf(one) === key)
      .map(({ proposalId }) => proposalId),
  )
}

/** What a provider compares: every field of the deal but itself. */
function keyOf(terms: DealTerms): string {
  return JSON.stringify([
    Buffer.from(parsePieceCid(terms.pieceCid).root).toString('hex'),
    terms.pieceSize,
    terms.label,
    String(terms.startEpoch),
    String(terms.endEpoch),
    String(terms.pricePerEpoch),
    String(terms.providerCollateral),
    String(terms.clientCollateral),
  ])
}

function differences(
  view: ProposalView,
  proposal: DealProposal,
  extra: Awaited<ReturnType<Client['getExtraParams']>>,
): string[] {
  const own = fieldsOf(view)
  const pairs: [name: string, told: unknown, bytes: unknown][] = [
    ['piece CID', hex(own.pieceCid), hex(proposal.pieceCid)],
    ['piece size', own.pieceSize, proposal.pieceSize],
    ['label', own.label, proposal.label],
    ['start epoch', own.startEpoch, proposal.startEpoch],
    ['end epoch', own.endEpoch, proposal.endEpoch],
    ['price', own.pricePerEpoch, proposal.storagePricePerEpoch],
    ['provider collateral', own.providerCollateral, proposal.providerCollateral],
    ['client collateral', own.clientCollateral, proposal.clientCollateral],
    ['URL', view.url, extra.locationRef],
    ['size', own.size, extra.carSize],
  ]
  return pairs.filter(([, told, bytes]) => told !== bytes).map(([name]) => name)
}

async function lastAnnounced(
  proposalId: string,
  { provider, client, signal }: ChainContext,
): Promise<{ epoch: bigint | undefined; looked: bigint }> {
  const head = BigInt(await callNode('epoch', () => provider.getBlockNumber(), { signal }))
  const from = head > LOOKED ? head - LOOKED + 1n : 0n
  const range = { from, to: head, head, client: client.address }
  let epoch: bigint | undefined
  for await (const { logs } of proposalLogs(provider, range, { signal }))
    for (const log of logs) if (log.proposalId === proposalId && !log.removed) epoch = log.block
  return { epoch, looked: head - from + 1n }
}

/** Of whoever may still publish: one that has is refused, and rightly. */
async function verdicts(
  { providers, dealIds }: ProposalView,
  proposal: Fact<DealProposal>,
  { client, provider, network, signal }: ChainContext,
): Promise<OnChainFacts['auth']> {
  if (!proposal.known) return [{ provider: undefined, verdict: proposal }]
  const taken = dealIds.length === 0 ? [] : (await client.deals(dealIds)).map((one) => one.provider)
  const ask = (id: bigint) =>
    attempt(() =>
      simulateAuth(provider, network, { ...proposal.value, provider: idAddress(id) }, { signal }),
    )
  if (providers.length === 0)
    return taken.length === 0 ? [{ provider: undefined, verdict: await ask(ANY) }] : []
  const open = providers.filter((id) => !taken.includes(id))
  return Promise.all(open.map(async (id) => ({ provider: id, verdict: await ask(id) })))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
