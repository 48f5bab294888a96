/** What would be sent, as a person reads it. */
import type { Network } from '../src/chain/networks.ts'
import { formatDuration, formatFil } from '../src/deal/units.ts'
import type {
  PlanDocument,
  PlannedOfferDocument,
  PlannedPieceDocument,
} from '../src/flow/documents.ts'
import { formatBytes, formatCount, formatEpoch } from '../src/terminal/format.ts'
import { formatTable } from '../src/terminal/table.ts'

export function describePlan(plan: PlanDocument, network: Network): string[] {
  const { owner, funds, total } = plan
  const sent = plan.pieces.filter(({ offer }) => offer !== null).length
  const money: string[][] = [
    ['total', `${fil(total.cost)} for all replicas${limitOf(total.max)}`],
    ['', `${fil(total.value)} of it from your account, the rest from what the client has`],
    ['gas', total.gas === null ? 'the node estimates none' : `at most ${fil(total.gas)}`],
    [
      'client',
      `${plan.client.address}, free: ${fil(String(BigInt(funds.available) + BigInt(funds.balance)))}`,
    ],
    ['account', `${owner.address}, has ${fil(owner.balance)}`],
    ['', 'the owner, as the contract names it: no key was looked at'],
  ]
  return [
    `Nothing is sent. ${plan.network}, epoch ${formatEpoch(plan.epoch, network.genesis)}`,
    ...plan.pieces.flatMap((piece) => ['', ...describePiece(piece, network)]),
    '',
    ...formatTable(sent === 0 ? money.slice(3) : money),
    ...describeAsks(plan),
    ...plan.notes.map((note) => `Note: ${note}.`),
    ...(plan.refusal === null
      ? []
      : [
          '',
          `It would be refused: ${plan.refusal.code}: ${plan.refusal.message}`,
          ...(plan.refusal.hint === null ? [] : [plan.refusal.hint]),
        ]),
  ]
}

function describePiece(
  { piece, found, offer, pushes }: PlannedPieceDocument,
  network: Network,
): string[] {
  const rows = [
    ['piece', piece.pieceCid],
    ['', `${formatBytes(piece.size)}, padded ${formatBytes(piece.pieceSize)}`],
  ]
  if (found !== null) rows.push(['proposal', `${found} says the same already`])
  if (offer !== null) rows.push(...offerRows(offer, network))
  for (const { provider, url } of pushes)
    rows.push([
      'push',
      url === null ? `${provider} announces no HTTP address` : `${provider}: POST ${url}`,
    ])
  return formatTable(rows)
}

function offerRows(offer: PlannedOfferDocument, network: Network): string[][] {
  const { proposal, transfer, cost, transaction } = offer
  const duration = BigInt(proposal.endEpoch - proposal.startEpoch)
  const bounds = offer.collateralBounds
  return [
    ['label', proposal.label],
    ['url', `${transfer.url}, ${formatCount(transfer.size)} B`],
    [
      'options',
      `${transfer.skipIpniAnnounce ? 'not announced' : 'announced'} to the network indexer, ${transfer.removeUnsealedCopy ? 'no' : 'a'} copy for fast retrieval, not verified`,
    ],
    ['starts by', formatEpoch(proposal.startEpoch, network.genesis)],
    [
      'ends',
      `${formatEpoch(proposal.endEpoch, network.genesis)}, after ${formatDuration(duration)}`,
    ],
    ['price', `${fil(proposal.storagePricePerEpoch)} per epoch`],
    [
      'collateral',
      `provider ${fil(proposal.providerCollateral)}, client ${fil(proposal.clientCollateral)}`,
    ],
    ...(bounds === null
      ? []
      : [['', `providers take ${fil(bounds.min)} to ${fil(String(2n * BigInt(bounds.min)))} now`]]),
    ['replicas', offer.replicas === 1 ? '1' : `${offer.replicas}, each at another provider`],
    ['publishers', offer.providers.length === 0 ? 'any provider' : offer.providers.join(', ')],
    ['cost', `${fil(cost.perReplica)} for a replica, ${fil(cost.total)} for all`],
    ['sends', `${fil(transaction.value)} to ${transaction.to}`],
    [
      'calls',
      `${transaction.method}, ${(transaction.data.length - 2) / 2} B (all of them with --json)`,
    ],
    [
      'gas',
      transaction.gas === null
        ? `unknown: ${transaction.gasUnknown ?? ''}`
        : `${formatCount(BigInt(transaction.gas.limit))} at ${fil(transaction.gas.maxFeePerGas)} at most`,
    ],
  ]
}

function describeAsks({ asks }: PlanDocument): string[] {
  return formatTable(
    asks.map(({ provider, pricePerGib, minPieceSize, maxPieceSize, source }) => [
      'ask',
      provider,
      `${fil(pricePerGib)}/GiB/epoch, pieces of ${formatBytes(minPieceSize)} to ${formatBytes(maxPieceSize)} (${source})`,
    ]),
  )
}

function limitOf(max: string | null): string {
  return max === null ? '' : `; --max-total allows ${fil(max)}`
}

function fil(attoFil: string): string {
  return formatFil(BigInt(attoFil))
}
