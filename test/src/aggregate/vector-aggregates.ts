/** The vectors of FRC-0058 (test/vectors/SOURCES.md §3.3, §3.4), with numbers as numbers and CIDs as roots. */
import type { InclusionProof } from '../../../src/aggregate/proof.ts'
import { type ProofDocument, proofIn } from '../../../src/aggregate/proof-form.ts'
import type { PieceRoot } from '../../../src/aggregate/segment.ts'
import { fromHex } from '../../../src/bytes/hex.ts'
import { StorageError } from '../../../src/errors.ts'
import { parsePieceCid } from '../../../src/piece/piece-cid.ts'
import type { PayloadGenerator } from '../../support/payload.ts'
import { vectors } from '../../support/vectors.ts'

export interface VectorPiece {
  pieceCidV1: string
  size: string
  offset: string
  checksum: string
  generator?: PayloadGenerator
  payloadSize?: number
}

export interface VectorAggregate {
  name: string
  dealSize: string
  pieces: VectorPiece[]
  root: string
  pieceCidV1: string
  pieceCidV2: string
  maxEntries: string
  indexStart: string
  indexPieceCidV1: string
  indexEntries: string
  unpaddedImage?: { size: number; sha256: string; indexOffset: number; indexBytesUsed: string }
}

export interface VectorEntry {
  name: string
  commDs: string
  offset: string
  size: string
  encoded: string
  valid: boolean
}

export interface VectorImage {
  name: string
  dealSize: string
  unpadded: string
  padded: string
  validEntries: { slot: number; commDs: string; offset: string; size: string }[]
}

export const segmentIndex = vectors<{
  sizing: {
    dealSize: string
    maxEntries: string
    indexSize: string
    indexStart: string
    indexStartUnpadded: string
  }[]
  entries: VectorEntry[]
  aggregates: VectorAggregate[]
  invalidAggregates: { name: string; dealSize: string; pieces: VectorPiece[] }[]
  indexImages: VectorImage[]
}>('segment-index')

interface VectorPath {
  index: string
  path: string[]
}

interface VectorClaim {
  verifier: { commPc: string; sizePc: string }
  proof: { proofSubtree: VectorPath; proofIndex: VectorPath }
}

export interface VectorProof extends VectorClaim {
  name: string
  expected: { pieceCidV1: string; sizePa: string }
  aggregate?: string
  proofCid?: string
  cbor?: string
}

export const inclusionProofs = vectors<{
  merkle: {
    computeNode: { left: string; right: string; node: string }[]
    computeRoot: (VectorPath & { subtree: string; root: string })[]
    computeRootInvalid: (VectorPath & { subtree: string; reason: string })[]
  }
  cases: VectorProof[]
  invalid: (VectorClaim & { name: string })[]
  auxMismatch: { name: string; base: string; claimed: { commPa: string; sizePa: string } }[]
  hardening: (VectorClaim & { name: string })[]
}>('inclusion-proofs')

export function piecesOf(pieces: readonly VectorPiece[]): PieceRoot[] {
  return pieces.map(({ pieceCidV1, size }) => ({
    root: parsePieceCid(pieceCidV1).root,
    pieceSize: Number(size),
  }))
}

export function pathOf({ index, path }: VectorPath): ProofDocument['proofIndex'] {
  return { index: Number(index), path }
}

export function proofOf({ proof }: VectorClaim): InclusionProof {
  return proofIn({
    proofSubtree: pathOf(proof.proofSubtree),
    proofIndex: pathOf(proof.proofIndex),
  })
}

/** What is claimed to be in an aggregate, by a piece CID of version 1. @throws CID_INVALID */
export function pieceOf({ verifier }: VectorClaim): PieceRoot {
  const { version, root } = parsePieceCid(fromHex(verifier.commPc))
  if (version !== 1) throw new StorageError('CID_INVALID', { what: 'not of version 1' })
  return { root, pieceSize: Number(verifier.sizePc) }
}
