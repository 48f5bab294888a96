/** `depot`: serves the pieces of the depot until interrupted. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Depot } from '../src/depot/depot.ts'
import { type FetchLog, openFetchLog } from '../src/depot/fetch-log.ts'
import { openDepot } from '../src/depot/fs-store.ts'
import { type DepotServer, startDepotServer } from '../src/depot/server.ts'
import { formatPlural } from '../src/terminal/format.ts'
import { mannersOf } from './manners.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { interruption } from './interruption.ts'
import { depotFolder, toPort } from './values.ts'

interface DepotArguments {
  readonly depot: string | undefined
  readonly host: string
  readonly port: string
  readonly json: boolean
}

export interface DepotPorts {
  readonly root: string
  readonly openDepot: (folder: string) => Promise<Depot>
  readonly startDepotServer: (
    depot: Depot,
    options: { host: string; port: number; fetches: FetchLog },
  ) => Promise<DepotServer>
}

interface ServingDocument {
  readonly version: 1
  readonly kind: 'serving'
  readonly url: string
  readonly folder: string
  readonly pieces: number
}

export async function serveDepot(
  args: DepotArguments,
  run: Run,
  ports: DepotPorts,
): Promise<Outcome<ServingDocument>> {
  const port = toPort('--port', args.port)
  const depot = await ports.openDepot(depotFolder(args.depot, { ...run, root: ports.root }))
  const pieces = (await depot.list()).length
  const fetches = openFetchLog(depot.folder, {
    onFault: (error) =>
      run.progress.line(
        `what is fetched cannot be noted in ${depot.folder}: ${error instanceof Error ? error.message : String(error)}`,
      ),
  })
  const server = await ports.startDepotServer(depot, { host: args.host, port, fetches })
  return {
    document: { version: 1, kind: 'serving', url: server.url, folder: depot.folder, pieces },
    text: [
      `Serving ${formatPlural(pieces, 'piece')} of ${depot.folder} at ${server.url}`,
      'Pieces that are prepared from now on are served too. Ctrl-C ends it.',
    ],
    serve: async () => {
      await interruption(run.signal)
      await server.close()
    },
  }
}

export default function action(
  args: DepotArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const ports = { root: hre.config.paths.root, openDepot, startDepotServer }
  return runTask(mannersOf(args, hre), (run) => serveDepot(args, run, ports))
}
