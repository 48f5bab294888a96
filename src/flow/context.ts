/** What the flow works with: one client contract on one network, and the depot that providers fetch from. */
import type { Provider } from 'ethers'
import type { Client } from '../chain/client-contract.ts'
import type { Network } from '../chain/networks.ts'
import type { Depot } from '../depot/depot.ts'
import type { FlowEvent } from './events.ts'

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
}
