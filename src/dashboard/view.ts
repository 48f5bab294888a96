/** Facts as the documents of the API. Pure. */
import { addressLink, dealLink } from '../chain/networks.ts'
import type { Funds } from '../deal/cost.ts'
import { EPOCH_SECONDS } from '../deal/units.ts'
import type {
  Freshness,
  MoneyDocument,
  OverviewDocument,
  ProposalDocument,
  ProposalRow,
  ShownDeal,
} from './documents.ts'
import type { Facts, Known, KnownTimeline } from './facts.ts'
import { nameOf, namesOf } from './names.ts'
import {
  actionsFor,
  activeDeals,
  countStandings,
  type ListedProposal,
  standingOf,
} from './standing.ts'

export function overviewOf({ network, chain, depot, actions }: Facts): OverviewDocument {
  const { value } = chain
  const pieces = depot.value ?? []
  return {
    version: 1,
    kind: 'dashboard-overview',
    network: { name: network.name, isMain: network.name === 'filecoin' },
    client:
      value === undefined
        ? null
        : { address: value.address, link: addressLink(network, value.address) ?? null },
    chain: freshnessOf(chain),
    depot: {
      ...freshnessOf(depot),
      pieces: pieces.length,
      bytes: pieces.reduce((sum, { size }) => sum + size, 0),
    },
    epoch: value === undefined ? null : dated(value.deals.epoch, value.anchor),
    proposals: value?.deals.proposals.length ?? 0,
    counts: countStandings(value?.deals.proposals ?? []),
    money: value === undefined ? null : amounts(value.funds),
    writable: actions !== undefined,
    actions: actions ?? [],
  }
}

function freshnessOf({ at, problem }: Known<unknown>): Freshness {
  return { asOf: at === undefined ? null : new Date(at).toISOString(), problem: problem ?? null }
}

function dated(epoch: number, anchor: { readonly epoch: bigint; readonly time: number }) {
  return { epoch, time: anchor.time + (epoch - Number(anchor.epoch)) * EPOCH_SECONDS }
}

function amounts(funds: Funds): MoneyDocument {
  const { escrow, locked, reserved, available, balance } = funds
  return {
    escrow: escrow.toString(),
    locked: locked.toString(),
    reserved: reserved.toString(),
    available: available.toString(),
    balance: balance.toString(),
  }
}

/** In the order that they were made; lists turn it round. */
export function rowOf(proposal: ListedProposal, names: ReadonlyMap<string, string>): ProposalRow {
  return {
    proposalId: proposal.proposalId,
    name: nameOf(proposal, names),
    pieceSize: proposal.pieceSize,
    replicas: proposal.replicas,
    published: proposal.deals.length,
    active: activeDeals(proposal),
    standing: standingOf(proposal),
    state: proposal.state,
    why: proposal.why,
    endEpoch: proposal.endEpoch,
  }
}

export function proposalOf(
  proposal: ListedProposal,
  { network, depot, actions }: Facts,
  timeline: KnownTimeline,
): ProposalDocument {
  const { deals, state, why, ...terms } = proposal
  return {
    version: 1,
    kind: 'dashboard-proposal',
    name: nameOf(proposal, namesOf(depot.value ?? [])),
    standing: standingOf(proposal),
    state,
    why,
    proposal: terms,
    deals: deals.map(({ dealId, provider, state: dealState, why: dealWhy }): ShownDeal => ({
      dealId,
      provider,
      state: dealState,
      why: dealWhy,
      link: dealLink(network, BigInt(dealId)) ?? null,
    })),
    openUrl: openable(terms.url),
    timeline: timeline.value ?? null,
    timelineProblem: timeline.problem ?? null,
    actions: actions === undefined ? [] : actionsFor(proposal),
  }
}

/** Anyone may propose a URL that is none, or a script. */
export function openable(text: string): string | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null
  const { protocol, username, password, href } = new URL(text)
  const isWeb = protocol === 'http:' || protocol === 'https:'
  return isWeb && username === '' && password === '' ? href : null
}
