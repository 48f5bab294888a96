/**
 * A CAR from a server that is not trusted, taken byte for byte: the root that was asked for, true blocks, the whole DAG, and no
 * block of anything else: whoever asked for the DAG pays for nothing but it.
 */
import { open } from 'node:fs/promises'
import type { CID } from 'multiformats/cid'
import { CidTable } from '../car/cid-table.ts'
import { isIdentity, RAW } from '../car/cid.ts'
import { DagIndex } from '../car/dag-index.ts'
import { linksOf } from '../car/links.ts'
import { onlyRoot, readCar } from '../car/reader.ts'
import { StorageError } from '../errors.ts'
import type { PieceCommitment } from '../piece/piece-cid.ts'
import { readBlock } from '../prepare/block-reader.ts'
import type { CarFile } from '../prepare/car-file.ts'
import { requireLive } from '../prepare/fault.ts'
import type { TakenCar } from '../prepare/take-car.ts'

/**
 * Copies `source` into `car`, the file at `path`, and finishes it.
 * @throws CAR_INVALID, BLOCK_MISMATCH; FETCH_FAILED for another root or a block that the root does not lead to
 */
export async function takeDag(
  source: AsyncIterable<Uint8Array>,
  { car, path, root }: { readonly car: CarFile; readonly path: string; readonly root: CID },
  signal: AbortSignal,
): Promise<{ readonly taken: TakenCar; readonly commitment: PieceCommitment }> {
  const { roots, blocks } = await readCar(copyTo(car, source))
  const got = onlyRoot(roots)
  if (!got.toV1().equals(root.toV1())) throw foreign('another CAR', `root ${root}`, `root ${got}`)
  const index = new DagIndex()
  let count = 0
  for await (const block of blocks) {
    if (!isIdentity(block.cid) && index.find(block.cid) === undefined) count += 1
    index.add(block)
  }
  index.requireWhole(got)
  const commitment = await car.finish()
  const reached = await countReached(path, got, index, signal)
  if (reached !== count)
    throw foreign('blocks of something else too', `${reached} blocks`, `${count}`)
  return { taken: { root: got, index }, commitment }
}

/** Distinct blocks under `root`. Leaves are not read: they link to nothing. */
async function countReached(
  path: string,
  root: CID,
  index: DagIndex,
  signal: AbortSignal,
): Promise<number> {
  const file = await open(path)
  try {
    const seen = new CidTable()
    const pending = [root]
    let count = 0
    for (let cid = pending.pop(); cid !== undefined; cid = pending.pop()) {
      if (!isIdentity(cid)) {
        if (seen.get(cid) !== undefined) continue
        seen.set(cid, { offset: 0, size: 0 })
        count += 1
      }
      if (cid.code === RAW) continue
      requireLive(signal)
      pending.push(...linksOf(cid, await readBlock(file, index, cid)))
    }
    return count
  } finally {
    await file.close()
  }
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

function foreign(what: string, expected: string, got: string): StorageError {
  return new StorageError('FETCH_FAILED', { what: `the server sent ${what}`, expected, got })
}
