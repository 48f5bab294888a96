/** `prepare PATH…`: files and folders → a piece in the depot, or several where they do not fit one. */
import { resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { openDepot } from '../src/depot/fs-store.ts'
import type { PreparedDocument } from '../src/flow/documents.ts'
import { hashBackend } from '../src/piece/hash-pairs.ts'
import { type Prepared, prepare } from '../src/prepare/prepare.ts'
import type { PieceSink, StoredPiece } from '../src/prepare/sink.ts'
import { formatBytes, formatCount, formatPlural } from '../src/terminal/format.ts'
import { formatTable } from '../src/terminal/table.ts'
import { mannersOf } from './manners.ts'
import { labels, slowHashing } from './messages.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { depotFolder, optional, toPieceSize } from './values.ts'

interface PrepareArguments {
  readonly paths: string[]
  readonly wrap: boolean
  readonly followSymlinks: boolean
  readonly pieceSize: string | undefined
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
  if (hashBackend() !== 'hashtree') run.progress.line(slowHashing)
  const prepared = await ports.prepare(inputs, depot, {
    wrap: args.wrap,
    followSymlinks: args.followSymlinks,
    maxPieceSize: optional('--piece-size', args.pieceSize, toPieceSize),
    signal: run.signal,
    onProgress: ({ bytes, total, file }) =>
      run.progress.update({ label: labels.preparing, bytes, total, detail: file }),
  })
  const { root, pieces, manifest } = prepared
  return {
    document: {
      version: 1,
      kind: 'prepared',
      root,
      pieces,
      manifest: manifest?.path ?? null,
    },
    text: [...describe(prepared), `Next: npx hardhat make-deal --cid ${root}`],
  }
}

function describe({ name, root, files, size, pieces, manifest }: Prepared): string[] {
  if (manifest === undefined) return pieces.flatMap(describePiece)
  return [
    ...formatTable([
      ['name', name],
      ['root', root],
      ['files', `${formatPlural(files, 'file')}, ${formatBytes(size)}`],
      ['parts', `${formatCount(pieces.length)} pieces`],
      ['joined by', manifest.path],
    ]),
    ...pieces.flatMap((piece) => ['', ...describePiece(piece)]),
    '',
  ]
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
