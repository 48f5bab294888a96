/** A whole Filecoin on this machine: the localnet, a depot with its server, and pocket providers that follow the chain. */
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import type { NetworkConnection } from 'hardhat/types/network'
import type { Depot } from '../depot/depot.ts'
import { openFetchLog } from '../depot/fetch-log.ts'
import { openDepot } from '../depot/fs-store.ts'
import { makeScratch } from '../depot/leftovers.ts'
import { startDepotServer } from '../depot/server.ts'
import { MIN_PIECE_SIZE } from '../deal/rules.ts'
import { StorageError } from '../errors.ts'
import type { Provider } from '../localnet/controls.ts'
import localnet from '../localnet/index.ts'
import { PortError, serveProvider } from '../localnet/serve.ts'
import { BOOST_ASK } from '../provider/ask.ts'
import type { Behaviour } from '../provider/behaviour.ts'
import type { ProviderEvent } from '../provider/events.ts'
import { localnetChain } from '../provider/localnet-chain.ts'
import { type PocketProvider, startProvider } from '../provider/pocket-provider.ts'

export interface LocalFilecoinOptions {
  /** Folder of the depot. What providers store goes into `providers` beside it, and ends with the chain. */
  readonly folder: string
  /** JSON-RPC; in this process only unless stated. */
  readonly port?: number | undefined
  readonly host?: string | undefined
  /** Any free port unless stated. */
  readonly depotPort?: number | undefined
  /** Default: 2. */
  readonly providers?: number | undefined
  /** Providers behind those, that do not watch the chain and take what is pushed to them. Default: 0. */
  readonly pushOnly?: number | undefined
  /** Of the providers in their order; honest unless stated. */
  readonly behaviours?: readonly Behaviour[] | undefined
  /** Default: 1, for epochs that pass though nobody sends anything. */
  readonly epochSeconds?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProviderEvent?: ((event: ProviderEvent) => void) | undefined
}

export interface LocalFilecoin {
  /** Of JSON-RPC, where it is served. */
  readonly url: string | undefined
  /** EIP-1193. */
  readonly provider: Provider
  /** 0x…; the node signs for them, each has FIL. */
  readonly accounts: readonly string[]
  readonly depot: Depot
  readonly depotUrl: string
  readonly providers: readonly PocketProvider[]
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>
}

const HOST = '127.0.0.1'
const NETWORK = 'embedded'
const FIRST_MINER = 1000n

/** @throws PORT_IN_USE, ARGUMENT_INVALID, DEPOT_READ_ONLY, DEPOT_FULL, DEPOT_CORRUPT, ABORTED; nothing runs then */
export async function startLocalFilecoin(options: LocalFilecoinOptions): Promise<LocalFilecoin> {
  const { host = HOST, providers: watching = 2, pushOnly = 0, epochSeconds = 1, signal } = options
  const count = watching + pushOnly
  // Last begun, first ended: providers before the chain that they speak to.
  const running = new AsyncDisposableStack()
  try {
    const connection = await createNetwork(count, dirname(options.folder))
    running.defer(() => connection.close())
    const { provider } = connection
    const accounts = (await provider.request({ method: 'eth_accounts' })) as string[]

    const depot = await openDepot(options.folder)
    const depotServer = await startDepotServer(depot, {
      host,
      port: options.depotPort ?? 0,
      fetches: openFetchLog(depot.folder),
    })
    running.defer(() => depotServer.close())
    const url = await serve(provider, options, running)

    const shelves = await makeScratch(join(dirname(depot.folder), 'providers'))
    running.defer(() => rm(shelves, { recursive: true, force: true }))
    const providers: PocketProvider[] = []
    for (let index = 0; index < count; index += 1) {
      if (signal?.aborted === true)
        throw new StorageError('ABORTED', { what: 'the local Filecoin was not started' })
      const id = FIRST_MINER + BigInt(index)
      const worker = accounts.at(-1 - index)
      if (worker === undefined)
        throw new StorageError('INTERNAL', { what: `f0${id} has no worker` })
      const pocket = await startProvider({
        id,
        folder: join(shelves, `f0${id}`),
        chain: localnetChain({ provider, miner: id, worker }),
        http: { host },
        download: { allowPrivateIps: true },
        // Boost's least piece is 256 bytes; f05 takes 128, which is what an empty file makes.
        ask: { ...BOOST_ASK, minPieceSize: MIN_PIECE_SIZE },
        behaviour: options.behaviours?.[index] ?? { kind: 'honest' },
        watches: index < watching,
        ...(options.onProviderEvent === undefined ? {} : { onEvent: options.onProviderEvent }),
      })
      running.defer(() => pocket.stop())
      providers.push(pocket)
    }
    await provider.request({ method: 'evm_setIntervalMining', params: [epochSeconds * 1000] })
    const stop = () => running.disposeAsync()
    return { url, provider, accounts, depot, depotUrl: depotServer.url, providers, stop }
  } catch (error) {
    await running.disposeAsync()
    throw error instanceof PortError ? portFault(error) : error
  }
}

/**
 * A Hardhat of its own, apart from the project that it runs in: given the project's artifacts, the EVM keeps all of the
 * compiler's output in memory (100 MB here) to decode stack traces that nobody asks for.
 */
async function createNetwork(miners: number, folder: string): Promise<NetworkConnection> {
  const hre = await createHardhatRuntimeEnvironment({
    plugins: [localnet],
    paths: { artifacts: join(folder, 'no-artifacts'), cache: join(folder, 'no-cache') },
    networks: {
      [NETWORK]: {
        type: 'edr-simulated',
        filecoin: { miners: Array.from({ length: miners }, () => ({})) },
      },
    },
  })
  return hre.network.create(NETWORK)
}

async function serve(
  provider: Provider,
  { host = HOST, port }: LocalFilecoinOptions,
  running: AsyncDisposableStack,
): Promise<string | undefined> {
  if (port === undefined) return undefined
  const served = await serveProvider(provider, { host, port })
  running.defer(() => served.close())
  return served.url
}

function portFault(error: PortError): StorageError {
  return new StorageError(error.code === 'PORT_IN_USE' ? 'PORT_IN_USE' : 'ARGUMENT_INVALID', {
    what: error.message,
    hint: 'Choose another port with --port.',
    cause: error,
  })
}
