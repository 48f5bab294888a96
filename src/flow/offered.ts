/** A proposal and its deals as the JSON documents show them. */
import type { ObservedDeal, ObservedProposal } from '../watch/observe.ts'
import type { PushRecord } from '../relay/push-record.ts'
import type { DealDocument, OfferedProposal, PushDocument } from './documents.ts'

export function offered(proposal: ObservedProposal): OfferedProposal {
  return {
    proposalId: proposal.proposalId,
    pieceCid: proposal.pieceCid,
    pieceSize: proposal.pieceSize,
    label: proposal.label,
    url: proposal.url,
    startEpoch: Number(proposal.startEpoch),
    endEpoch: Number(proposal.endEpoch),
    pricePerEpoch: proposal.pricePerEpoch.toString(),
    providerCollateral: proposal.providerCollateral.toString(),
    clientCollateral: proposal.clientCollateral.toString(),
    replicas: proposal.replicas,
    deals: proposal.deals.map(dealDocument),
  }
}

function dealDocument(deal: ObservedDeal): DealDocument {
  return {
    dealId: Number(deal.dealId),
    provider: `f0${deal.provider}`,
    state: deal.state,
    activatedAt: deal.activatedAt === undefined ? null : Number(deal.activatedAt),
    endEpoch: Number(deal.endEpoch),
    why: deal.why,
  }
}

export function pushDocument({
  provider,
  dealUuid,
  url,
  at,
  outcome,
  reason,
}: PushRecord): PushDocument {
  return {
    provider: `f0${provider}`,
    dealUuid,
    url,
    at: new Date(at).toISOString(),
    outcome,
    reason,
  }
}
