/**
 * What the dashboard's API answers, version 1. Amounts in attoFIL are decimal strings, sizes bytes, epochs numbers, times
 * ISO 8601. The page and the server share these shapes.
 */
import type { OfferedProposal } from '../flow/documents.ts'
import type { ProposalState } from '../deal/state.ts'
import type { ProposalTimeline } from '../timeline/timeline.ts'

/** As the error document of tasks tells it. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly next: string | null
}

/** How old what is shown is, and why it is not newer. */
export interface Freshness {
  /** Of the last look that succeeded; null before one did. */
  readonly asOf: string | null
  /** Of the last look; null when it succeeded. */
  readonly problem: Problem | null
}

/** Of all replicas together, in a word. */
export type Standing = 'waiting' | 'partly' | 'stored' | 'attention' | 'over'

export type Counts = Readonly<Record<Standing, number>>

export interface MoneyDocument {
  /** In f05, in the client's name: locked, reserved and available are parts of it. */
  readonly escrow: string
  readonly locked: string
  readonly reserved: string
  readonly available: string
  /** In the contract itself. */
  readonly balance: string
}

export type ActionKind = 'reannounce' | 'observe' | 'settle' | 'cancel'

/** Something that was asked for on the page. */
export interface ActionDocument {
  readonly number: number
  readonly action: ActionKind
  readonly proposalId: string
  readonly state: 'sending' | 'sent' | 'done' | 'failed'
  readonly at: string
  /** Hash of the transaction; null before it was sent. */
  readonly tx: string | null
  /** Page of an explorer. */
  readonly link: string | null
  readonly problem: Problem | null
}

export interface OverviewDocument {
  readonly version: 1
  readonly kind: 'dashboard-overview'
  readonly network: {
    readonly name: string
    /** Whether its FIL is money. */
    readonly isMain: boolean
  }
  /** Null while the chain was never reached. */
  readonly client: { readonly address: string; readonly link: string | null } | null
  readonly chain: Freshness
  readonly depot: Freshness & { readonly pieces: number; readonly bytes: number }
  /** An epoch and its unix time in seconds: they date every other one. */
  readonly epoch: { readonly epoch: number; readonly time: number } | null
  readonly proposals: number
  readonly counts: Counts
  readonly money: MoneyDocument | null
  /** Whether the page may send. */
  readonly writable: boolean
  /** The newest first. */
  readonly actions: readonly ActionDocument[]
}

export interface ProposalRow {
  readonly proposalId: string
  /** Of the piece in the depot, else of the label; chosen by whoever made it. */
  readonly name: string
  readonly pieceSize: number
  readonly replicas: number
  readonly published: number
  readonly active: number
  readonly standing: Standing
  readonly state: ProposalState
  readonly why: string
  /** What ends next for it: the time to publish, or the first deal. */
  readonly endEpoch: number
}

/** A bounded page of a list. */
interface Page<Row> {
  readonly version: 1
  readonly rows: readonly Row[]
  /** Rows that the search found. */
  readonly found: number
  /** From 1. */
  readonly page: number
  readonly pages: number
}

export interface ProposalsDocument extends Page<ProposalRow> {
  readonly kind: 'dashboard-proposals'
}

export interface ShownDeal {
  readonly dealId: number
  readonly provider: string
  readonly state: string
  readonly why: string
  readonly link: string | null
}

export interface ProposalDocument {
  readonly version: 1
  readonly kind: 'dashboard-proposal'
  readonly name: string
  readonly standing: Standing
  readonly state: ProposalState
  readonly why: string
  readonly proposal: Omit<OfferedProposal, 'deals'>
  readonly deals: readonly ShownDeal[]
  /** The URL, where it is one that a browser may open. */
  readonly openUrl: string | null
  readonly timeline: ProposalTimeline | null
  readonly timelineProblem: Problem | null
  /** What may be done about it now; empty for a page that only reads. */
  readonly actions: readonly ActionKind[]
}

export interface DepotRow {
  readonly name: string
  readonly root: string
  readonly pieceCid: string
  readonly size: number
  readonly pieceSize: number
  readonly files: number
  /** Proposals of this client with the piece, and their active deals. */
  readonly proposals: number
  readonly active: number
}

export interface DepotDocument extends Page<DepotRow> {
  readonly kind: 'dashboard-depot'
}
