/** `prepare PATH…`: files and folders → one piece in the depot. */
import { resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { openDepot } from '../src/depot/fs-store.ts'
import type { PreparedDocument } from '../src/flow/documents.ts'
import { prepare } from '../src/prepare/prepare.ts'
import type { PieceSink, StoredPiece } from '../src/prepare/sink.ts'
import { formatBytes, formatPlural } from '../src/terminal/format.ts'
import { formatTable } from '../src/terminal/table.ts'
import { mannersOf } from './manners.ts'
import { labels } from './messages.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { depotFolder } from './values.ts'

interface PrepareArguments {
  readonly paths: string[]
  readonly wrap: boolean
  readonly followSymlinks: boolean
  readonly depot: string | undefined
  readonly json: boolean
}

export interface PreparePorts {
  readonly root: string
  readonly openDepot: (folder: string) => Promise<PieceSink>
  readonly prepare: typeof prepare
}

export async function preparePaths(
  args: PrepareArguments,
  run: Run,
  ports: PreparePorts,
): Promise<Outcome<PreparedDocument>> {
  const depot = await ports.openDepot(depotFolder(args.depot, { ...run, root: ports.root }))
  const inputs = args.paths.map((path) => resolve(run.cwd, path))
  const piece = await ports.prepare(inputs, depot, {
    wrap: args.wrap,
    followSymlinks: args.followSymlinks,
    signal: run.signal,
    onProgress: ({ bytes, total }) =>
      run.progress.update({ label: labels.preparing, bytes, total }),
  })
  return {
    document: { version: 1, kind: 'prepared', pieces: [piece] },
    text: [...describePiece(piece), `Next: npx hardhat make-deal --cid ${piece.root}`],
  }
}

function describePiece(piece: StoredPiece): string[] {
  return formatTable([
    ['name', piece.name],
    ['root', piece.root],
    ['piece', piece.pieceCid],
    ['', piece.pieceCidV2],
    ['files', formatPlural(piece.files, 'file')],
    ['size', `${formatBytes(piece.size)}, padded ${formatBytes(piece.pieceSize)}`],
    ['stored', piece.path],
  ])
}

export default function action(
  args: PrepareArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const ports = { root: hre.config.paths.root, openDepot, prepare }
  return runTask(mannersOf(args, hre), (run) => preparePaths(args, run, ports))
}
