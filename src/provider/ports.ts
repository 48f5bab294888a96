/**
 * What the provider asks of a chain. One implementation speaks to the localnet (`localnet-chain.ts`); tests implement
 * it in memory. Every method ends within a deadline of its own and fails with NODE_UNREACHABLE when the node does not
 * answer: the provider tries those again and takes every other failure as the chain's answer.
 */
import type { ProposalLog } from '../chain/logs.ts'
import type { EscrowBalance } from '../deal/market.ts'
import type { DealProposal } from '../deal/proposal.ts'
import type { CollateralBounds } from '../deal/terms.ts'

/** What a client says to AuthenticateMessage. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/**
 * Marks one coming publication, written down before it is sent: a message with this nonce can be mined only once, and
 * what it publishes gets ids from `fromDealId` on.
 */
export interface Ticket {
  readonly nonce: number
  readonly fromDealId: bigint
}

/** `stale`: the nonce was used before, nothing was sent now. `reverted`: mined, but f05 took no deal. */
export type Sent = 'mined' | 'reverted' | 'stale'

/** f05 about a deal: `gone` is exit code 32 (settled, terminated or missed), `unknown` 17. */
export type Activation =
  | { readonly state: 'published' | 'gone' | 'unknown' }
  | { readonly state: 'active'; readonly activatedAt: bigint }

/** One sector with one piece, as the miner proves it. */
export interface SectorProof {
  readonly sector: bigint
  readonly dealId: bigint
  /** CIDv1, 39 bytes. */
  readonly pieceCid: Uint8Array
  /** Padded bytes. */
  readonly pieceSize: bigint
  /** Epoch until which the sector is committed, at least the deal's end. */
  readonly expiration: bigint
}

export interface ProviderChain {
  head(): Promise<bigint>
  /** Logs of the blocks `from` to `to`, both included. */
  proposalLogs(from: bigint, to: bigint): Promise<ProposalLog[]>
  /** `getDealProposal` and `getExtraParams` by eth_call: CBOR. CONTRACT_REFUSED when the contract reverts. */
  readProposal(
    client: string,
    proposalId: string,
  ): Promise<{ proposal: Uint8Array; extra: Uint8Array }>
  /** AuthenticateMessage as f05 would send it, without effect. `client` is a Filecoin address. */
  simulateAuth(client: Uint8Array, params: Uint8Array): Promise<Verdict>
  /** Escrow of a Filecoin address; zero for one that f05 does not know. */
  escrow(address: Uint8Array): Promise<EscrowBalance>
  /** undefined where the chain offers none. */
  bounds(pieceSize: bigint): Promise<CollateralBounds | undefined>
  /** Adds `amount` attoFIL of the worker to the miner's escrow. */
  addCollateral(amount: bigint): Promise<void>
  /** PublishStorageDeals without effect; its CBOR return. CONTRACT_REFUSED with f05's exit code. */
  simulatePublish(params: Uint8Array): Promise<Uint8Array>
  ticket(): Promise<Ticket>
  /** Sends PublishStorageDeals and waits until it is mined. Safe to repeat with the same ticket. */
  publish(params: Uint8Array, ticket: Ticket): Promise<Sent>
  /** The lowest deal id from `fromDealId` on whose deal has the fields of `proposal`. */
  findDeal(proposal: DealProposal, fromDealId: bigint): Promise<bigint | undefined>
  activation(dealId: bigint): Promise<Activation>
  /** Commits the sector; the miner tells f05. CONTRACT_REFUSED when f05 does not take the piece. */
  prove(proof: SectorProof): Promise<void>
  terminate(sector: bigint): Promise<void>
  /** Registers binary multiaddrs as the miner's. */
  announce(multiaddrs: Uint8Array[]): Promise<void>
}
