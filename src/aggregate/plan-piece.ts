/** Inputs as distinct pieces: what is there twice is placed once. */
import type { PendingInput } from './plan-input.ts'
import { BYTES_PER_ENTRY } from './size.ts'

export interface PlannedPiece {
  readonly pieceCid: string
  readonly pieceSize: number
  /** Raw bytes: of inputs that differ in trailing zeros, the most. */
  readonly size: number
  /** Whose share it uses: of several owners, whoever has least waiting, so that none waits for the queue of another. */
  readonly owner: string
  /** Of the input that came first. */
  readonly arrivedAt: number
  /** The earliest of its inputs. */
  readonly deadline: number | undefined
  /** Oldest first. */
  readonly inputs: readonly PendingInput[]
}

/** Oldest first. `inputs` come oldest first, too. */
export function piecesOf(inputs: readonly PendingInput[]): PlannedPiece[] {
  const waiting = roomPerOwner(inputs)
  const groups: [PendingInput, ...PendingInput[]][] = []
  const bySize = new Map<number, Map<string, PendingInput[]>>()
  for (const input of inputs) {
    let byCid = bySize.get(input.pieceSize)
    if (byCid === undefined) bySize.set(input.pieceSize, (byCid = new Map()))
    const group = byCid.get(input.pieceCid)
    if (group !== undefined) group.push(input)
    else byCid.set(input.pieceCid, (groups[groups.length] = [input]))
  }
  return groups.map((group) => pieceOf(group, waiting)).toSorted(compareAge)
}

/** Negative when `a` came before `b`. Two pieces are never equal. */
export function compareAge(a: PlannedPiece, b: PlannedPiece): number {
  return (
    a.arrivedAt - b.arrivedAt || compareText(a.pieceCid, b.pieceCid) || a.pieceSize - b.pieceSize
  )
}

export function compareInputs(a: PendingInput, b: PendingInput): number {
  return a.arrivedAt - b.arrivedAt || compareText(a.id, b.id)
}

/** By code units: the same on every machine. */
function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function pieceOf(
  inputs: readonly [PendingInput, ...PendingInput[]],
  waiting: ReadonlyMap<string, number>,
): PlannedPiece {
  const { pieceCid, pieceSize, arrivedAt } = inputs[0]
  let { size, owner, deadline } = inputs[0]
  for (const input of inputs.length === 1 ? [] : inputs) {
    size = Math.max(size, input.size)
    if (input.deadline !== undefined) deadline = Math.min(input.deadline, deadline ?? Infinity)
    const less = (waiting.get(input.owner) ?? 0) - (waiting.get(owner) ?? 0)
    if (less < 0 || (less === 0 && input.owner < owner)) owner = input.owner
  }
  return { pieceCid, pieceSize, size, owner, arrivedAt, deadline, inputs }
}

function roomPerOwner(inputs: readonly PendingInput[]): ReadonlyMap<string, number> {
  const room = new Map<string, number>()
  for (const { owner, pieceSize } of inputs)
    room.set(owner, (room.get(owner) ?? 0) + Math.max(pieceSize, BYTES_PER_ENTRY))
  return room
}
