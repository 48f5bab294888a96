/**
 * A stretch of a stored piece as a stream. The file is opened when the first byte is asked for and closed when the
 * stream ends or is destroyed; one buffer is in flight. A file whose length is not the piece's is DEPOT_CORRUPT.
 */
import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { callbackify } from 'node:util'
import { StorageError } from '../errors.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { depotFault } from './fault.ts'
import { errnoOf, type Files } from './files.ts'

/** Bytes per read of the disk. */
export const BUFFER_SIZE = 256 * 1024

export class PieceReader extends Readable {
  readonly #files: Files
  readonly #piece: StoredPiece
  readonly #end: number
  #offset: number
  #handle: FileHandle | undefined
  /** The opening or reading that is under way. */
  #busy: Promise<void> | undefined

  /** The bytes from `start` up to, without, `end`. Errors: ARGUMENT_INVALID. */
  constructor(files: Files, piece: StoredPiece, start = 0, end = piece.size) {
    requireRange(piece, start, end)
    super({ highWaterMark: BUFFER_SIZE })
    this.#files = files
    this.#piece = piece
    this.#offset = start
    this.#end = end
  }

  override _read(): void {
    this.#busy = this.#next().then(
      (chunk) => void this.push(chunk),
      (error: Error) => void this.destroy(error),
    )
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    callbackify(() => this.#close(error))(done)
  }

  async #next(): Promise<Uint8Array | null> {
    try {
      this.#handle ??= await this.#open()
      const length = Math.min(BUFFER_SIZE, this.#end - this.#offset)
      if (length === 0) return null
      const buffer = Buffer.allocUnsafeSlow(length)
      const { bytesRead } = await this.#handle.read(buffer, 0, length, this.#offset)
      if (bytesRead === 0) throw corrupt(this.#piece, `${this.#offset} bytes`)
      this.#offset += bytesRead
      return buffer.subarray(0, bytesRead)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') throw corrupt(this.#piece, 'no file', error)
      throw depotFault(error, `read ${this.#piece.path}`)
    }
  }

  async #open(): Promise<FileHandle> {
    const handle = await this.#files.open(this.#piece.path, 'r')
    try {
      const { size } = await handle.stat()
      if (size !== this.#piece.size) throw corrupt(this.#piece, `${size} bytes`)
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async #close(error: Error | null): Promise<void> {
    await this.#busy
    await this.#handle?.close()
    if (error !== null) throw error
  }
}

/** Errors: ARGUMENT_INVALID unless the piece has bytes from `start` up to `end`. */
export function requireRange(piece: StoredPiece, start: number, end: number): void {
  const isRange = Number.isSafeInteger(start) && Number.isSafeInteger(end)
  if (isRange && start >= 0 && end >= start && end <= piece.size) return
  throw new StorageError('ARGUMENT_INVALID', {
    what: `bytes of ${piece.pieceCidV2}`,
    expected: `a range within 0..${piece.size}`,
    got: `${start}..${end}`,
  })
}

/** The bytes of a piece are not what its record says. */
export function corrupt(piece: StoredPiece, got: string, cause?: unknown): StorageError {
  return new StorageError('DEPOT_CORRUPT', {
    what: `piece "${piece.name}" at ${piece.path}`,
    expected: `${piece.size} bytes of ${piece.pieceCidV2}`,
    got,
    hint: 'store the piece again: it takes the place of the damaged file',
    cause,
  })
}
