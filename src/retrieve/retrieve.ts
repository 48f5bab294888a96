/**
 * Fetches a payload back: from the first source that has it whole, verified, unpacked into the target folder.
 * A source that fails, lies or stalls costs time and nothing else: the next one is asked.
 */
import { open } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StorageError } from '../errors.ts'
import { pieceCidV1 } from '../piece/piece-cid.ts'
import { fromFirst, type Source } from './sources.ts'
import { moveInto, openWorkshop } from './target.ts'
import { unpack } from './unpack.ts'
import { goalOf, type Want } from './want.ts'

export type { Source } from './sources.ts'
export type { Want } from './want.ts'

export interface RetrieveProgress {
  readonly bytes: number
  readonly total?: number
  /** Name of the source. */
  readonly source: string
}

export interface RetrieveOptions {
  readonly signal?: AbortSignal
  /** For everything together; six hours unless stated. */
  readonly deadlineMs?: number
  /** After which silence a source is given up; 30 s unless stated. */
  readonly stallMs?: number
  readonly onProgress?: (progress: RetrieveProgress) => void
}

export interface Retrieved {
  readonly root: string
  readonly pieceCid: string
  /** Name of the source that had it. */
  readonly source: string
  /** Of the files, unpacked. */
  readonly bytes: number
  readonly files: number
  /** Absolute: the target folder, or the file in it when the root is a file. */
  readonly path: string
  readonly verified: true
}

/** A piece of 32 GiB at 1.6 MB/s. */
const DEADLINE_MS = 6 * 3600 * 1000
/** setTimeout takes no more (Node documentation): 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * A folder's entries are put into `target`, which is made when it does not exist; a file is put into it as `want.name` or
 * its CID. Nothing appears there before all of it is verified.
 * @throws CID_INVALID, ARGUMENT_INVALID (no source), TARGET_EXISTS, TARGET_UNSAFE, DEADLINE, ABORTED, DEPOT_FULL,
 *   DEPOT_READ_ONLY; CID_NOT_FOUND when no source has it; when they fail otherwise, the code that all failures share
 *   (BLOCK_MISMATCH, PIECE_MISMATCH, CAR_INVALID, …) or FETCH_FAILED, with every reason
 */
export async function retrieve(
  want: Want,
  sources: readonly Source[],
  target: string,
  options: RetrieveOptions = {},
): Promise<Retrieved> {
  const goal = goalOf(want)
  if (sources.length === 0)
    throw new StorageError('ARGUMENT_INVALID', {
      what: `there is no source to fetch ${want.cid} from`,
      expected: 'at least one URL of a depot or provider',
    })
  const workshop = await openWorkshop(target)
  using limit = new Deadline(options.deadlineMs ?? DEADLINE_MS)
  const signal = AbortSignal.any([
    limit.signal,
    ...(options.signal === undefined ? [] : [options.signal]),
  ])
  try {
    const carPath = join(workshop.folder, 'piece.car')
    const { received, source } = await fromFirst(goal, sources, carPath, {
      signal,
      stallMs: options.stallMs,
      onBytes: reporter(options),
    })
    const folder = join(workshop.folder, 'unpacked')
    const name = goal.name ?? received.root.toString()
    await using car = await open(carPath)
    const { isFolder, bytes, files } = await unpack(received, car, folder, name, signal)
    await moveInto(folder, target)
    return {
      root: received.root.toString(),
      pieceCid: pieceCidV1(goal.piece ?? received.commitment),
      source: source.name,
      bytes,
      files,
      path: isFolder ? resolve(target) : join(resolve(target), name),
      verified: true,
    }
  } finally {
    await workshop.remove()
  }
}

/** Aborts its signal with DEADLINE after `ms`, unless disposed of before. */
class Deadline {
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout

  constructor(ms: number) {
    const error = new StorageError('DEADLINE', {
      what: 'the payload was not fetched in time',
      expected: `within ${ms / 1000} s`,
    })
    this.#timer = setTimeout(() => this.#controller.abort(error), Math.min(ms, MAX_TIMER_MS))
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}

function reporter({ onProgress }: RetrieveOptions) {
  return (bytes: number, total: number | undefined, source: Source): void =>
    onProgress?.({ bytes, source: source.name, ...(total === undefined ? {} : { total }) })
}
