/**
 * The pocket provider: a storage provider small enough to run beside a test. It follows proposals on a chain and takes pushed ones, applies
 * its ask, downloads over HTTP the way providers do, checks the piece commitment, publishes in batches, seals (by
 * waiting), proves, and serves what it stores. Killed at any moment, it goes on from its journal.
 *
 * In its folder: `journal.jsonl`, a depot, and what segments are in the aggregates of that (`segments`).
 */
import { join } from 'node:path'
import { openDepot } from '../depot/fs-store.ts'
import { type DepotServer, startDepotServer } from '../depot/server.ts'
import { multiaddrOfUrl } from '../chain/multiaddr.ts'
import type { Mk12DealParams, Mk12DealResponse } from '../deal/mk12.ts'
import type { StartWindow } from '../deal/terms.ts'
import { StorageError } from '../errors.ts'
import { openJournal } from '../journal/journal.ts'
import { createActivity } from './activity.ts'
import { type Ask, BOOST_ASK, DEVNET_WINDOW, GIB } from './ask.ts'
import type { Behaviour } from './behaviour.ts'
import { type Clock, systemClock } from '../chain/clock.ts'
import type { Context, Settings } from './context.ts'
import { DEVNET_DOWNLOAD, type DownloadPolicy } from './download.ts'
import type { ProviderEvent } from './events.ts'
import { follow } from './follow.ts'
import type { Entry } from './journal.ts'
import { travel } from './journey.ts'
import { type DealRecord, type Ledger, openLedger } from './ledger.ts'
import { nextAction } from './next-action.ts'
import { type Endpoint, mk12Endpoint } from './mk12-endpoint.ts'
import type { ProviderChain } from './ports.ts'
import { createPublisher } from './publish.ts'
import { Shelf } from './shelf.ts'
import { takePush } from './take-push.ts'
import { createTurns } from './turns.ts'
import { withSegments } from './with-segments.ts'
import { withWrongBytes } from './wrong-bytes.ts'

const DEFAULT_HOST = '127.0.0.1'
const PARALLEL_DOWNLOADS = 4

export interface ProviderOptions {
  /** Actor id of its miner. */
  readonly id: bigint
  readonly folder: string
  readonly chain: ProviderChain
  /** Where it serves. Default: 127.0.0.1, any free port. */
  readonly http?: { readonly host?: string; readonly port?: number }
  /** Default: Boost's. */
  readonly ask?: Ask
  /** Default: 4 to 43,200 epochs after the head. */
  readonly window?: StartWindow
  /** Padded bytes. Default: 32 GiB. */
  readonly sectorSize?: bigint
  readonly download?: Partial<DownloadPolicy>
  /** Default: honest. */
  readonly behaviour?: Behaviour
  /** Default: 500. */
  readonly pollMs?: number
  /** Time between publication and proof. Default: 0. */
  readonly sealMs?: number
  /** Default: up to 8 deals, which wait 100 ms for each other. */
  readonly batch?: Partial<Settings['batch']>
  /** Stops it as `stop()` does. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
  /** Whether it follows the announcements on the chain. Default: it does. */
  readonly watches?: boolean
  /** Whether clients may push proposals to it, as to Curio (MK12 over HTTP). Default: they may. */
  readonly takesPushes?: boolean
  /** Called once per step, after the step is in the journal. Must not throw. */
  readonly onEvent?: (event: ProviderEvent) => void
}

export interface PocketProvider {
  readonly id: bigint
  /** Where it serves `/piece/<piece CID>` and `/ipfs/<root>`. */
  readonly url: string
  /** What it knows of each announcement, refusals with code and reason included, in the order of their coming. */
  history(): readonly DealRecord[]
  /**
   * Resolves when all that was announced before the call is done, or waits for an epoch that has not come. Fails as
   * reading the chain fails.
   */
  idle(): Promise<void>
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>
}

