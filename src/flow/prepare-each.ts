/**
 * Prepares many inputs, each into a piece of its own. Most of the time of a small file is waiting until the disk has it, so
 * several small ones are under way at once, each on the calling thread; a large one has all threads to itself.
 */
import type { Depot } from '../depot/depot.ts'
import { StorageError } from '../errors.ts'
import { prepare } from '../prepare/prepare.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import type { AggregateInput } from './aggregate-inputs.ts'
import type { FlowEvent } from './events.ts'

export interface PrepareEachContext {
  readonly depot: Depot
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: ((event: FlowEvent) => void) | undefined
}

/** Bytes below which threads are not worth their start (threads/pool.ts). */
const SMALL = 16 * 2 ** 20
/** Small inputs under way: half the time of one by one, measured with 500 files of 200 KiB; more gain little. */
const AT_ONCE = 8

/**
 * The pieces, in the order of the inputs. Finished ones stay in the depot when another fails.
 * @throws AGGREGATE_FULL for an input of several pieces; as `prepare`
 */
export async function prepareEach(
  inputs: readonly AggregateInput[],
  followSymlinks: boolean | undefined,
  { depot, signal, onEvent }: PrepareEachContext,
): Promise<StoredPiece[]> {
  const total = inputs.reduce((sum, { size }) => sum + size, 0)
  const pieces = new Map<AggregateInput, StoredPiece>()
  let done = 0
  const prepareOne = async (input: AggregateInput, threads: number | undefined) => {
    let told = 0
    const prepared = await prepare([input.path], depot, {
      followSymlinks,
      signal,
      threads,
      onProgress: ({ bytes, file }) => {
        done += bytes - told
        told = bytes
        onEvent?.({ type: 'prepare:progress', bytes: done, total, file })
      },
    })
    pieces.set(input, onlyOne(prepared.pieces, input))
  }
  await forEach(inputs.filter(isSmall), AT_ONCE, (input) => prepareOne(input, 1))
  for (const input of inputs) if (!isSmall(input)) await prepareOne(input, undefined)
  return inputs.map((input) => pieces.get(input) as StoredPiece)
}

function isSmall({ size }: AggregateInput): boolean {
  return size < SMALL
}

function onlyOne([piece, ...more]: readonly StoredPiece[], { path }: AggregateInput): StoredPiece {
  if (piece !== undefined && more.length === 0) return piece
  throw new StorageError('AGGREGATE_FULL', {
    what: `${path} does not fit one piece, and so no segment`,
    hint: 'It fills deals of its own: store it alone.',
    next: `npx hardhat make-deal --file ${path}`,
  })
}

/** Acts on `width` items at once. After a failure none is begun; it is thrown when none is under way any more. */
async function forEach<T>(
  items: readonly T[],
  width: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values()
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    for (const item of left) {
      await act(item).catch((error: unknown) => failures.push(error))
      if (failures.length > 0) return
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  if (failures.length > 0) throw failures[0]
}
