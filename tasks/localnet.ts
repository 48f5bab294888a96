/** `localnet`: a Filecoin of one's own on a port, with providers and a depot, until interrupted. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { NETWORKS } from '../src/chain/networks.ts'
import type { Depot } from '../src/depot/depot.ts'
import { StorageError } from '../src/errors.ts'
import {
  type LocalFilecoin,
  type LocalFilecoinOptions,
  startLocalFilecoin,
} from '../src/flow/local-filecoin.ts'
import type { PocketProvider } from '../src/provider/pocket-provider.ts'
import { formatTable } from '../src/terminal/table.ts'
import { followProvider } from './follow-providers.ts'
import { interruption } from './interruption.ts'
import { mannersOf } from './manners.ts'
import { defaults } from './messages.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { depotFolder, toCount, toPort, toSeconds } from './values.ts'

interface LocalnetArguments {
  readonly port: string
  readonly host: string
  readonly depotPort: string
  readonly providers: string
  readonly pushOnly: string
  readonly epochSeconds: string
  readonly manual: boolean
  readonly depot: string | undefined
  readonly json: boolean
}

/** What of a running local Filecoin is told and stopped. */
type RunningLocalnet = Pick<LocalFilecoin, 'url' | 'accounts' | 'depotUrl' | 'stop'> & {
  readonly depot: Pick<Depot, 'folder'>
  readonly providers: readonly Pick<PocketProvider, 'id' | 'url'>[]
}

type StartOptions = Required<
  Pick<
    LocalFilecoinOptions,
    | 'folder'
    | 'port'
    | 'host'
    | 'depotPort'
    | 'providers'
    | 'pushOnly'
    | 'epochSeconds'
    | 'behaviours'
    | 'signal'
    | 'onProviderEvent'
  >
>

export interface LocalnetPorts {
  readonly root: string
  readonly start: (options: StartOptions) => Promise<RunningLocalnet>
}

interface LocalnetDocument {
  readonly version: 1
  readonly kind: 'localnet'
  readonly url: string
  readonly chainId: number
  readonly accounts: readonly string[]
  readonly depot: { readonly url: string; readonly folder: string }
  readonly providers: readonly {
    readonly id: string
    readonly url: string
    /** Whether it follows the chain; each takes what is pushed to it. */
    readonly watches: boolean
  }[]
}

/** Pocket providers are programs beside each other in one process. */
const MAX_PROVIDERS = 16
const SHOWN_ACCOUNTS = 3

export async function serveLocalnet(
  args: LocalnetArguments,
  run: Run,
  ports: LocalnetPorts,
): Promise<Outcome<LocalnetDocument>> {
  const providers = toCount('--providers', args.providers, 0, MAX_PROVIDERS)
  const pushOnly = toCount('--push-only', args.pushOnly, 0, MAX_PROVIDERS - providers)
  const kind = args.manual ? 'manual' : 'honest'
  const running = await ports.start({
    port: toPort('--port', args.port),
    host: args.host,
    depotPort: toPort('--depot-port', args.depotPort),
    providers,
    pushOnly,
    behaviours: Array.from({ length: providers + pushOnly }, () => ({ kind })),
    folder: depotFolder(args.depot, { ...run, root: ports.root }),
    epochSeconds: toSeconds('--epoch-seconds', args.epochSeconds),
    signal: run.signal,
    onProviderEvent: (event) => followProvider(event, run.progress),
  })
  const { chainId, name, prefix } = NETWORKS.localnet
  if (running.url === undefined) {
    throw new StorageError('INTERNAL', { what: 'the local Filecoin listens on no port' })
  }
  const document: LocalnetDocument = {
    version: 1,
    kind: 'localnet',
    url: running.url,
    chainId: Number(chainId),
    accounts: running.accounts,
    depot: { url: running.depotUrl, folder: running.depot.folder },
    providers: running.providers.map(({ id, url }, index) => ({
      id: `${prefix}0${id}`,
      url,
      watches: index < providers,
    })),
  }
  return {
    document,
    text: [
      `A local Filecoin runs at ${document.url} (chain id ${chainId}). Ctrl-C ends it.`,
      '',
      ...formatTable([
        ['depot', document.depot.url, document.depot.folder],
        ...document.providers.map(({ id, url, watches }) => [
          'provider',
          id,
          `${url}${watches ? '' : ', takes pushed proposals only'}`,
        ]),
        ...document.accounts
          .slice(0, SHOWN_ACCOUNTS)
          .map((address, index) => ['account', address, index === 0 ? 'signs by default' : '']),
      ]),
      '',
      'Next, in another terminal:',
      ...surroundings(document, ports.root).map((line) => `  ${line}`),
      `  npx hardhat deploy --network ${name}`,
      ...(args.manual
        ? [
            `  npx hardhat make-deal --file PATH --network ${name}`,
            `  npx hardhat localnet publish PROPOSAL --network ${name}`,
            `  npx hardhat localnet activate DEAL --network ${name}`,
          ]
        : [`  npx hardhat make-deal --file PATH --wait --network ${name}`]),
      `  npx hardhat deals --network ${name}`,
      `  npx hardhat retrieve CID --network ${name}`,
    ],
    serve: async () => {
      await interruption(run.signal)
      await running.stop()
    },
  }
}

/** What the other tasks must be told when it runs elsewhere than they look. */
function surroundings({ url, depot }: LocalnetDocument, root: string): string[] {
  const { depotHost, nodePort, depotPort } = defaults
  const settings = [
    ['SEALIFT_LOCALNET_URL', url, `http://${depotHost}:${nodePort}`],
    ['SEALIFT_DEPOT_URL', depot.url, `http://${depotHost}:${depotPort}`],
    ['SEALIFT_DEPOT', depot.folder, depotFolder(undefined, { env: {}, cwd: root, root })],
  ] as const
  return settings
    .filter(([, actual, expected]) => actual !== expected)
    .map(([name, actual]) => `export ${name}=${quoted(actual)}`)
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

export default function action(
  args: LocalnetArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    serveLocalnet(args, run, {
      root: hre.config.paths.root,
      start: (options) => startLocalFilecoin(options),
    }),
  )
}
