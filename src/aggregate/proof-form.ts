/**
 * Inclusion proofs as others write them: JSON with hexadecimal nodes, as contracts and services take them, and DAG-CBOR
 * `[[index, [path…]], [index, [path…]]]`, subtree first.
 * @see go-data-segment merkletree/cbor_gen.go; storacha data-segment src/inclusion.js
 */
import * as dagCbor from '@ipld/dag-cbor'
import { fromHex, toHex } from '../bytes/hex.ts'
import { StorageError } from '../errors.ts'
import type { InclusionProof, MerkleProof } from './proof.ts'

export interface MerkleProofDocument {
  readonly index: number
  /** `0x…`, 32 bytes each. */
  readonly path: readonly string[]
}

export interface ProofDocument {
  readonly proofSubtree: MerkleProofDocument
  readonly proofIndex: MerkleProofDocument
}

export function proofDocument({ proofSubtree, proofIndex }: InclusionProof): ProofDocument {
  return { proofSubtree: documentOf(proofSubtree), proofIndex: documentOf(proofIndex) }
}

/** @throws ARGUMENT_INVALID for text that is not hexadecimal */
export function proofIn({ proofSubtree, proofIndex }: ProofDocument): InclusionProof {
  return { proofSubtree: merkleProofIn(proofSubtree), proofIndex: merkleProofIn(proofIndex) }
}

export function encodeProof({ proofSubtree, proofIndex }: InclusionProof): Uint8Array {
  return dagCbor.encode([proofSubtree, proofIndex].map(({ index, path }) => [index, path]))
}

/** @throws CBOR_INVALID for anything but what `encodeProof` writes */
export function decodeProof(bytes: Uint8Array): InclusionProof {
  let decoded: unknown
  try {
    decoded = dagCbor.decode(bytes)
  } catch (cause) {
    throw notAProof(cause)
  }
  if (!Array.isArray(decoded) || decoded.length !== 2) throw notAProof()
  const proof = { proofSubtree: pathIn(decoded[0]), proofIndex: pathIn(decoded[1]) }
  if (Buffer.compare(encodeProof(proof), bytes) !== 0) throw notAProof()
  return proof
}

function pathIn(value: unknown): MerkleProof {
  if (!Array.isArray(value) || value.length !== 2) throw notAProof()
  const [index, path] = value as unknown[]
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) throw notAProof()
  if (!Array.isArray(path)) throw notAProof()
  return { index, path: path.map(nodeIn) }
}

function nodeIn(value: unknown): Uint8Array {
  if (value instanceof Uint8Array && value.length === 32) return value
  throw notAProof()
}

function documentOf({ index, path }: MerkleProof): MerkleProofDocument {
  return { index, path: path.map(toHex) }
}

function merkleProofIn({ index, path }: MerkleProofDocument): MerkleProof {
  return { index, path: path.map(fromHex) }
}

function notAProof(cause?: unknown): StorageError {
  return new StorageError('CBOR_INVALID', {
    what: 'the bytes are not an inclusion proof',
    expected: '[[index, [nodes of 32 bytes]], [index, [nodes of 32 bytes]]] in its shortest form',
    cause,
  })
}
