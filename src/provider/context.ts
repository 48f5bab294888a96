/** What every step of the provider works with. */
import type { Depot } from '../depot/depot.ts'
import type { StartWindow } from '../deal/terms.ts'
import type { Ask } from './ask.ts'
import type { Behaviour } from './behaviour.ts'
import type { Clock } from '../chain/clock.ts'
import type { DownloadPolicy } from './download.ts'
import type { ProviderEvent } from './events.ts'
import type { Ledger } from './ledger.ts'
import type { ProviderChain } from './ports.ts'
import type { Shelf } from './shelf.ts'
import type { Turns } from './turns.ts'

export interface Settings {
  readonly ask: Ask
  readonly window: StartWindow
  /** Padded bytes. */
  readonly sectorSize: bigint
  readonly download: DownloadPolicy
  /** Time between publication and proof. */
  readonly sealMs: number
  /** Deals that go into one PublishStorageDeals at most, and how long the first waits for others. */
  readonly batch: { readonly max: number; readonly waitMs: number }
  readonly pollMs: number
}

export interface Context {
  /** Actor id of the miner. */
  readonly id: bigint
  readonly chain: ProviderChain
  readonly depot: Depot
  /** Segments of aggregates in the depot that were found to be true. */
  readonly shelf: Shelf
  readonly ledger: Ledger
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly behaviour: Behaviour
  readonly settings: Settings
  readonly emit: (event: ProviderEvent) => void
  /** What sends messages: a nonce is taken and used without another in between. */
  readonly sending: Turns
  /** What decides: of two equal proposals the second is known. */
  readonly judging: Turns
  readonly downloading: Turns
  /** Waits until the head has reached `epoch`; the provider counts as idle meanwhile. */
  readonly epochReached: (epoch: bigint) => Promise<void>
}
