/**
 * The record of a piece: a JSON file beside its bytes. It is written last, so a piece with a record is whole.
 *
 *     pieces/<pieceCidV2>.car    the bytes; `.bin` for a piece that is no CAR (its `root` is empty)
 *     pieces/<pieceCidV2>.layout instead of bytes: what an aggregate is made of (aggregate/layout.ts)
 *     pieces/<pieceCidV2>.json   {version: 1, name, root, pieceCid, pieceCidV2, size, pieceSize, files, segments?}
 *
 * Everything but name and files follows from the bytes, and the piece CID v2 alone gives v1 and both sizes: a record
 * that disagrees with its own CID is corrupt.
 */
import { z } from 'zod/v4'
import type { Aggregate } from '../aggregate/aggregate.ts'
import { StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1, pieceCidV2, type PieceCommitment } from '../piece/piece-cid.ts'
import type { PieceRecord } from '../prepare/sink.ts'
import { cidKey } from './keys.ts'

export const RECORD_SUFFIX = '.json'
export const LAYOUT_SUFFIX = '.layout'

const size = z.number().int().nonnegative()

const shape = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  root: z.string(),
  pieceCid: z.string(),
  pieceCidV2: z.string(),
  size,
  pieceSize: size,
  files: size,
  segments: size.optional(),
})

export function encodeRecord(record: PieceRecord): string {
  return `${JSON.stringify(documentOf(record), undefined, 2)}\n`
}

/** Errors: DEPOT_CORRUPT for anything but a record that agrees with `v2`. */
export function decodeRecord(text: string, v2: string): PieceRecord {
  try {
    const record = recordIn(JSON.parse(text))
    if (record.pieceCidV2 !== v2) {
      throw new StorageError('DEPOT_CORRUPT', {
        what: 'the record is of another piece',
        expected: v2,
        got: record.pieceCidV2,
      })
    }
    return record
  } catch (cause) {
    throw new StorageError('DEPOT_CORRUPT', {
      what: `${v2}${RECORD_SUFFIX} is not the record of its piece`,
      hint: 'store the piece again, or remove it from the depot',
      cause,
    })
  }
}

/** The record as it is written: these fields, in this order. */
export function documentOf(record: PieceRecord): z.infer<typeof shape> {
  const { name, root, pieceCid, pieceCidV2: v2, size: bytes, pieceSize, files, segments } = record
  const fields = { name, root, pieceCid, pieceCidV2: v2, size: bytes, pieceSize, files }
  return { version: 1, ...fields, ...(segments === undefined ? {} : { segments }) }
}

/** The record that a document is. Errors: CID_INVALID, PIECE_MISMATCH, and those of zod for another shape. */
export function recordIn(document: unknown): PieceRecord {
  const { version: _, segments, ...rest } = shape.parse(document)
  const record = segments === undefined ? rest : { ...rest, segments }
  checkRecord(record)
  return record
}

/** Errors: CID_INVALID, PIECE_MISMATCH when the fields of a record contradict its piece CID v2. */
export function checkRecord(record: PieceRecord): void {
  const commitment = commitmentIn(record.pieceCidV2)
  const facts: [name: string, expected: string | number, got: string | number][] = [
    ['piece CID v1', pieceCidV1(commitment), record.pieceCid],
    ['piece CID v2', pieceCidV2(commitment), record.pieceCidV2],
    ['size', commitment.size, record.size],
    ['padded size', commitment.pieceSize, record.pieceSize],
    ['root', record.root === '' ? '' : cidKey(record.root), record.root],
  ]
  for (const [name, expected, got] of facts) {
    if (expected !== got) {
      throw new StorageError('PIECE_MISMATCH', {
        what: `${name} of the record of ${record.pieceCidV2}`,
        expected,
        got,
      })
    }
  }
}

/** The commitment that a piece CID v2 spells out. Errors: CID_INVALID. */
export function commitmentIn(v2: string): PieceCommitment {
  const { version, root, size: bytes, pieceSize } = parsePieceCid(v2)
  if (version !== 2 || bytes === undefined || pieceSize === undefined) {
    throw new StorageError('CID_INVALID', { what: `${v2} is not a piece CID v2` })
  }
  return { root, size: bytes, pieceSize }
}

/** The record of an aggregate, named by its piece CID v2 and with no files yet. */
export function recordOfAggregate(aggregate: Aggregate): PieceRecord {
  const v2 = pieceCidV2(aggregate)
  return {
    name: v2,
    root: '',
    pieceCid: pieceCidV1(aggregate),
    pieceCidV2: v2,
    size: aggregate.size,
    pieceSize: aggregate.pieceSize,
    files: 0,
    segments: aggregate.segments.length,
  }
}

/** Name of the file with the bytes of a piece, or with what they are made of. */
export function bytesName(record: PieceRecord): string {
  if (record.segments !== undefined) return `${record.pieceCidV2}${LAYOUT_SUFFIX}`
  return `${record.pieceCidV2}${record.root === '' ? '.bin' : '.car'}`
}
