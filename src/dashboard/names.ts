/** What a reader calls a proposal: the name of the piece in the depot, else what its label says. */
import type { PieceRecord } from '../prepare/sink.ts'
import type { ListedProposal } from './standing.ts'

/** By piece CID v1. */
export function namesOf(pieces: readonly PieceRecord[]): ReadonlyMap<string, string> {
  return new Map(
    pieces
      // A piece that nobody named is called by its CID.
      .filter(({ name, pieceCidV2 }) => name !== '' && name !== pieceCidV2)
      .map(({ name, pieceCid }) => [pieceCid, name]),
  )
}

export function nameOf(
  { pieceCid, label }: Pick<ListedProposal, 'pieceCid' | 'label'>,
  names: ReadonlyMap<string, string>,
): string {
  return names.get(pieceCid) ?? shortened(label === '' ? pieceCid : label)
}

const HEAD = 22
const TAIL = 10

/** Long text by its beginning and its end, where CIDs differ: `baga6ea4seaq…hotkgy`. Whole characters only. */
export function shortened(text: string): string {
  const characters = [...text]
  if (characters.length <= HEAD + TAIL + 1) return text
  return `${characters.slice(0, HEAD).join('')}…${characters.slice(-TAIL).join('')}`
}
