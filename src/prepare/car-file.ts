/**
 * A CAR being written into a staged file while its commitment is computed: one pass, each byte hashed as it is written.
 * The header holds the root, which is known last; its place is kept, and filled in both file and commitment by `finish`.
 *
 * Writes are gathered and one at a time is under way; `put` waits only when too much has gathered.
 */
import { type FileHandle, open } from 'node:fs/promises'
import type { CID } from 'multiformats/cid'
import { CidTable } from '../car/cid-table.ts'
import { carHeader, HEADER_SIZE, sectionHead } from '../car/writer.ts'
import { StorageError } from '../errors.ts'
import { PieceHasher } from '../piece/hasher.ts'
import type { PieceCommitment } from '../piece/piece-cid.ts'
import { unpaddedCapacity } from '../piece/size.ts'
import { requireLive, sinkFault } from './fault.ts'

/** Bytes that gather before a write: few enough for memory, enough to make system calls rare. */
const BATCH_SIZE = 4 * 2 ** 20

export interface CarFileOptions {
  /** Padded bytes; the CAR must fit. */
  readonly maxPieceSize: number
  readonly signal?: AbortSignal | undefined
}

export class CarFile {
  readonly #path: string
  readonly #file: FileHandle
  readonly #capacity: number
  readonly #signal: AbortSignal | undefined
  readonly #hasher: PieceHasher
  readonly #seen = new CidTable()
  #batch: Uint8Array[] = []
  #batchSize = 0
  #size = 0
  #writing: Promise<void> = Promise.resolve()

  private constructor(path: string, file: FileHandle, options: CarFileOptions, head: number) {
    this.#path = path
    this.#file = file
    this.#capacity = unpaddedCapacity(options.maxPieceSize)
    this.#signal = options.signal
    this.#hasher = new PieceHasher({ deferHead: head })
  }

  /** A CAR made of blocks, whose header comes last. */
  static async forBlocks(path: string, options: CarFileOptions): Promise<CarFile> {
    const car = await CarFile.#open(path, options, HEADER_SIZE)
    await car.append(new Uint8Array(HEADER_SIZE))
    return car
  }

  /** A CAR whose bytes exist and are only appended. */
  static forBytes(path: string, options: CarFileOptions): Promise<CarFile> {
    return CarFile.#open(path, options, 0)
  }

  static async #open(path: string, options: CarFileOptions, head: number): Promise<CarFile> {
    const file = await open(path, 'r+').catch((error: unknown) => {
      throw sinkFault(path, error)
    })
    return new CarFile(path, file, options, head)
  }

  /**
   * Appends a block, once: the first place of a CID is its only one. The caller must not write to `bytes` afterwards.
   * @throws PIECE_TOO_LARGE, DEPOT_FULL, DEPOT_READ_ONLY, ABORTED
   */
  async put(cid: CID, bytes: Uint8Array): Promise<void> {
    if (this.#seen.get(cid) !== undefined) return
    const head = sectionHead(cid, bytes.length)
    this.#seen.set(cid, { offset: this.#size + head.length, size: bytes.length })
    await this.append(head)
    await this.append(bytes)
  }

  async append(bytes: Uint8Array): Promise<void> {
    requireLive(this.#signal)
    this.#size += bytes.length
    if (this.#size > this.#capacity) throw tooLarge(this.#size, this.#capacity)
    this.#hasher.update(bytes)
    this.#batch.push(bytes)
    this.#batchSize += bytes.length
    if (this.#batchSize >= BATCH_SIZE) await this.#flush()
  }

  /** Writes what is left and the header, and closes the file. `root` only for a CAR made of blocks. */
  async finish(root?: CID): Promise<PieceCommitment> {
    await this.#flush()
    await this.#writing
    if (root === undefined) {
      await this.close()
      return this.#hasher.digest()
    }
    const header = carHeader(root)
    await this.#writeAll([header], 0)
    await this.close()
    return this.#hasher.digest(header)
  }

  /** Lets go of the file, finished or not. */
  async close(): Promise<void> {
    await this.#writing.catch(() => {}) // reported to whoever appended
    await this.#file.close()
  }

  /** Hands the batch to the disk once the batch before it is written. */
  async #flush(): Promise<void> {
    const batch = this.#batch
    const start = this.#size - this.#batchSize
    this.#batch = []
    this.#batchSize = 0
    await this.#writing
    this.#writing = this.#writeAll(batch, start)
    this.#writing.catch(() => {}) // rethrown by the next flush or by finish
  }

  async #writeAll(buffers: Uint8Array[], start: number): Promise<void> {
    let bytes = coalesce(buffers)
    let position = start
    while (bytes.length > 0) {
      const { bytesWritten } = await this.#file.writev(bytes, position).catch((error: unknown) => {
        throw sinkFault(this.#path, error)
      })
      position += bytesWritten
      bytes = skip(bytes, bytesWritten)
    }
  }
}

/** Joins runs of small buffers: a system call with a thousand of them costs more than the copy. */
function coalesce(buffers: Uint8Array[]): Uint8Array[] {
  const size = buffers.reduce((sum, buffer) => sum + buffer.length, 0)
  return size / Math.max(buffers.length, 1) < 2 ** 16 ? [Buffer.concat(buffers)] : buffers
}

function skip(buffers: Uint8Array[], count: number): Uint8Array[] {
  let left = count
  const rest: Uint8Array[] = []
  for (const buffer of buffers) {
    if (left < buffer.length) rest.push(buffer.subarray(left))
    left = Math.max(left - buffer.length, 0)
  }
  return rest
}

export function tooLarge(got: number, capacity: number): StorageError {
  return new StorageError('PIECE_TOO_LARGE', {
    what: 'the input does not fit one piece',
    expected: `at most ${capacity} bytes`,
    got: `${got} bytes or more`,
    hint: 'prepare it in several parts',
  })
}
