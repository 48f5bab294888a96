/** What the planner is asked with: inputs that wait, and the policy of whoever pays the deals. Checked before anything. */
import { StorageError } from '../errors.ts'
import { isPieceSize, unpaddedCapacity } from '../piece/size.ts'
import { roomOf } from './plan-room.ts'

/** A time: epochs or milliseconds, whichever the caller counts in, as long as it is one of them everywhere. */
type Time = number

export interface PendingInput {
  /** What the caller knows the input by. Unique. */
  readonly id: string
  /** Any name of the piece; two inputs with the same name and piece size are one piece. */
  readonly pieceCid: string
  /** Padded bytes. */
  readonly pieceSize: number
  /** Raw bytes. */
  readonly size: number
  /** Who has it stored. Room is shared between owners. */
  readonly owner: string
  readonly arrivedAt: Time
  /** The last moment at which its aggregate may close. */
  readonly deadline?: Time
}

export interface PlanPolicy {
  /** Padded bytes of the smallest and the largest aggregate: powers of two. */
  readonly minPieceSize: number
  readonly maxPieceSize: number
  /** Padded bytes at which a batch closes. */
  readonly closeAtBytes: number
  /** How long the oldest input waits at most. */
  readonly closeAfter: Time
  /** Fewer segments than the index has entries. */
  readonly maxSegments?: number
  /**
   * Above 0, at most 1: the part of the largest aggregate that an owner fills at most. A larger piece is taken when the
   * owner has nothing else there, and when it is due.
   */
  readonly maxOwnerShare?: number
}

/** 64 GiB: the largest sector (FIP-0003). */
const LARGEST_AGGREGATE = 2 ** 36

/** @throws ARGUMENT_INVALID */
export function checkPolicy(policy: PlanPolicy, now: Time): void {
  const { minPieceSize, maxPieceSize, closeAtBytes, closeAfter } = policy
  for (const size of [minPieceSize, maxPieceSize])
    if (!isPieceSize(size))
      fail('the size of an aggregate is not valid', 'a power of two of at least 128', size)
  if (minPieceSize > maxPieceSize)
    fail('the smallest aggregate is larger than the largest', maxPieceSize, minPieceSize)
  if (maxPieceSize > LARGEST_AGGREGATE)
    fail('no sector holds the largest aggregate', LARGEST_AGGREGATE, maxPieceSize)
  if (roomOf(maxPieceSize).bytes <= 0)
    fail('the index leaves no room for a segment', 'at least 512 bytes', maxPieceSize)
  if (!isCount(closeAtBytes, 1) || closeAtBytes > maxPieceSize)
    fail('`closeAtBytes` is not valid', `1 to ${maxPieceSize}`, closeAtBytes)
  if (!isCount(closeAfter, 0)) fail('`closeAfter` is not valid', '0 or more', closeAfter)
  if (!Number.isSafeInteger(now)) fail('`now` is not a time', 'a whole number', now)
  checkLimits(policy)
}

/** @throws ARGUMENT_INVALID for ids, names and times; SEGMENT_INVALID for sizes */
export function checkInputs(pending: readonly PendingInput[]): void {
  const ids = new Set<string>()
  for (const input of pending) {
    if (input.id === '' || input.pieceCid === '' || input.owner === '')
      fail(`an input has no id, piece or owner`, 'three names', JSON.stringify(input.id))
    if (ids.has(input.id)) fail('two inputs have one id', 'different ids', input.id)
    ids.add(input.id)
    for (const time of [input.arrivedAt, input.deadline ?? 0])
      if (!Number.isSafeInteger(time))
        fail(`a time of input ${input.id} is not valid`, 'a whole number', time)
    checkSizes(input)
  }
}

function checkLimits({ maxSegments = 1, maxOwnerShare = 1 }: PlanPolicy): void {
  if (!isCount(maxSegments, 1)) fail('`maxSegments` is not valid', '1 or more', maxSegments)
  if (!(maxOwnerShare > 0 && maxOwnerShare <= 1))
    fail('`maxOwnerShare` is not valid', 'above 0, at most 1', maxOwnerShare)
}

function checkSizes({ id, pieceSize, size }: PendingInput): void {
  if (!isPieceSize(pieceSize))
    throw new StorageError('SEGMENT_INVALID', {
      what: `the piece size of input ${id} is not valid`,
      expected: 'a power of two of at least 128',
      got: pieceSize,
    })
  if (!isCount(size, 0) || size > unpaddedCapacity(pieceSize))
    throw new StorageError('SEGMENT_INVALID', {
      what: `the raw bytes of input ${id} are not valid`,
      expected: `0 to ${unpaddedCapacity(pieceSize)}`,
      got: size,
    })
}

function isCount(n: number, least: number): boolean {
  return Number.isSafeInteger(n) && n >= least
}

function fail(what: string, expected: string | number, got: string | number): never {
  throw new StorageError('ARGUMENT_INVALID', { what, expected, got })
}
