/** `keeper`: looks after the stores of a PerpetualStorage and is paid for it, until interrupted. */
import { join, resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { formatFil } from '../src/deal/units.ts'
import { openDepot } from '../src/depot/fs-store.ts'
import type { MetricsServer } from '../src/flow/metrics-server.ts'
import { openKeeperChain } from '../src/keeper/chain.ts'
import {
  type Keeper,
  type KeeperOptions,
  openKeeper,
  type TickReport,
} from '../src/keeper/keeper.ts'
import { type Measured, serveMetrics } from '../src/keeper/metrics.ts'
import { runKeeper } from '../src/keeper/run.ts'
import { openSources } from '../src/keeper/sources.ts'
import { formatPlural } from '../src/terminal/format.ts'
import { confirmSpending } from './confirm.ts'
import { depotUrl } from './context.ts'
import { keeperJson, keeperLine } from './follow-keeper.ts'
import { mannersOf } from './manners.ts'
import { defaults } from './messages.ts'
import { checkNetwork, type OpenNetwork, openNetwork } from './network.ts'
import { findPerpetual } from './perpetual.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { depotFolder, optional, stateFolder, toAmount, toCount } from './values.ts'

export interface KeeperArguments {
  readonly once: boolean
  readonly minProfit: string
  readonly metrics: string | undefined
  readonly state: string | undefined
  readonly url: string | undefined
  readonly depot: string | undefined
  readonly contract: string | undefined
  readonly trustLocations: boolean
  readonly logJson: boolean
  readonly yes: boolean
  readonly json: boolean
}

interface KeeperDocument {
  readonly version: 1
  readonly kind: 'keeper'
  readonly network: string
  readonly contract: string
  readonly account: string
  /** Of the journal. */
  readonly folder: string
  readonly epoch: number | null
  readonly stores: number
  readonly due: number
  readonly decisions: TickReport['decisions']
  readonly sent: number
  readonly confirmed: number
  readonly failed: number
  readonly waiting: number
  /** attoFIL, since the journal began. */
  readonly paid: string
  readonly spent: string
}

export interface KeeperPorts {
  readonly network: OpenNetwork['network']
  readonly contract: string
  readonly account: string
  readonly folder: string
  readonly open: (options: Pick<KeeperOptions, 'minProfit' | 'onEvent'>) => Promise<Keeper>
}

/** Between two looks: a local chain makes blocks at once, a public one every 30 s. */
const LOCAL_LOOK_MS = 1_000
const PUBLIC_LOOK_MS = 30_000
const MAX_PORT = 65_535

export async function keep(
  args: Pick<KeeperArguments, 'once' | 'minProfit' | 'metrics' | 'logJson' | 'yes'>,
  run: Run,
  ports: KeeperPorts,
): Promise<Outcome<KeeperDocument>> {
  const { network, contract, account, folder } = ports
  const { once, logJson } = args
  const minProfit = toProfit(args.minProfit)
  const port = optional('--metrics', args.metrics, (name, text) => toCount(name, text, 0, MAX_PORT))
  await confirmSpending(args, run, network)
  run.progress.line(
    `${once ? 'looking at' : 'keeping'} the stores of ${contract} as ${account}; state in ${folder}`,
  )
  const keeper = await ports.open({
    minProfit,
    onEvent: (event) => {
      if (event.type === 'fact' && event.fact.kind === 'intended') run.sends()
      const line = logJson ? keeperJson(event) : keeperLine(event)
      if (line !== undefined) run.progress.line(line)
    },
  })
  let told: Pick<Measured, 'report' | 'at'> | undefined
  let server: MetricsServer | undefined
  try {
    if (port !== undefined) {
      const measure = (): Measured | undefined =>
        told && { ...told, standing: keeper.standing(told.report.epoch), now: Date.now() }
      server = await serveMetrics(measure, { host: defaults.depotHost, port })
      run.progress.line(`metrics at ${server.url}`)
    }
    const report = await runKeeper(keeper, {
      once,
      everyMs: network.name === 'localnet' ? LOCAL_LOOK_MS : PUBLIC_LOOK_MS,
      signal: run.signal,
      onReport: (one) => {
        told = { report: one, at: Date.now() }
      },
      onTrouble: ({ message }) => run.progress.line(`the node is asked again later: ${message}`),
    })
    return outcome(ports, report)
  } finally {
    await server?.close()
    await keeper.close()
  }
}

function outcome(
  { network, contract, account, folder }: KeeperPorts,
  report: TickReport | undefined,
): Outcome<KeeperDocument> {
  const { epoch = null, stores = 0, due = 0, decisions = [], waiting = 0 } = report ?? {}
  const { sent = 0, confirmed = 0, failed = 0, paid = 0n, spent = 0n } = report ?? {}
  return {
    document: {
      version: 1,
      kind: 'keeper',
      network: network.name,
      contract,
      account,
      folder,
      epoch,
      stores,
      due,
      decisions,
      sent,
      confirmed,
      failed,
      waiting,
      paid: `${paid}`,
      spent: `${spent}`,
    },
    text: [
      `${formatPlural(stores, 'store')}; ${formatPlural(sent, 'message')} sent so far, ${confirmed} confirmed, ${failed} failed, ${waiting} on their way`,
      `paid ${formatFil(paid)} for ${formatFil(spent)} of gas`,
    ],
    isIncomplete: waiting > 0,
  }
}

/** attoFIL; may be negative. Errors: ARGUMENT_INVALID. */
function toProfit(text: string): bigint {
  return text.startsWith('-')
    ? -toAmount('--min-profit', text.slice(1))
    : toAmount('--min-profit', text)
}

export default function action(
  args: KeeperArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), async (run) => {
    const opened = await openNetwork(hre, run)
    try {
      const { network, name } = opened
      const { root } = hre.config.paths
      const signer = await opened.signer()
      await checkNetwork(opened, run)
      const { signal } = run
      const contract = await findPerpetual(args.contract, opened, run, root)
      const account = await signer.getAddress()
      const state = `${network.name}-${contract}-${account}`.toLowerCase()
      const folder =
        args.state === undefined
          ? join(stateFolder({ ...run, root }), 'keeper', state)
          : resolve(run.cwd, args.state)
      return await keep(args, run, {
        network,
        contract,
        account,
        folder,
        open: async (options) => {
          const chain = await openKeeperChain({ address: contract, signer, network, signal })
          if (args.trustLocations) return openKeeper({ ...options, chain, folder, network: name })
          const depot = await openDepot(depotFolder(args.depot, { ...run, root }))
          const url = depotUrl(args.url, run.env, network)
          const sources = openSources({ depot, depotUrl: url, signal })
          return openKeeper({ ...options, chain, folder, network: name, sources })
        },
      })
    } finally {
      await opened.close()
    }
  })
}
