/** What the flow works with: one client contract on one network, and the depot that providers fetch from. */
import type { Provider } from 'ethers'
import type { Client } from '../chain/client-contract.ts'
import type { Network } from '../chain/networks.ts'
import type { PerpetualStorage } from '../chain/perpetual.ts'
import type { Ask } from '../deal/ask.ts'
import type { Depot } from '../depot/depot.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import type { PushRecord } from '../relay/push-record.ts'
import type { FlowEvent } from './events.ts'
import type { DealPlan } from './plan-deal.ts'

export interface ChainContext {
  readonly network: Network
  readonly client: Client
  readonly provider: Provider
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: ((event: FlowEvent) => void) | undefined
}

export interface FlowContext extends ChainContext {
  readonly depot: Depot
  /** Base URL under which providers reach the depot. */
  readonly depotUrl: string
  /** What a provider asks for now; undefined when it tells nothing or cannot be reached. Never throws but ABORTED. */
  readonly askOf?: ((provider: bigint) => Promise<Ask | undefined>) | undefined
  /** Looks at a plan before anything of it is sent; throws to refuse. */
  readonly inspect?: ((plan: DealPlan) => Promise<void>) | undefined
  /** Takes the account to send from, for the rest of the flow. Throws IN_USE, DEADLINE, NODE_UNREACHABLE. */
  readonly hold?: (() => Promise<void>) | undefined
  /** Whether what it will be offered with is in order: found out before anything is sent. Throws DEPOT_CORRUPT. */
  readonly beforeProposed?: ((plan: DealPlan) => Promise<void>) | undefined
  /**
   * Offers what stands on chain now to providers that do not watch it; what was there before (`tx` null) too, because a run
   * may have ended between the two. What came of it is part of the document; a failure is told, and does not end the flow.
   */
  readonly afterProposed?:
    ((proposed: readonly ProposedPiece[]) => Promise<readonly PushRecord[]>) | undefined
}

/** A proposal that stands on chain. */
export interface ProposedPiece {
  readonly proposalId: string
  /** Null where an identical proposal was there already. */
  readonly tx: string | null
  readonly piece: StoredPiece
  /** Where providers fetch it. */
  readonly url: string
  /** Actor ids that may publish; empty: any. */
  readonly providers: readonly bigint[]
}

/** To keep pieces in the name of an account, instead of a client of one's own. */
export interface KeepContext extends Omit<FlowContext, 'client' | 'inspect'> {
  readonly perpetual: PerpetualStorage
  /** Looks at a piece and where providers fetch it, before anything is sent; throws to refuse. */
  readonly inspect?: ((piece: StoredPiece, urls: readonly string[]) => Promise<void>) | undefined
  /** 0x…, of the signer. */
  readonly account: string
}
