/** A CAR made elsewhere is taken byte for byte, once it is known to be sound: one root, true blocks, a whole DAG. */
import { open } from 'node:fs/promises'
import type { CID } from 'multiformats/cid'
import { DagIndex } from '../car/dag-index.ts'
import { onlyRoot, readCar, type ReadCarOptions } from '../car/reader.ts'
import { countFiles } from '../unixfs/walk.ts'
import { isStorageError } from '../errors.ts'
import { readBlock } from './block-reader.ts'
import type { CarFile } from './car-file.ts'
import { requireLive } from './fault.ts'

export interface TakenCar {
  readonly root: CID
  readonly index: DagIndex
}

export interface TakeCarOptions extends ReadCarOptions {
  /** Called with the root as soon as the header is read; what it throws ends the taking. */
  readonly onRoot?: (root: CID) => void
}

/** Copies `source` into `car` while checking it. @throws CAR_INVALID, BLOCK_MISMATCH */
export async function takeCar(
  source: AsyncIterable<Uint8Array>,
  car: CarFile,
  options: TakeCarOptions = {},
): Promise<TakenCar> {
  const { roots, blocks } = await readCar(copyTo(car, source), options)
  const index = new DagIndex()
  let root: CID | undefined
  for await (const block of blocks) {
    root ??= announced(roots, options)
    index.add(block)
  }
  root ??= announced(roots, options)
  index.requireWhole(root)
  return { root, index }
}

/** Files in a CAR that was taken; a DAG that is not UnixFS has none. @throws ABORTED */
export async function filesIn(
  path: string,
  { root, index }: TakenCar,
  signal?: AbortSignal,
): Promise<number> {
  const file = await open(path)
  try {
    return await countFiles(root, (cid) => {
      requireLive(signal)
      return readBlock(file, index, cid)
    })
  } catch (error) {
    if (isStorageError(error, 'CAR_INVALID')) return 0 // the blocks are sound; they mean something else
    throw error
  } finally {
    await file.close()
  }
}

function announced(roots: readonly CID[], options: TakeCarOptions): CID {
  const root = onlyRoot(roots)
  options.onRoot?.(root)
  return root
}

async function* copyTo(
  car: CarFile,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    await car.append(chunk)
    yield chunk
  }
}
