/** What the flow works with: one client contract on one network, and the depot that providers fetch from. */
import type { Provider } from 'ethers'
import type { Client } from '../chain/client-contract.ts'
import type { Network } from '../chain/networks.ts'
import type { PerpetualStorage } from '../chain/perpetual.ts'
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

/** To keep pieces in the name of an account, instead of a client of one's own. */
export interface KeepContext extends Omit<FlowContext, 'client'> {
  readonly perpetual: PerpetualStorage
  /** 0x…, of the signer. */
  readonly account: string
}
