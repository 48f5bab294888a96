/** A download that is checked while it is written: every block against its CID, the whole against the commitment. */
import { StorageError } from '../errors.ts'
import { type PieceCommitment, pieceCidV1 } from '../piece/piece-cid.ts'
import { unpaddedCapacity } from '../piece/size.ts'
import { CarFile } from '../prepare/car-file.ts'
import { takeCar, type TakenCar } from '../prepare/take-car.ts'
import type { Download } from './download.ts'
import type { Goal } from './want.ts'

export interface Received extends TakenCar {
  readonly commitment: PieceCommitment
}

/**
 * Writes the CAR to the empty file at `path`, with the padding that a provider may send behind it.
 * @throws BLOCK_MISMATCH, CAR_INVALID, PIECE_MISMATCH, FETCH_FAILED (another root); DEPOT_FULL, DEPOT_READ_ONLY (the disk here)
 */
export async function receive(
  { bytes, size }: Pick<Download, 'bytes' | 'size'>,
  goal: Goal,
  path: string,
): Promise<Received> {
  const capacity = unpaddedCapacity(goal.maxPieceSize)
  if (size !== undefined && size > capacity) throw tooLong(size, capacity)
  const car = await CarFile.forBytes(path, { maxPieceSize: goal.maxPieceSize })
  try {
    const taken = await takeCar(atMost(bytes, capacity), car, {
      padding: true,
      onRoot: (root) => {
        if (goal.root === undefined || root.toV1().equals(goal.root.toV1())) return
        throw new StorageError('FETCH_FAILED', {
          what: 'the source sent another CAR',
          expected: `root ${goal.root}`,
          got: `root ${root}`,
        })
      },
    })
    const commitment = await car.finish()
    requireCommitment(goal, commitment)
    return { ...taken, commitment }
  } finally {
    await car.close()
  }
}

function requireCommitment({ piece }: Goal, commitment: PieceCommitment): void {
  if (piece === undefined || Buffer.compare(piece.root, commitment.root) === 0) return
  throw new StorageError('PIECE_MISMATCH', {
    what: 'the bytes do not have the commitment of the piece',
    expected: pieceCidV1(piece),
    got: pieceCidV1(commitment),
  })
}

async function* atMost(
  source: AsyncIterable<Uint8Array>,
  capacity: number,
): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > capacity) throw tooLong(size, capacity)
    yield chunk
  }
}

function tooLong(got: number, capacity: number): StorageError {
  return new StorageError('PIECE_MISMATCH', {
    what: 'the source sends more bytes than the piece has',
    expected: `at most ${capacity}`,
    got: `${got} or more`,
  })
}
