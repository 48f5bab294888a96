/**
 * Files and folders → one CAR with one root → one piece; several where the input is larger than a piece. One streaming pass:
 * each byte is read once, by threads that read, hash and commit while the disk takes what is done. The same input gives the
 * same bytes on every machine. A single `.car` file is taken as it is after checking.
 */
import { createHash } from 'node:crypto'
import { ringFor } from '../piece/piece-stream.ts'
import { unpaddedCapacity } from '../piece/size.ts'
import { cidOf } from '../unixfs/node.ts'
import { carSizeBound } from './bound.ts'
import { CarFile, type CarFileOptions, tooLarge } from './car-file.ts'
import { CarMaker } from './car-maker.ts'
import { aborted } from './fault.ts'
import { gather, type Gathered } from './gather.ts'
import { KnownLeaves } from './known-leaves.ts'
import { LeafSource } from './leaf-source.ts'
import type { Listing } from './listing.ts'
import type { Manifest } from './manifest.ts'
import { PartMaker, requireDivisible } from './part-maker.ts'
import { type PrepareProgress, withProgress } from './progress.ts'
import { readFound } from './read-file.ts'
import { recordOf } from './record.ts'
import type { PieceSink, StoredPiece } from './sink.ts'
import { StagedCar } from './staged-car.ts'
import { filesIn, takeCar } from './take-car.ts'
import { blockThreadsOf, type PrepareThreads, prepareThreads } from './threads.ts'
import { type Listener, traverse } from './traverse.ts'

export type { PrepareProgress } from './progress.ts'

/** 32 GiB padded: the sector that most providers seal (FIP-0003; 64 GiB is the other size). */
const DEFAULT_MAX_PIECE_SIZE = 32 * 2 ** 30

export interface PrepareOptions {
  /** One directory around a single input too. It keeps the input's name in the DAG. */
  readonly wrap?: boolean | undefined
  /** Take what symbolic links point to. */
  readonly followSymlinks?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Padded bytes of a piece at most, a power of two; 32 GiB unless stated. */
  readonly maxPieceSize?: number | undefined
  /** Threads that read and hash, the calling one included. One a processor, at most 6, unless stated. */
  readonly threads?: number | undefined
  /** Called for every file and every MiB. */
  readonly onProgress?: ((progress: PrepareProgress) => void) | undefined
}

export interface Prepared {
  /** Base name of the input. */
  readonly name: string
  /** Root CID of the whole input, as one DAG. */
  readonly root: string
  /** Bytes and number of the files. */
  readonly size: number
  readonly files: number
  /** In the order of the input; the root of the only one is that of the whole. */
  readonly pieces: readonly StoredPiece[]
  /** Of several pieces: what joins them, and where it was written. */
  readonly manifest?: { readonly path: string; readonly value: Manifest }
}

/**
 * Makes pieces of `inputs` and commits them to `sink`. One file is its own root, a folder is its directory, several inputs get
 * one directory around them. On an error nothing stays in the sink but parts that are finished: the next call with the same
 * input goes on behind them.
 * @throws ARGUMENT_INVALID (no input, two of the same name, no piece size), INPUT_NOT_FOUND, INPUT_UNREADABLE, INPUT_CHANGED,
 *   INPUT_UNSUPPORTED, SYMLINK_REFUSED, CAR_INVALID, BLOCK_MISMATCH, PIECE_TOO_LARGE (a CAR, or a chunk of a file, in a piece
 *   that is too small), DEPOT_FULL, DEPOT_READ_ONLY, ABORTED
 */
export async function prepare(
  inputs: readonly string[],
  sink: PieceSink,
  options: PrepareOptions = {},
): Promise<Prepared> {
  const maxPieceSize = options.maxPieceSize ?? DEFAULT_MAX_PIECE_SIZE
  const capacity = unpaddedCapacity(maxPieceSize)
  const gathered = await gather(inputs, options)
  const { listing } = gathered
  const isCar = isCarFile(gathered)
  if (isCar && listing.bytes > capacity) throw tooLarge(listing.bytes, capacity)
  const bound = isCar ? listing.bytes : carSizeBound(listing)
  const isLarge = bound > capacity
  if (isLarge) requireDivisible(listing, maxPieceSize)
  const threads = prepareThreads(listing, options.threads)
  const blockThreads = blockThreadsOf(threads)
  const car: CarFileOptions = {
    maxPieceSize,
    signal: options.signal,
    threads: blockThreads,
    ring: ringFor(blockThreads, bound),
  }
  const job: Job = { ...gathered, sink, threads, car, options }
  try {
    if (isCar) return await takeCarFile(job)
    return (isLarge ? await makeParts(job) : undefined) ?? (await makeOne(job))
  } catch (error) {
    if (options.signal?.aborted === true) throw aborted(options.signal)
    throw error
  } finally {
    await threads.close()
  }
}

