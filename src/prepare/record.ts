/** What is known of a piece that was just made. */
import { type PieceCommitment, pieceCidV1, pieceCidV2 } from '../piece/piece-cid.ts'
import type { PieceRecord } from './sink.ts'

export function recordOf(
  name: string,
  root: { toString(): string },
  files: number,
  commitment: PieceCommitment,
): PieceRecord {
  return {
    name,
    root: root.toString(),
    pieceCid: pieceCidV1(commitment),
    pieceCidV2: pieceCidV2(commitment),
    size: commitment.size,
    pieceSize: commitment.pieceSize,
    files,
  }
}
