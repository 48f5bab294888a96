/** `aggregate PATH…`: many files, or pieces of the depot → one piece that one deal stores, with a proof for each of them. */
import { resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Depot } from '../src/depot/depot.ts'
import { openDepot } from '../src/depot/fs-store.ts'
import { StorageError } from '../src/errors.ts'
import { aggregate, type AggregateRequest } from '../src/flow/aggregate.ts'
import { requireFree, writeProofs, writeWhole } from '../src/flow/aggregate-files.ts'
import { listInputs } from '../src/flow/aggregate-inputs.ts'
import { aggregatedDocument } from '../src/flow/aggregated.ts'
import type { AggregatedDocument } from '../src/flow/documents.ts'
import { hashBackend } from '../src/piece/hash-pairs.ts'
import { formatCount } from '../src/terminal/format.ts'
import { type Comparison, describeAggregate } from './describe-aggregate.ts'
import { mannersOf } from './manners.ts'
import { slowHashing } from './messages.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { depotFolder, optional, toAmount, toPieceSize } from './values.ts'

type Text = string | undefined

export interface AggregateArguments {
  readonly paths: string[]
  readonly whole: boolean
  readonly followSymlinks: boolean
  readonly cid: Text
  readonly pieceSize: Text
  readonly price: Text
  readonly minDealSize: Text
  readonly proofs: Text
  readonly out: Text
  readonly depot: Text
  readonly json: boolean
}

export interface AggregatePorts {
  readonly root: string
  readonly openDepot: (folder: string) => Promise<Depot>
}

/** Proofs in the printed document: 3 kB each, so 60 MB. */
const MAX_PRINTED_PROOFS = 20_000
/** Padded bytes: the smallest piece that Boost takes by default (storagemarket/storedask/storedask.go). */
const MIN_DEAL_SIZE = 256

export async function aggregatePaths(
  args: AggregateArguments,
  run: Run,
  ports: AggregatePorts,
): Promise<Outcome<AggregatedDocument>> {
  const wish = readWish(args, run)
  const request = { ...wish.request, ...(await inputsOf(args, run)) }
  const count = request.inputs?.length ?? request.cids?.length ?? 0
  if (args.json && wish.proofs === undefined) requirePrintable(count)
  if (wish.out !== undefined) await requireFree(wish.out)
  if (hashBackend() !== 'hashtree') run.progress.line(slowHashing)
  const depot = await ports.openDepot(depotFolder(args.depot, { ...run, root: ports.root }))
  const { signal, follow: onEvent } = run
  const made = await aggregate(request, { depot, signal, onEvent })
  const [first, ...more] = made
  if (first === undefined) throw new StorageError('INTERNAL', { what: 'nothing was aggregated' })
  if (wish.proofs !== undefined) await writeProofs(wish.proofs, made, signal)
  if (wish.out !== undefined) await writeWhole(wish.out, first.piece, depot, signal)
  return {
    document: aggregatedDocument([first, ...more], args.json && wish.proofs === undefined),
    text: [
      ...made.flatMap((each) => [...describeAggregate(each, wish.comparison), '']),
      ...(wish.proofs === undefined ? [] : [`Proofs: ${wish.proofs}`]),
      ...(wish.out === undefined ? [] : [`Bytes: ${wish.out}`]),
      ...made.map(({ piece }) => `Next: npx hardhat make-deal --cid ${piece.pieceCid}`),
    ],
  }
}

interface Wish {
  readonly request: Pick<AggregateRequest, 'followSymlinks' | 'pieceSize' | 'single'>
  readonly comparison: Comparison | undefined
  /** Absolute paths. */
  readonly proofs: string | undefined
  readonly out: string | undefined
}

/** Errors: ARGUMENT_INVALID. */
function readWish(args: AggregateArguments, { cwd }: Run): Wish {
  if ((args.paths.length === 0) === (args.cid === undefined))
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'what to aggregate is not clear',
      expected: 'either files and folders or --cid',
      got: args.cid === undefined ? 'neither' : 'both',
      next: 'npx hardhat aggregate PATH',
    })
  if (args.cid !== undefined && args.whole)
    throw new StorageError('ARGUMENT_INVALID', { what: '--whole is for files and folders' })
  const price = optional('--price', args.price, toAmount)
  const minDealSize = optional('--min-deal-size', args.minDealSize, toPieceSize)
  if (minDealSize !== undefined && price === undefined)
    throw new StorageError('ARGUMENT_INVALID', { what: '--min-deal-size needs --price' })
  const at = (_option: string, path: string): string => resolve(cwd, path)
  return {
    request: {
      followSymlinks: args.followSymlinks,
      pieceSize: optional('--piece-size', args.pieceSize, toPieceSize),
      single: args.out !== undefined,
    },
    comparison:
      price === undefined ? undefined : { price, minDealSize: minDealSize ?? MIN_DEAL_SIZE },
    proofs: optional('--proofs', args.proofs, at),
    out: optional('--out', args.out, at),
  }
}

async function inputsOf(
  { paths, cid, whole, followSymlinks }: AggregateArguments,
  { cwd, signal }: Run,
): Promise<Pick<AggregateRequest, 'name' | 'inputs' | 'cids'>> {
  if (cid === undefined) {
    const absolute = paths.map((path) => resolve(cwd, path))
    return listInputs(absolute, { whole, followSymlinks, signal })
  }
  const cids = cid.split(',').map((part) => part.trim())
  const [first = ''] = cids
  if (cids.includes(''))
    throw new StorageError('ARGUMENT_INVALID', {
      what: '--cid cannot be understood',
      expected: 'CIDs with commas between them',
      got: JSON.stringify(cid),
    })
  return { name: cids.length === 1 ? first : `${first} and ${cids.length - 1} more`, cids }
}

/** Inputs are at least as many as segments: equal files become one. */
function requirePrintable(count: number): void {
  if (count <= MAX_PRINTED_PROOFS) return
  throw new StorageError('ARGUMENT_INVALID', {
    what: 'so many proofs are too much for one JSON document',
    expected: `at most ${formatCount(MAX_PRINTED_PROOFS)} inputs, or --proofs`,
    got: formatCount(count),
    hint: 'Add --proofs DIR: a file for each proof, and none in the document.',
  })
}

export default function action(
  args: AggregateArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const ports: AggregatePorts = { root: hre.config.paths.root, openDepot }
  return runTask(mannersOf(args, hre), (run) => aggregatePaths(args, run, ports))
}
