/**
 * A keeper: follows the stores of a PerpetualStorage, decides what is due for them, makes sure that the data can be had, and pokes where
 * that pays. It may be killed at any point: a journal of its messages on disk and the chain are all that the next run needs.
 */
import { systemClock } from '../chain/clock.ts'
import { lockFolder } from '../journal/lock.ts'
import type { Reason } from '../keep/reason.ts'
import type { KeeperEvent, StoreDecision } from './events.ts'
import { loadKnown } from './known.ts'
import { type LedgerOptions, openLedger } from './ledger.ts'
import type { KeeperChain } from './ports.ts'
import { Running } from './running.ts'
import type { Sources } from './sources.ts'
import type { WatchOptions } from './watch.ts'

export interface KeeperOptions extends Partial<WatchOptions>, Pick<LedgerOptions, 'through'> {
  readonly chain: KeeperChain
  /** Of the journal; one for each keeper. */
  readonly folder: string
  /** Name of the network, for the journal. */
  readonly network: string
  /** Whether pieces can be had; undefined: it is taken for granted. */
  readonly sources?: Sources | undefined
  /** attoFIL above its gas that a poke must bring; negative: it may cost so much. Default: 0. */
  readonly minProfit?: bigint | undefined
  /** Gas of one message. Default: half of a block's. */
  readonly maxGas?: bigint | undefined
  /** Stores in one message. */
  readonly maxStores?: number | undefined
  readonly now?: (() => number) | undefined
  readonly onEvent?: ((event: KeeperEvent) => void) | undefined
}

export interface TickReport {
  readonly epoch: number
  readonly stores: number
  /** Of those that are known. */
  readonly known: number
  readonly due: number
  /** About stores that are due and were looked at. */
  readonly decisions: readonly StoreDecision[]
  /** Messages that wait to be mined. */
  readonly waiting: number
  /** Since the journal began. attoFIL. */
  readonly sent: number
  readonly confirmed: number
  readonly failed: number
  readonly paid: bigint
  readonly spent: bigint
  /** Since the keeper was opened. */
  readonly requests: number
  readonly decisionSeconds: number
}

export interface Keeper {
  /** Looks once, and does what is due. @throws NODE_UNREACHABLE, ABORTED, DEPOT_FULL, DEPOT_READ_ONLY; it can be called again */
  tick(): Promise<TickReport>
  /** How many of the known stores stand how, at this epoch. */
  standing(epoch: number): ReadonlyMap<Reason, number>
  close(): Promise<void>
}

/** @throws IN_USE while another keeper has the folder; DEPOT_CORRUPT, DEPOT_FULL, DEPOT_READ_ONLY; ARGUMENT_INVALID for another's journal */
export async function openKeeper(options: KeeperOptions): Promise<Keeper> {
  const { chain, folder, network, now = systemClock.now, onEvent, through } = options
  const unlock = await lockFolder(folder, 'keeper')
  try {
    const ledger = await openLedger({
      folder,
      service: `${network} ${chain.address} ${chain.account}`.toLowerCase(),
      now,
      through,
      onFact: (fact) => onEvent?.({ type: 'fact', fact }),
    })
    const { stores, read } = await loadKnown(chain, folder, ledger.state.service ?? '')
    const running = new Running(options, ledger, stores, read)
    return {
      tick: () => running.tick(),
      standing: (epoch) => running.stores.decideAll(epoch),
      async close() {
        try {
          await running.save()
        } finally {
          await ledger.close()
          await unlock()
        }
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}
