/** A whole Filecoin on this machine: the localnet, a depot with its server, and pocket providers that follow the chain. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import type { NetworkConnection } from 'hardhat/types/network'
import type { Depot } from '../depot/depot.ts'
import { openDepot } from '../depot/fs-store.ts'
import { startDepotServer } from '../depot/server.ts'
import { StorageError } from '../errors.ts'
import { type Provider } from '../localnet/controls.ts'
import localnet from '../localnet/index.ts'
import { PortError, serveProvider } from '../localnet/serve.ts'
import type { Behaviour } from '../provider/behaviour.ts'
import type { ProviderEvent } from '../provider/events.ts'
import { localnetChain } from '../provider/localnet-chain.ts'
import { type PocketProvider, startProvider } from '../provider/pocket-provider.ts'

export interface LocalFilecoinOptions {
  /** Folder of the depot. What providers store goes into a folder beside it that ends with the chain. */
  readonly folder: string
  /** JSON-RPC; in this process only unless stated. */
  readonly port?: number | undefined
  readonly host?: string | undefined
  /** Any free port unless stated. */
  readonly depotPort?: number | undefined
  /** Default: 2. */
  readonly providers?: number | undefined
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

/** @throws PORT_IN_USE, DEPOT_READ_ONLY, DEPOT_CORRUPT, ABORTED; nothing runs then */
export async function startLocalFilecoin(options: LocalFilecoinOptions): Promise<LocalFilecoin> {
  const { host = HOST, providers: count = 2, epochSeconds = 1, signal } = options
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    // Last begun, first ended: providers before the chain that they speak to.
    for (let end = stops.pop(); end !== undefined; end = stops.pop()) await end()
  }
  try {
    const connection = await createNetwork(count, dirname(options.folder))
    stops.push(() => connection.close())
    const { provider } = connection
    const accounts = (await provider.request({ method: 'eth_accounts' })) as string[]

    const depot = await openDepot(options.folder)
    const depotServer = await startDepotServer(depot, { host, port: options.depotPort ?? 0 })
    stops.push(() => depotServer.close())
    const url = await serve(provider, options, stops)

    const beside = dirname(depot.folder)
    await mkdir(beside, { recursive: true })
    const shelves = await mkdtemp(join(beside, 'providers-'))
    stops.push(() => rm(shelves, { recursive: true, force: true }))
    const providers: PocketProvider[] = []
    for (let index = 0; index < count; index += 1) {
      signal?.throwIfAborted()
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
        behaviour: options.behaviours?.[index] ?? { kind: 'honest' },
        ...(options.onProviderEvent === undefined ? {} : { onEvent: options.onProviderEvent }),
      })
      stops.push(() => pocket.stop())
      providers.push(pocket)
    }
    await provider.request({ method: 'evm_setIntervalMining', params: [epochSeconds * 1000] })
    return { url, provider, accounts, depot, depotUrl: depotServer.url, providers, stop }
  } catch (error) {
    await stop()
    throw error instanceof PortError ? portInUse(error) : error
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
  stops: (() => Promise<void>)[],
): Promise<string | undefined> {
  if (port === undefined) return undefined
  const served = await serveProvider(provider, { host, port })
  stops.push(() => served.close())
  return served.url
}

function portInUse(error: PortError): StorageError {
  return new StorageError('PORT_IN_USE', {
    what: error.message,
    hint: 'Choose another port with --port.',
    cause: error,
  })
}
