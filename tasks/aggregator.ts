/** `aggregator`: follows the requests of a hub, stores what they name in aggregates, and completes them, until interrupted. */
import { join, resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { type AggregatorOptions, runAggregator } from '../src/aggregator/aggregator.ts'
import type { AggregatorReport } from '../src/aggregator/report.ts'
import { openHub } from '../src/chain/hub.ts'
import { StorageError } from '../src/errors.ts'
import { isPrivateHost } from '../src/chain/private-host.ts'
import { type AggregatorArguments, readAggregation } from './aggregation.ts'
import { confirmSpending } from './confirm.ts'
import { withFlow } from './context.ts'
import { followAggregator } from './follow-aggregator.ts'
import { findHub } from './hub.ts'
import { noDepotUrl } from './make-deal.ts'
import { mannersOf } from './manners.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { optional, stateFolder, toEpoch } from './values.ts'

interface AggregatorDocument extends AggregatorReport {
  readonly version: 1
  readonly kind: 'aggregator'
  readonly network: string
  readonly hub: string
  readonly account: string
  /** Journal and proofs. */
  readonly folder: string
}

export interface AggregatorPorts {
  /** Base URL under which providers reach the depot; empty: none is known. */
  readonly depotUrl: string
  readonly run: (options: AggregatorOptions) => Promise<AggregatorReport>
}

/** Between two looks: a local chain makes blocks at once, a public one every 30 s. */
const LOCAL_LOOK_MS = 1_000
const PUBLIC_LOOK_MS = 30_000
const STALL_MS = 30_000
/** 4 GiB at 600 kB/s. */
const DOWNLOAD_MS = 2 * 3_600_000

export async function aggregate(
  args: Pick<AggregatorArguments, 'yes'>,
  options: Omit<AggregatorOptions, 'emit' | 'signal' | 'everyMs'>,
  run: Run,
  ports: AggregatorPorts,
): Promise<Outcome<AggregatorDocument>> {
  const { flow, hub, account, folder, once } = options
  const { network } = flow
  if (ports.depotUrl === '') throw noDepotUrl(network.name)
  await confirmSpending(args, run, network)
  run.progress.line(
    `${once ? 'looking at' : 'following'} the hub ${hub.address} as ${account}; state in ${folder}`,
  )
  const report = await ports.run({
    ...options,
    signal: run.signal,
    everyMs: network.name === 'localnet' ? LOCAL_LOOK_MS : PUBLIC_LOOK_MS,
    emit: (event) => {
      if (event.type === 'sent') run.sends()
      followAggregator(event, run.progress)
    },
  })
  const { requests, open } = report
  return {
    document: {
      version: 1,
      kind: 'aggregator',
      network: network.name,
      hub: hub.address,
      account,
      folder,
      ...report,
    },
    text: [
      ...requests
        .filter(({ standing }) => standing === 'refused')
        .map(({ id, why }) => `request ${id} is refused: ${why}`),
      `${requests.length - open} of ${requests.length} requests are settled, ${open} wait`,
    ],
    isIncomplete: once && open > 0,
  }
}

export default function action(
  args: AggregatorArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) => {
    const { fetching, ...aggregation } = readAggregation(args)
    return withFlow(
      hre,
      run,
      { ...args, signs: true, serves: true },
      async (flow, name, signerOf) => {
        const signer = await signerOf()
        const { root } = hre.config.paths
        const { network, provider, signal } = flow
        const found = await findHub(args.hub, { network, name, provider }, run, root)
        const fromBlock = optional('--from-block', args.fromBlock, toEpoch) ?? found.block
        if (fromBlock === undefined)
          throw new StorageError('ARGUMENT_INVALID', {
            what: `it is not known when the hub ${found.address} was deployed`,
            expected: '--from-block, an epoch before its first request',
          })
        const state = `${network.name}-${found.address.toLowerCase()}`
        const folder =
          args.state === undefined
            ? join(stateFolder({ ...run, root }), 'aggregator', state)
            : resolve(run.cwd, args.state)
        const options = {
          ...aggregation,
          flow,
          hub: openHub(found.address, signer, { signal, network: name }),
          account: await signer.getAddress(),
          folder,
          fromBlock: BigInt(fromBlock),
          fetching: {
            ...fetching,
            rules: { stallMs: STALL_MS, deadlineMs: DOWNLOAD_MS, isPrivateHost },
          },
          once: args.once,
        }
        return aggregate(args, options, run, { depotUrl: flow.depotUrl, run: runAggregator })
      },
    )
  })
}
