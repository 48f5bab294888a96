/** Inputs and policies for the planner: plain ones to vary, and random ones from a seed. */
import type { PendingInput, PlannedAggregate, PlanPolicy } from '../../../../src/index.ts'
import { random } from '../../../support/random.ts'
import { vectors } from '../../../support/vectors.ts'

export const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB
export const HOUR = 3600

/** A plan in seconds, at noon. */
export const NOW = 12 * HOUR

export const POLICY: PlanPolicy = {
  minPieceSize: 512 * MIB,
  maxPieceSize: 32 * GIB,
  closeAtBytes: 16 * GIB,
  closeAfter: 6 * HOUR,
}

interface Sizing {
  dealSize: string
  maxEntries: string
  indexSize: string
}

export const SIZINGS = vectors<{ sizing: Sizing[] }>('segment-index').sizing.map((s) => ({
  pieceSize: Number(s.dealSize),
  entries: Number(s.maxEntries),
  indexSize: Number(s.indexSize),
}))

export function input(id: string, pieceSize: number, more: Partial<PendingInput> = {}) {
  const size = (pieceSize / 128) * 127
  return { id, pieceCid: `piece of ${id}`, pieceSize, size, owner: 'ada', arrivedAt: NOW, ...more }
}

export function idsOf({ segments }: PlannedAggregate): string[] {
  return segments.flatMap(({ ids }) => ids)
}

/** Whole numbers from 0 to below `sides`. */
export type Dice = (sides: number) => number

export function dice(seed: string): Dice {
  let bytes = Buffer.alloc(0)
  let at = 0
  let block = 0
  return (sides) => {
    if (at === bytes.length) {
      bytes = Buffer.from(random(4096, `${seed} ${block++}`))
      at = 0
    }
    at += 4
    return bytes.readUInt32LE(at - 4) % sides
  }
}

export function shuffled<T>(items: readonly T[], roll: Dice): T[] {
  const result = [...items]
  for (let last = result.length - 1; last > 0; last--) {
    const other = roll(last + 1)
    const item = result[last] as T
    result[last] = result[other] as T
    result[other] = item
  }
  return result
}

/** From tiny aggregates, whose index is the limit, to those of 64 GiB; without a limit for owners. */
export function randomPolicy(roll: Dice): PlanPolicy {
  const largest = 9 + roll(28)
  const maxPieceSize = 2 ** largest
  return {
    minPieceSize: 2 ** Math.max(7, largest - roll(6)),
    maxPieceSize,
    closeAtBytes: Math.max(1, Math.floor((maxPieceSize / 16) * (1 + roll(16)))),
    closeAfter: roll(12) * HOUR,
    ...(roll(4) === 0 ? { maxSegments: 1 + roll(20) } : {}),
  }
}

/** Of a few owners; some too large, some twice, some with a deadline. */
export function randomPending(roll: Dice, policy: PlanPolicy): PendingInput[] {
  const largest = Math.log2(policy.maxPieceSize)
  const spread = 1 + roll(largest - 7)
  return Array.from({ length: roll(80) }, (_, n) => {
    const pieceSize = 2 ** (largest - roll(spread + 1))
    return {
      id: `input ${n}`,
      pieceCid: `piece ${roll(5) === 0 ? roll(10) : `of ${n}`}`,
      pieceSize,
      size: Math.floor((pieceSize / 128) * 127) - roll(64),
      owner: `owner ${Math.floor(Math.sqrt(roll(36)))}`,
      arrivedAt: roll(12) * HOUR + roll(3),
      ...(roll(8) === 0 ? { deadline: (11 + roll(12)) * HOUR } : {}),
    }
  })
}
