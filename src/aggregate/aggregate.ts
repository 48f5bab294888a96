/**
 * An aggregate: many pieces as segments of one, with an index of them. Its commitment follows from theirs; no data is read.
 * @see FRC-0058; go-data-segment datasegment/creation.go
 */
import { StorageError } from '../errors.ts'
import { NODE_SIZE, type PairHasher } from '../piece/hash-pairs.ts'
import type { PieceCommitment } from '../piece/piece-cid.ts'
import { unpaddedCapacity } from '../piece/size.ts'
import { encodeEntries } from './entry.ts'
import type { InclusionProof } from './proof.ts'
import { requirePlaced, type Segment } from './segment.ts'
import { ENTRY_SIZE, indexStart } from './size.ts'
import { type Level, SparseTree } from './sparse-tree.ts'

export class Aggregate<S extends Segment = Segment> implements PieceCommitment {
  /** Commitment of the whole, the index included. */
  readonly root: Uint8Array
  readonly pieceSize: number
  /** Raw bytes: all that the piece holds, because the index is at its end. */
  readonly size: number
  readonly segments: readonly S[]
  /** Entries of the segments, without the empty ones behind them. */
  readonly entries: Uint8Array
  readonly #tree: SparseTree

  /**
   * @param segments By ascending offset; as `placeSegments` gives them.
   * @throws SEGMENT_INVALID, AGGREGATE_FULL when they do not stand where they may
   */
  constructor(segments: readonly S[], pieceSize: number, hashPairs?: PairHasher) {
    requirePlaced(segments, pieceSize)
    this.pieceSize = pieceSize
    this.size = unpaddedCapacity(pieceSize)
    this.segments = segments
    this.entries = encodeEntries(segments)
    const levels = levelsOf(segments, this.entries, indexStart(pieceSize) / NODE_SIZE)
    this.#tree = new SparseTree(levels, levelOf(pieceSize), hashPairs)
    this.root = this.#tree.root
  }

  /** That segment `i` is in the aggregate, and entry `i` in its index. @throws ARGUMENT_INVALID when there is none */
  proof(i: number): InclusionProof {
    const segment = this.segments[i]
    if (segment === undefined)
      throw new StorageError('ARGUMENT_INVALID', {
        what: 'the aggregate has no such segment',
        expected: `0 to ${this.segments.length - 1}`,
        got: i,
      })
    const index = segment.offset / segment.pieceSize
    const entry = indexStart(this.pieceSize) / ENTRY_SIZE + i
    return {
      proofSubtree: { index, path: this.#tree.path(levelOf(segment.pieceSize), index) },
      proofIndex: { index: entry, path: this.#tree.path(1, entry) },
    }
  }

  /** Commitment of the index area, as if it were a piece. */
  get indexRoot(): Uint8Array {
    const area = this.pieceSize - indexStart(this.pieceSize)
    return this.#tree.node(levelOf(area), this.pieceSize / area - 1)
  }
}

/** The roots of segments at the level of their size; the entries as leaves, two for each. */
function levelsOf(
  segments: readonly Segment[],
  entries: Uint8Array,
  firstLeaf: number,
): Map<number, Level> {
  const levels = new Map<number, Level>()
  for (const [level, group] of Map.groupBy(segments, ({ pieceSize }) => levelOf(pieceSize))) {
    const nodes = new Uint8Array(group.length * NODE_SIZE)
    const indices = Float64Array.from(group, ({ offset, pieceSize }) => offset / pieceSize)
    for (const [i, { root }] of group.entries()) nodes.set(root, i * NODE_SIZE)
    levels.set(level, { indices, nodes })
  }
  const leaves = Float64Array.from({ length: entries.length / NODE_SIZE }, (_, i) => firstLeaf + i)
  levels.set(0, { indices: leaves, nodes: entries })
  return levels
}

function levelOf(pieceSize: number): number {
  return Math.log2(pieceSize / NODE_SIZE)
}
