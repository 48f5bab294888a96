/**
 * The public surface, in the order of the flow. The localnet stands alone: `sealift/localnet`.
 */

// prepare: files → piece
export { commitmentOf } from './piece/commitment.ts'
export { PieceHasher } from './piece/hasher.ts'
export { type PieceCommitment, parsePieceCid, pieceCidV1, pieceCidV2 } from './piece/piece-cid.ts'
export { PieceStream, type PieceStreamOptions } from './piece/piece-stream.ts'
export { PieceTree } from './piece/tree.ts'
export type { Manifest, ManifestPart } from './prepare/manifest.ts'
export { type Prepared, prepare, type PrepareOptions } from './prepare/prepare.ts'
export { rootOf } from './prepare/root-of.ts'
export type { PieceRecord, PieceSink, StoredPiece } from './prepare/sink.ts'

// aggregate: small pieces → one piece, a proof for each
export { costAlone, type CostShare, costShares } from './aggregate/cost-share.ts'
export {
  type AggregationPlan,
  planAggregates,
  type PlannedAggregate,
  type RefusedInput,
  type WaitingInput,
} from './aggregate/plan.ts'
export type { PendingInput, PlanPolicy } from './aggregate/plan-input.ts'
export type { PlannedSegment, Waste } from './aggregate/plan-layout.ts'

// depot: pieces → URLs
export type { Depot } from './depot/depot.ts'
export { openDepot } from './depot/fs-store.ts'
export { type DepotServer, startDepotServer } from './depot/server.ts'

// propose: request → proposal
export { type Client, openClient } from './chain/client-contract.ts'
export { type Factory, openFactory } from './chain/factory.ts'
export { type Network, networkOf, networkOfChain } from './chain/networks.ts'
export { costOf } from './deal/cost.ts'
export { type DealProposal, decodeProposal, encodeProposal, proposalCid } from './deal/proposal.ts'
export { type DealTerms, termsFor, validateTerms } from './deal/terms.ts'

// requests: files of others → aggregates → proofs
export { type AggregatorOptions, runAggregator } from './aggregator/aggregator.ts'
export type { AggregatorEvent, DealWishes } from './aggregator/context.ts'
export type { Policy as AggregatorPolicy } from './aggregator/next-actions.ts'
export type { AggregatorReport } from './aggregator/report.ts'
export type { HubEvent } from './chain/hub-events.ts'
export {
  type Hub,
  type HubCompletion,
  type HubDeal,
  type HubRequest,
  type HubTerms,
  openHub,
} from './chain/hub.ts'

// keep: facts → what is due, why, and for how long there is money
export { chooseProviders } from './keep/choose-providers.ts'
export { type Decision, decide, isDue } from './keep/decide.ts'
export type { DealFacts, Facts, Standing } from './keep/facts.ts'
export { checkPolicy, type Policy, policyFor, type PolicyRequest } from './keep/policy.ts'
export { type Projection, projectPurse, type PurseStore } from './keep/project.ts'
export { explain, type Reason, reasonText } from './keep/reason.ts'
export { type Endowment, endowmentFor, runwayOf } from './keep/runway.ts'
// storage that is kept
export type { PerpetualEvent } from './chain/perpetual-events.ts'
export { openPerpetual, type PerpetualStorage, type PokeOutcome } from './chain/perpetual.ts'
export type { KeptPiece, StoreAccount, StoreRecord, StoreStatus } from './chain/perpetual-views.ts'

// watch: chain → facts → states
export { dealStateOf, proposalStateOf } from './deal/state.ts'
export { observe } from './watch/observe.ts'
export { waitForDeals } from './watch/wait.ts'

// history: logs → what happened
export {
  clientEvents,
  clientHistory,
  type HistoryRange,
  type ReadHistory,
} from './chain/history.ts'
export type { ClientEvent, Outcome } from './deal/client-event.ts'
export {
  type ClientHistory,
  type DealHistory,
  type ProposalHistory,
  proposalStateAt,
  type ProposerHistory,
  spentAt,
} from './deal/client-history.ts'
export { foldHistory } from './deal/history.ts'
export {
  type Accounts,
  accountsAfter,
  EMPTY_ACCOUNTS,
  type LedgerEntry,
  totalOf,
} from './deal/ledger.ts'

// fetch back
export { retrieve, retrieveParts, type Source, type SourcesOf } from './retrieve/retrieve.ts'
export { retrieveSegment } from './retrieve/segment.ts'

// receipts: a file ↔ the bytes of a deal
export { buildReceipt, type ReceiptFacts } from './receipt/build.ts'
export { type CheckedReceipt, checkReceipt, type Claim, type Unchecked } from './receipt/check.ts'
export type { Receipt } from './receipt/schema.ts'

// the arrows joined
export { aggregate, type Aggregated, type AggregateRequest } from './flow/aggregate.ts'
export { listInputs } from './flow/aggregate-inputs.ts'
export type { FlowContext, KeepContext } from './flow/context.ts'
export { deployClient, deployPerpetual } from './flow/deploy.ts'
export type * from './flow/documents.ts'
export type { FlowEvent } from './flow/events.ts'
export { listDeals } from './flow/list-deals.ts'
export { listStores } from './flow/list-stores.ts'
export { type LocalFilecoin, startLocalFilecoin } from './flow/local-filecoin.ts'
export { makeDeal, type MakeDealRequest } from './flow/make-deal.ts'
export { receiptsFor } from './flow/receipt.ts'
export { retrieveDeal } from './flow/retrieve-deal.ts'
export { retrieveReceipt } from './flow/retrieve-receipt.ts'
export { storePiece, type StoreRequest } from './flow/store-piece.ts'
export { type ReceiptChain, verifyReceipt } from './flow/verify-receipt.ts'

// the other side of the deal
export type { Behaviour } from './provider/behaviour.ts'
export type { ProviderEvent } from './provider/events.ts'
export { localnetChain } from './provider/localnet-chain.ts'
export { type PocketProvider, startProvider } from './provider/pocket-provider.ts'

// errors
export { type ErrorCode, errorCodes, isStorageError, StorageError } from './errors.ts'
