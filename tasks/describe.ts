/** Proposals and deals as a person reads them. */
import { dealLink, type Network, transactionLink } from '../src/chain/networks.ts'
import { formatDuration, formatFil } from '../src/deal/units.ts'
import type { ClientDocument, DealDocument, ProposedDocument } from '../src/flow/documents.ts'
import { formatBytes, formatEpoch } from '../src/terminal/format.ts'
import { formatTable } from '../src/terminal/table.ts'
import { describePushes } from './pushes.ts'

type Offered = Omit<ProposedDocument['proposals'][number], 'tx'> & {
  readonly tx?: string | null
  readonly state?: string
  readonly why?: string
}

export function describeProposal(proposal: Offered, network: Network): string[] {
  const duration = BigInt(proposal.endEpoch - proposal.startEpoch)
  const price = BigInt(proposal.pricePerEpoch)
  const rows: string[][] = [['proposal', proposal.proposalId]]
  if (proposal.state !== undefined)
    rows.push(['state', `${proposal.state}: ${dated(proposal.why ?? '', network)}`])
  rows.push(
    ['piece', `${proposal.pieceCid}, padded ${formatBytes(proposal.pieceSize)}`],
    ['label', proposal.label],
    ['url', proposal.url],
    ['starts by', formatEpoch(proposal.startEpoch, network.genesis)],
    [
      'ends',
      `${formatEpoch(proposal.endEpoch, network.genesis)}, after ${formatDuration(duration)}`,
    ],
    ['price', `${formatFil(price)} per epoch, ${formatFil(price * duration)} in all for a replica`],
    [
      'collateral',
      `provider ${formatFil(BigInt(proposal.providerCollateral))}, client ${formatFil(BigInt(proposal.clientCollateral))}`,
    ],
    ['replicas', `${proposal.deals.length} of ${proposal.replicas} published`],
  )
  if (typeof proposal.tx === 'string') {
    rows.push(['transaction', transactionLink(network, proposal.tx) ?? proposal.tx])
  }
  return [
    ...formatTable(rows),
    ...describeDeals(proposal.deals, network),
    ...describePushes(proposal.pushes ?? []),
  ]
}

function describeDeals(deals: readonly DealDocument[], network: Network): string[] {
  const rows = deals.map((deal) => [
    '  deal',
    String(deal.dealId),
    deal.provider,
    deal.state,
    dated(deal.why, network),
    dealLink(network, BigInt(deal.dealId)) ?? '',
  ])
  return formatTable(rows)
}

/** Text with the date behind every epoch that it names. */
function dated(text: string, { genesis }: Network): string {
  return text.replaceAll(/\bepoch (\d+)\b/g, (_, epoch: string) => {
    return `epoch ${formatEpoch(BigInt(epoch), genesis)}`
  })
}

/** Address in every spelling: `0x…`, `f410…` and, when known, `f0…`. */
export function addressRows(name: string, address: ClientDocument): string[][] {
  return [
    [name, address.address],
    ['', address.f4],
    ...(address.id === null ? [] : [['', address.id]]),
  ]
}
