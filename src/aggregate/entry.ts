/**
 * Entries of the data segment index, 64 bytes each, in FR32-padded form:
 *
 *     [commitment 32][offset u64le][size u64le][checksum 16]
 *
 * The checksum is the SHA-256 of the entry with zeros in its place, cut to 16 bytes, the two top bits of the last one
 * cleared: so both halves of an entry are leaves of the tree.
 * @see FRC-0058, "Data Segment Index"; go-data-segment datasegment/index.go
 */
import { NODE_SIZE, sha256Pairs } from '../piece/hash-pairs.ts'
import type { Segment } from './segment.ts'
import { ENTRY_SIZE } from './size.ts'

const OFFSET_AT = NODE_SIZE
const SIZE_AT = OFFSET_AT + 8
const CHECKSUM_AT = SIZE_AT + 8
const CHECKSUM_SIZE = 16
/** Offsets and sizes count padded bytes: whole FR32 quads. */
const UNIT = 128n

/** What an entry says. Whoever wrote it may have written anything. */
export interface IndexEntry {
  /** Number of the entry in the index area, from 0. */
  readonly slot: number
  readonly root: Uint8Array
  readonly offset: bigint
  readonly size: bigint
}

/** The entries of segments, in their order. */
export function encodeEntries(segments: readonly Segment[]): Uint8Array {
  const entries = new Uint8Array(segments.length * ENTRY_SIZE)
  const view = new DataView(entries.buffer)
  for (const [i, { root, offset, pieceSize }] of segments.entries()) {
    const at = i * ENTRY_SIZE
    entries.set(root, at)
    view.setBigUint64(at + OFFSET_AT, BigInt(offset), true)
    view.setBigUint64(at + SIZE_AT, BigInt(pieceSize), true)
  }
  const sums = checksums(entries)
  for (let i = 0; i < segments.length; i++)
    entries.set(
      sums.subarray(i * NODE_SIZE, i * NODE_SIZE + CHECKSUM_SIZE),
      i * ENTRY_SIZE + CHECKSUM_AT,
    )
  return entries
}

/**
 * The entries that count, of an index area in padded form that may have been made by anyone: those whose checksum is
 * right, at whole quads. The rest is passed over, as FRC-0058 says. Roots are copies.
 * @param area A multiple of 64 bytes; what is left behind the last one is passed over too.
 */
export function readEntries(area: Uint8Array): IndexEntry[] {
  const whole = area.slice(0, area.length - (area.length % ENTRY_SIZE))
  const blank = whole.slice()
  for (let at = CHECKSUM_AT; at < blank.length; at += ENTRY_SIZE)
    blank.fill(0, at, at + CHECKSUM_SIZE)
  const sums = checksums(blank)
  const view = new DataView(whole.buffer)
  const entries: IndexEntry[] = []
  for (let slot = 0; slot * ENTRY_SIZE < whole.length; slot++) {
    const at = slot * ENTRY_SIZE
    const said = whole.subarray(at + CHECKSUM_AT, at + ENTRY_SIZE)
    if (Buffer.compare(said, sums.subarray(slot * NODE_SIZE, slot * NODE_SIZE + CHECKSUM_SIZE)))
      continue
    const offset = view.getBigUint64(at + OFFSET_AT, true)
    const size = view.getBigUint64(at + SIZE_AT, true)
    if (offset % UNIT !== 0n || size % UNIT !== 0n) continue
    entries.push({ slot, root: whole.slice(at, at + NODE_SIZE), offset, size })
  }
  return entries
}

/** 32 bytes for each entry, of which the first 16 are its checksum. `entries` have zeros where checksums go. */
function checksums(entries: Uint8Array): Uint8Array {
  const sums = new Uint8Array(entries.length / 2)
  if (entries.length > 0) sha256Pairs()(entries, sums)
  for (let last = CHECKSUM_SIZE - 1; last < sums.length; last += NODE_SIZE)
    sums[last] = (sums[last] as number) & 0x3f
  return sums
}
