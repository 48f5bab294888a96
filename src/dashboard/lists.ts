/** Lists of any length as pages: searched, filtered, bounded. Pure. */
import type { PieceRecord } from '../prepare/sink.ts'
import type { DepotDocument, DepotRow, ProposalsDocument, Standing } from './documents.ts'
import type { Facts } from './facts.ts'
import { namesOf } from './names.ts'
import { activeDeals, type ListedProposal, standingOf } from './standing.ts'
import { rowOf } from './view.ts'

const PAGE_ROWS = 25

export interface Wanted {
  /** Words that must all occur, in any letter case. */
  readonly search: string
  /** Undefined: all. */
  readonly standing?: Standing | undefined
  /** From 1; the nearest that there is. */
  readonly page: number
}

/** The newest first. */
export function proposalsPage({ chain, depot }: Facts, wanted: Wanted): ProposalsDocument {
  const names = namesOf(depot.value ?? [])
  const words = wordsOf(wanted.search)
  const found = (chain.value?.deals.proposals ?? []).filter(
    (proposal) =>
      (wanted.standing === undefined || standingOf(proposal) === wanted.standing) &&
      hasWords(searchable(proposal, names.get(proposal.pieceCid)), words),
  )
  const { rows, ...page } = cut(found.toReversed(), wanted.page)
  return {
    version: 1,
    kind: 'dashboard-proposals',
    rows: rows.map((proposal) => rowOf(proposal, names)),
    ...page,
  }
}

export function depotPage(
  { chain, depot }: Facts,
  wanted: Omit<Wanted, 'standing'>,
): DepotDocument {
  const words = wordsOf(wanted.search)
  const found = (depot.value ?? []).filter((piece) =>
    hasWords([piece.name, piece.root, piece.pieceCid, piece.pieceCidV2], words),
  )
  const byPiece = Map.groupBy(chain.value?.deals.proposals ?? [], ({ pieceCid }) => pieceCid)
  const sorted = found.toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
  const { rows, ...page } = cut(sorted, wanted.page)
  return {
    version: 1,
    kind: 'dashboard-depot',
    rows: rows.map((piece) => depotRow(piece, byPiece.get(piece.pieceCid) ?? [])),
    ...page,
  }
}

function depotRow(piece: PieceRecord, proposals: readonly ListedProposal[]): DepotRow {
  const { name, root, pieceCid, size, pieceSize, files } = piece
  return {
    name,
    root,
    pieceCid,
    size,
    pieceSize,
    files,
    proposals: proposals.length,
    active: proposals.reduce((sum, proposal) => sum + activeDeals(proposal), 0),
  }
}

function searchable(proposal: ListedProposal, name = ''): string[] {
  return [
    name,
    proposal.label,
    proposal.pieceCid,
    proposal.proposalId,
    proposal.url,
    ...proposal.deals.flatMap(({ dealId, provider }) => [provider, `deal ${dealId}`]),
  ]
}

function wordsOf(search: string): string[] {
  return search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

function hasWords(texts: readonly string[], words: readonly string[]): boolean {
  if (words.length === 0) return true
  const text = texts.join('\n').toLowerCase()
  return words.every((word) => text.includes(word))
}

function cut<T>(all: readonly T[], wanted: number) {
  const pages = Math.max(1, Math.ceil(all.length / PAGE_ROWS))
  const page = Math.min(Math.max(1, wanted), pages)
  return {
    rows: all.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS),
    found: all.length,
    page,
    pages,
  }
}