interface Job extends Gathered {
  readonly sink: PieceSink
  readonly threads: PrepareThreads
  /** For each CAR; they follow each other. */
  readonly car: CarFileOptions
  readonly options: PrepareOptions
}

async function makeOne(job: Job): Promise<Prepared> {
  const { listing, name, sink } = job
  const staged = await StagedCar.open(sink, CarFile.forBlocks, job.car)
  try {
    const maker = new CarMaker(staged.car)
    await tell(job, maker)
    const commitment = await maker.finish()
    const root = cidOf(maker.root)
    const piece = await staged.commit(recordOf(name, root, listing.files, commitment))
    return { ...about(job), root: root.toString(), pieces: [piece] }
  } catch (error) {
    await staged.discard()
    throw error
  }
}

/** Undefined when it turned out that one piece is enough: blocks that occur twice take no room twice. */
async function makeParts(job: Job): Promise<Prepared | undefined> {
  const { listing, name, sink, car } = job
  const key = keyOf(listing, name, car.maxPieceSize)
  const earlier = await sink.finishedParts(key)
  const maker = await PartMaker.start({ key, name, listing, sink, car }, earlier)
  try {
    await tell(
      job,
      maker,
      earlier.map(({ leaves }) => leaves),
    )
    const made = await maker.finish()
    if (made === undefined) return undefined
    const { root, pieces, manifest } = made
    const path = await sink.commitManifest(key, manifest)
    return { ...about(job), root, pieces, manifest: { path, value: manifest } }
  } catch (error) {
    await maker.discard()
    throw error
  }
}

async function takeCarFile(job: Job): Promise<Prepared> {
  const { listing, name, sink, options } = job
  const { signal, onProgress } = options
  const staged = await StagedCar.open(sink, CarFile.forBytes, job.car)
  try {
    const { car } = staged
    const path = listing.path(0)
    const source = readFound(path, listing.identity(0), { signal, onProgress })
    const taken = await takeCar(source, car)
    const commitment = await car.finish()
    const files = await filesIn(staged.path, taken, signal)
    const piece = await staged.commit(recordOf(name, taken.root, files, commitment))
    return { ...about(job), root: piece.root, pieces: [piece], files }
  } catch (error) {
    await staged.discard()
    throw error
  }
}

/** Reads the input and tells it to `listener`. */
async function tell(
  { listing, threads, options }: Job,
  listener: Listener,
  known: readonly Uint8Array[] = [],
): Promise<void> {
  const { signal, onProgress } = options
  const skip = known.reduce((sum, digests) => sum + digests.length / 32, 0)
  const leaves = new LeafSource(listing, threads, { signal, skip })
  const all = skip === 0 ? leaves : new KnownLeaves(listing, known, leaves)
  const heard = onProgress === undefined ? listener : withProgress(listener, listing, onProgress)
  try {
    await traverse(listing, all, heard)
  } finally {
    await leaves.close()
  }
}

function about({ name, listing }: Job): Pick<Prepared, 'name' | 'size' | 'files'> {
  return { name, size: listing.bytes, files: listing.files }
}

/** Who names a file so means a CAR; `wrap` makes an ordinary file of it. */
function isCarFile({ listing, name }: Gathered): boolean {
  return listing.isFile(0) && name.toLowerCase().endsWith('.car')
}

/** Equal for the same input, unchanged, in pieces of the same size: what an earlier run did can be used. */
function keyOf(listing: Listing, name: string, maxPieceSize: number): string {
  const text = JSON.stringify({ version: 1, listing: listing.digest(), name, maxPieceSize })
  return createHash('sha256').update(text).digest('hex')
}
