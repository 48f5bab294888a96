/**
 * Proof of data segment inclusion (PoDSI): two paths to one root, from the commitment of a segment at its place, and from its
 * entry in the index. Whoever knows commitment and size of the segment computes which aggregate the proof speaks of.
 * @see FRC-0058, "Proof of Data Segment Inclusion"; go-data-segment datasegment/inclusion.go
 */
import { toHex } from '../bytes/hex.ts'
import { StorageError } from '../errors.ts'
import { NODE_SIZE, type PairHasher, pairHasher, parentOf } from '../piece/hash-pairs.ts'
import { isPieceSize, MAX_HEIGHT, pieceSizeOf } from '../piece/size.ts'
import { encodeEntries } from './entry.ts'
import type { PieceRoot, Segment } from './segment.ts'
import { ENTRY_SIZE, indexStart, MIN_AGGREGATE_SIZE } from './size.ts'

/** A node's place in its level, and the siblings on the way to the root. */
export interface MerkleProof {
  readonly index: number
  readonly path: readonly Uint8Array[]
}

/** Names as in the contracts and services of others: they are JSON and ABI. */
export interface InclusionProof {
  readonly proofSubtree: MerkleProof
  readonly proofIndex: MerkleProof
}

/** What a proof says of a segment. */
export interface Inclusion {
  /** The aggregate. */
  readonly aggregate: PieceRoot
  readonly segment: Segment
  /** Number of the entry in the index. */
  readonly slot: number
}

/**
 * The aggregate that `proof` leads to from a segment; the caller compares it with the deal's.
 * @throws PROOF_INVALID when the two paths do not agree, or the entry is not in the index area; SEGMENT_INVALID for what is
 *   no piece
 */
export function inclusionOf(
  proof: InclusionProof,
  { root, pieceSize }: PieceRoot,
  hashPairs: PairHasher = pairHasher(),
): Inclusion {
  requirePiece(root, pieceSize)
  const { proofSubtree, proofIndex } = proof
  const aggregateSize = pieceSize * 2 ** proofSubtree.path.length
  const sizeOfIndex = ENTRY_SIZE * 2 ** proofIndex.path.length
  if (aggregateSize !== sizeOfIndex)
    throw invalid('its two paths lead to aggregates of different size', aggregateSize, sizeOfIndex)
  if (aggregateSize < MIN_AGGREGATE_SIZE || aggregateSize > pieceSizeOf(MAX_HEIGHT))
    throw invalid('no aggregate has the size that its paths lead to', undefined, aggregateSize)
  const aggregate = rootOf(proofSubtree, root, hashPairs)
  const segment = { root, pieceSize, offset: proofSubtree.index * pieceSize }
  const entry = encodeEntries([segment])
  const leaf = entry.subarray(0, NODE_SIZE)
  const other = rootOf(proofIndex, parentOf(leaf, entry.subarray(NODE_SIZE), hashPairs), hashPairs)
  if (Buffer.compare(aggregate, other) !== 0)
    throw invalid('its two paths lead to different aggregates', toHex(aggregate), toHex(other))
  const slot = proofIndex.index - indexStart(aggregateSize) / ENTRY_SIZE
  if (slot < 0)
    throw invalid(
      'its entry lies outside of the index',
      `at least ${indexStart(aggregateSize) / ENTRY_SIZE}`,
      proofIndex.index,
    )
  return { aggregate: { root: aggregate, pieceSize: aggregateSize }, segment, slot }
}

/**
 * The root that a path leads to.
 * @throws PROOF_INVALID when the index is not one of the level, or a node has not 32 bytes
 */
export function rootOf(
  { index, path }: MerkleProof,
  node: Uint8Array,
  hashPairs: PairHasher = pairHasher(),
): Uint8Array {
  if (path.length > MAX_HEIGHT)
    throw invalid('a path is too long', `at most ${MAX_HEIGHT} nodes`, path.length)
  if (!Number.isSafeInteger(index) || index < 0 || index >= 2 ** path.length)
    throw invalid('an index is outside of the tree', `below ${2 ** path.length}`, index)
  let carry = node
  for (let level = 0, i = index; level < path.length; level++, i = Math.floor(i / 2)) {
    const sibling = path[level] as Uint8Array
    if (sibling.length !== NODE_SIZE)
      throw invalid('a node of a path is no hash', `${NODE_SIZE} bytes`, sibling.length)
    carry = i % 2 === 0 ? parentOf(carry, sibling, hashPairs) : parentOf(sibling, carry, hashPairs)
  }
  return carry
}

function requirePiece(root: Uint8Array, pieceSize: number): void {
  // The two top bits of a hash of the tree are cleared: what has them set is the root of nothing.
  if (root.length === NODE_SIZE && (root[NODE_SIZE - 1] as number) < 64 && isPieceSize(pieceSize))
    return
  throw new StorageError('SEGMENT_INVALID', {
    what: 'the proof is of something that is no piece',
    expected: 'a commitment of 254 bits and a power of two of at least 128 padded bytes',
    got: `${toHex(root)} and ${pieceSize}`,
  })
}

function invalid(
  why: string,
  expected: string | number | undefined,
  got: string | number,
): StorageError {
  return new StorageError('PROOF_INVALID', {
    what: `the inclusion proof is not valid: ${why}`,
    ...(expected === undefined ? {} : { expected }),
    got,
  })
}
