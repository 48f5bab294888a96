/**
 * Files and folders → one CAR with one root → one piece, in one streaming pass. The same input gives the same bytes on
 * every machine. A single `.car` file is taken as it is after checking.
 */
import type { CID } from 'multiformats/cid'
import { type PieceCommitment, pieceCidV1, pieceCidV2 } from '../piece/piece-cid.ts'
import { unpaddedCapacity } from '../piece/size.ts'
import { CarFile, type CarFileOptions, tooLarge } from './car-file.ts'
import { fileNode, folderNode, type NamedNode, type Node } from './dag.ts'
import { requireLive, sinkFault } from './fault.ts'
import { gather } from './gather.ts'
import { readUnchanged } from './read-file.ts'
import { type Entry, type FileEntry, totals } from './scan.ts'
import type { PieceRecord, PieceSink, Staging, StoredPiece } from './sink.ts'
import { filesIn, takeCar } from './take-car.ts'

/** 32 GiB padded: the sector that most providers seal (FIP-0003; 64 GiB is the other size). */
const DEFAULT_MAX_PIECE_SIZE = 32 * 2 ** 30

export interface PrepareProgress {
  /** Bytes read so far, of all files. */
  readonly bytes: number
  readonly total?: number
  /** Path of the file being read. */
  readonly file: string
}

export interface PrepareOptions {
  /** One directory around a single input too. It keeps the input's name in the DAG. */
  readonly wrap?: boolean
  /** Take what symbolic links point to. */
  readonly followSymlinks?: boolean
  readonly signal?: AbortSignal
  /** Padded bytes, a power of two; 32 GiB unless stated. */
  readonly maxPieceSize?: number
  /** Called for every MiB and every file. */
  readonly onProgress?: (progress: PrepareProgress) => void
}

/**
 * Makes a piece of `inputs` and commits it to `sink`. One file is its own root, a folder is its directory, several inputs
 * get one directory around them. Each byte is read once. On any error nothing stays in the sink.
 * @throws ARGUMENT_INVALID (no input, two of the same name), INPUT_NOT_FOUND, INPUT_UNREADABLE, INPUT_CHANGED,
 *   INPUT_UNSUPPORTED, SYMLINK_REFUSED, CAR_INVALID, BLOCK_MISMATCH, PIECE_TOO_LARGE, DEPOT_FULL, DEPOT_READ_ONLY, ABORTED
 */
export async function prepare(
  inputs: readonly string[],
  sink: PieceSink,
  options: PrepareOptions = {},
): Promise<StoredPiece> {
  const maxPieceSize = options.maxPieceSize ?? DEFAULT_MAX_PIECE_SIZE
  const capacity = unpaddedCapacity(maxPieceSize)
  const entry = await gather(inputs, options)
  const total = totals(entry).bytes
  if (total > capacity) throw tooLarge(total, capacity)

  const staging = await stage(sink)
  try {
    const read = fileReader(total, options)
    const limits = { maxPieceSize, signal: options.signal }
    const made = isCar(entry)
      ? await copyCar(entry, staging.path, read, limits)
      : await buildCar(entry, staging.path, read, limits)
    requireLive(options.signal)
    return await sink.commit(staging, recordOf(entry.name, made))
  } catch (error) {
    await staging.discard().catch(() => {}) // what failed first is what the user must know
    throw sinkFault(staging.path, error)
  }
}

type ReadFile = (entry: FileEntry) => AsyncIterable<Uint8Array>

interface Made {
  readonly root: CID
  readonly commitment: PieceCommitment
  readonly files: number
}

async function buildCar(
  entry: Entry,
  path: string,
  read: ReadFile,
  options: CarFileOptions,
): Promise<Made> {
  const car = await CarFile.forBlocks(path, options)
  try {
    const { cid } = await nodeOf(entry, car, read)
    return { root: cid, commitment: await car.finish(cid), files: totals(entry).files }
  } finally {
    await car.close()
  }
}

async function copyCar(
  entry: FileEntry,
  path: string,
  read: ReadFile,
  options: CarFileOptions,
): Promise<Made> {
  const car = await CarFile.forBytes(path, options)
  try {
    const taken = await takeCar(read(entry), car)
    const commitment = await car.finish()
    return { root: taken.root, commitment, files: await filesIn(path, taken, options.signal) }
  } finally {
    await car.close()
  }
}

async function nodeOf(entry: Entry, car: CarFile, read: ReadFile): Promise<Node> {
  if (entry.kind === 'file') return fileNode(read(entry), car)
  const nodes: NamedNode[] = []
  for (const inner of entry.entries)
    nodes.push({ name: inner.name, ...(await nodeOf(inner, car, read)) })
  return folderNode(nodes, car)
}

function fileReader(total: number, { signal, onProgress }: PrepareOptions): ReadFile {
  let bytes = 0
  return async function* (entry) {
    onProgress?.({ bytes, total, file: entry.path })
    for await (const chunk of readUnchanged(entry, signal)) {
      bytes += chunk.length
      onProgress?.({ bytes, total, file: entry.path })
      yield chunk
    }
  }
}

function recordOf(name: string, { root, commitment, files }: Made): PieceRecord {
  return {
    name,
    root: root.toString(),
    pieceCid: pieceCidV1(commitment),
    pieceCidV2: pieceCidV2(commitment),
    size: commitment.size,
    pieceSize: commitment.pieceSize,
    files,
  }
}

async function stage(sink: PieceSink): Promise<Staging> {
  try {
    return await sink.stage()
  } catch (error) {
    throw sinkFault('the depot', error)
  }
}

/** Who names a file so means a CAR; `wrap` makes an ordinary file of it. */
function isCar(entry: Entry): entry is FileEntry {
  return entry.kind === 'file' && entry.name.toLowerCase().endsWith('.car')
}
