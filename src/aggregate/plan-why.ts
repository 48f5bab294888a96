/** Decisions of the planner as sentences. Times are the caller's numbers. */
import type { PendingInput } from './plan-input.ts'
import type { PlannedPiece } from './plan-piece.ts'

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

export const why = {
  full: (left: number) =>
    `the largest aggregate is full: ${pieces(left)} more ${left === 1 ? 'does' : 'do'} not fit`,
  fill: (bytes: number, closeAtBytes: number) =>
    `${sizeText(bytes)} wait, and a batch closes at ${sizeText(closeAtBytes)}`,
  deadline: ({ inputs, deadline }: PlannedPiece, closesAt: number) =>
    `the deadline of input ${soonest(inputs).id}, ${deadline}, comes before ${closesAt}, when the next batch would close`,
  age: ({ inputs, arrivedAt }: PlannedPiece, closesAt: number) =>
    `input ${inputs[0]?.id} came at ${arrivedAt} and waits until ${closesAt} at most`,
  half: (pieceSize: number, left: number) =>
    `an aggregate of ${sizeText(pieceSize)} is full, and what is left costs less apart: ${pieces(left)}`,
  waits: (bytes: number, closeAtBytes: number, until: number) =>
    `${sizeText(bytes)} of ${sizeText(closeAtBytes)} wait; the batch closes at ${until} at the latest`,
  limited: (owner: string, until: number) =>
    `owner ${owner} has its share of the next aggregate; the one behind it closes at ${until} at the latest`,
  tooLarge: (pieceSize: number, largest: number) =>
    `a piece of ${sizeText(pieceSize)} does not fit: the index of the largest aggregate, ${sizeText(largest)}, leaves room for ${sizeText(largest / 2)} at most`,
  tooLate: (deadline: number, now: number) => `the deadline, ${deadline}, was over at ${now}`,
} as const

function soonest(inputs: readonly PendingInput[]): PendingInput {
  return inputs.reduce((a, b) => ((b.deadline ?? Infinity) < (a.deadline ?? Infinity) ? b : a))
}

function pieces(count: number): string {
  return count === 1 ? '1 piece' : `${count} pieces`
}

/** `1536` → `1.5 KiB`. */
function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${Math.floor(value * 100) / 100} ${UNITS[unit]}`
}