/** Errors: PORT_IN_USE, DEPOT_READ_ONLY, DEPOT_FULL, DEPOT_CORRUPT, and those of the first look at the chain. */
export async function startProvider(options: ProviderOptions): Promise<PocketProvider> {
  const { id, folder, chain, clock = systemClock, behaviour = { kind: 'honest' } } = options
  const emit = options.onEvent ?? (() => undefined)
  const settings = settingsOf(options)
  const stopping = new AbortController()
  const signal = stopping.signal
  const activity = createActivity(signal)

  const depot = await openDepot(join(folder, 'depot'))
  const { journal, entries } = await openJournal<Entry>(join(folder, 'journal.jsonl'))
  let ledger: Ledger
  let shelf: Shelf
  let server: DepotServer
  let market: Endpoint | undefined
  try {
    shelf = await Shelf.open(join(folder, 'segments'))
    const whole = withSegments(depot, shelf)
    const served = behaviour.kind === 'wrong-bytes' ? withWrongBytes(whole) : whole
    ledger = openLedger(journal, entries, () => clock.now())
    server = await startDepotServer(served, {
      host: DEFAULT_HOST,
      ...options.http,
      before: (request, response) => market?.(request, response) ?? false,
    })
  } catch (error) {
    await journal.close()
    throw error
  }

  const context: Context = {
    id,
    chain,
    depot,
    shelf,
    ledger,
    clock,
    signal,
    behaviour,
    settings,
    emit,
    sending: createTurns(),
    judging: createTurns(),
    downloading: createTurns(PARALLEL_DOWNLOADS),
    epochReached: (epoch) => activity.epochReached(epoch),
  }
  const publisher = createPublisher(context)
  const trouble = (error: unknown): void => {
    if (!signal.aborted) emit({ type: 'trouble', provider: id, error })
  }

  const journeys = new Map<string, Promise<void>>()
  const setOut = (): void => {
    for (const record of ledger.list()) {
      const { key } = record
      if (journeys.has(key) || nextAction(record, behaviour) === undefined) continue
      const journey = activity
        .during(travel(context, publisher, key))
        .catch(trouble)
        .finally(() => journeys.delete(key))
      journeys.set(key, journey)
    }
  }
  const store = async (params: Mk12DealParams): Promise<Mk12DealResponse> => {
    const response = await activity.during(takePush(context, params))
    setOut()
    return response
  }
  if (options.takesPushes !== false) market = mk12Endpoint(context, store, trouble)
  const polling = createTurns()
  const poll = (): Promise<void> =>
    polling(async () => {
      activity.headAt(await (options.watches === false ? chain.head() : follow(context)))
      setOut()
    })
  const keepPolling = async (): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(settings.pollMs, signal)
      await poll().catch(trouble)
    }
  }

  let loop: Promise<void> = Promise.resolve()
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      stopping.abort()
      await loop
      await Promise.all(journeys.values())
      await server.close()
      await journal.close()
    })()
    return stopped
  }
  options.signal?.addEventListener('abort', () => void stop(), { once: true })
  try {
    if (options.signal?.aborted === true)
      throw new StorageError('ABORTED', { what: `the provider f0${id} was not started` })
    await chain.announce([multiaddrOfUrl(server.url)])
    await poll()
  } catch (error) {
    await stop()
    throw error
  }
  loop = keepPolling().catch(trouble)

  return {
    id,
    url: server.url,
    history: () => ledger.list(),
    idle: async () => {
      await poll()
      await activity.whenIdle()
    },
    stop,
  }
}

function settingsOf(options: ProviderOptions): Settings {
  return {
    ask: options.ask ?? BOOST_ASK,
    window: options.window ?? DEVNET_WINDOW,
    sectorSize: options.sectorSize ?? 32n * GIB,
    download: { ...DEVNET_DOWNLOAD, ...options.download },
    sealMs: options.sealMs ?? 0,
    batch: { max: 8, waitMs: 100, ...options.batch },
    pollMs: options.pollMs ?? 500,
  }
}
