/** `dashboard`: a page about deals, money and depot, for browsers on this machine, until interrupted. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Network } from '../src/chain/networks.ts'
import { type Bundle, bundlePage } from '../src/dashboard/bundle.ts'
import type { Send } from '../src/dashboard/desk.ts'
import {
  type DashboardOptions,
  type DashboardServer,
  startDashboard,
} from '../src/dashboard/server.ts'
import { openState, type Sources } from '../src/dashboard/state.ts'
import { checkToken, makeToken } from '../src/dashboard/token.ts'
import { StorageError } from '../src/errors.ts'
import { confirmSpending } from './confirm.ts'
import { openDashboardSources } from './dashboard-sources.ts'
import { interruption } from './interruption.ts'
import { mannersOf } from './manners.ts'
import { openNetwork } from './network.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { toPort } from './values.ts'

interface DashboardArguments {
  readonly port: string
  readonly write: boolean
  readonly yes: boolean
  readonly depot: string | undefined
  readonly contract: string | undefined
  readonly json: boolean
}

export interface DashboardPorts {
  readonly network: Network
  readonly sources: Omit<Sources, 'send'>
  /** Errors: NO_KEY. */
  readonly openSend: () => Promise<Send>
  readonly bundle: () => Promise<Bundle>
  readonly start: (options: DashboardOptions) => Promise<DashboardServer>
}

interface DashboardDocument {
  readonly version: 1
  readonly kind: 'dashboard'
  readonly network: string
  /** Without the token. */
  readonly url: string
  readonly writable: boolean
}

const TOKEN_VARIABLE = 'SEALIFT_DASHBOARD_TOKEN'
/** Epochs pass at once on a localnet, else every 30 s. */
const LOCAL_MS = 1_000
const PUBLIC_MS = 30_000

export async function serveDashboard(
  args: Pick<DashboardArguments, 'port' | 'write' | 'yes' | 'json'>,
  run: Run,
  ports: DashboardPorts,
): Promise<Outcome<DashboardDocument>> {
  const port = toPort('--port', args.port)
  const { token, isOwn } = tokenOf(args, run)
  if (token !== undefined) run.hides(token)
  const { network, sources } = ports
  if (token !== undefined) await confirmSpending(args, run, network)
  const send = token === undefined ? undefined : await ports.openSend()
  const state = openState({
    network,
    sources: { ...sources, send },
    everyMs: network.name === 'localnet' ? LOCAL_MS : PUBLIC_MS,
    explain: (error) => {
      const { code, message, hint, next } = run.tell(error)
      return { code, message, hint, next }
    },
  })
  const server = await ports.start({ state, bundle: await ports.bundle(), port, token })
  const writable = token !== undefined
  return {
    document: { version: 1, kind: 'dashboard', network: network.name, url: server.url, writable },
    text: [
      // The token stands behind the #, which no browser sends.
      `Dashboard of ${network.name}: ${server.url}/${isOwn ? `#token=${token}` : ''}`,
      ...(writable
        ? [
            ...(isOwn ? [] : [`Add #token= and what ${TOKEN_VARIABLE} holds to the address.`]),
            'Whoever has the token can send with your key. Ctrl-C ends it.',
          ]
        : ['It only reads; with --write it can send too. Ctrl-C ends it.']),
    ],
    serve: async () => {
      await interruption(run.signal)
      await server.close()
    },
  }
}

/** `isOwn`: it was made here, and is told once. */
function tokenOf(
  { write, json }: Pick<DashboardArguments, 'write' | 'json'>,
  { env }: Pick<Run, 'env'>,
): { readonly token: string | undefined; readonly isOwn: boolean } {
  const stated = env[TOKEN_VARIABLE] ?? ''
  if (stated !== '') return { token: checkToken(TOKEN_VARIABLE, stated), isOwn: false }
  if (!write) return { token: undefined, isOwn: false }
  if (json)
    throw new StorageError('ARGUMENT_INVALID', {
      what: '--json tells no token, so --write has none',
      expected: `a token in the environment variable ${TOKEN_VARIABLE}`,
    })
  return { token: makeToken(), isOwn: true }
}

export default function action(
  args: DashboardArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), async (run) => {
    const opened = await openNetwork(hre, run)
    try {
      const found = openDashboardSources(args, opened, run, hre.config.paths.root)
      const outcome = await serveDashboard(args, run, {
        network: opened.network,
        ...found,
        bundle: bundlePage,
        start: startDashboard,
      })
      return {
        ...outcome,
        serve: async () => {
          await outcome.serve?.()
          await opened.close()
        },
      }
    } catch (error) {
      await opened.close()
      throw error
    }
  })
}
