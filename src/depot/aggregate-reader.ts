/**
 * A stretch of an aggregate as a stream: bytes of its segments, zeros, entries of the index. One segment is open at a time, and
 * closed before the next is opened and before the stream is; memory does not grow with the aggregate.
 */
import { Readable } from 'node:stream'
import type { Aggregate } from '../aggregate/aggregate.ts'
import { extentsOf, type FilledSegment } from '../aggregate/payload.ts'
import { isStorageError } from '../errors.ts'
import { pieceCidV2 } from '../piece/piece-cid.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { BUFFER_SIZE, requireRange } from './piece-reader.ts'

export interface AggregateSource {
  /** What the aggregate is made of. Called when the first byte is asked for. */
  aggregate(): Promise<Aggregate<FilledSegment>>
  /** Raw bytes `from` up to, without, `to` of a piece. */
  segment(v2: string, from: number, to: number): Promise<Readable>
  /** Called before the stream fails with DEPOT_CORRUPT. */
  onCorrupt(): void
}

/** The bytes from `start` up to, without, `end`. Errors: ARGUMENT_INVALID at once, from the stream those of the source. */
export function readAggregate(
  piece: StoredPiece,
  source: AggregateSource,
  start = 0,
  end = piece.size,
): Readable {
  requireRange(piece, start, end)
  return Readable.from(bytesOf(source, start, end), {
    objectMode: false,
    highWaterMark: BUFFER_SIZE,
  })
}

async function* bytesOf(
  source: AggregateSource,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  try {
    const aggregate = await source.aggregate()
    for (const extent of extentsOf(aggregate, start, end)) {
      if (extent.kind === 'bytes') yield extent.bytes
      else if (extent.kind === 'zeros') yield* zeros(extent.length)
      else {
        const v2 = pieceCidV2(aggregate.segments[extent.segment] as FilledSegment)
        yield* allOf(await source.segment(v2, extent.from, extent.to))
      }
    }
  } catch (error) {
    if (isStorageError(error, 'DEPOT_CORRUPT')) source.onCorrupt()
    throw error
  }
}

async function* allOf(bytes: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
  } finally {
    bytes.destroy()
    if (!bytes.closed) await new Promise((resolve) => bytes.once('close', resolve))
  }
}

function* zeros(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= BUFFER_SIZE)
    yield new Uint8Array(Math.min(left, BUFFER_SIZE))
}
