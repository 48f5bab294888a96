/**
 * A CAR being written into a staged file while its commitment is computed: one pass, each byte hashed as it is written.
 * The header holds the root, which is known last; its place is kept, and filled in both file and commitment by `finish`.
 *
 * Blocks of 2 MiB are written and hashed at the same time (`PieceStream`); appending waits when too many are under way.
 */
import { type FileHandle, open } from 'node:fs/promises'
import type { CID } from 'multiformats/cid'
import { BlockSet } from '../car/block-set.ts'
import { carHeader, HEADER_SIZE, sectionHeadSize, writeSectionHead } from '../car/writer.ts'
import { StorageError } from '../errors.ts'
import type { BlockThreads } from '../piece/block-task.ts'
import type { PieceCommitment } from '../piece/piece-cid.ts'
import { PieceStream } from '../piece/piece-stream.ts'
import type { Ring } from '../piece/ring.ts'
import { unpaddedCapacity } from '../piece/size.ts'
import type { Block } from '../unixfs/node.ts'
import { requireLive, sinkFault } from './fault.ts'

/**
 * Bytes between two requests that the disk take what was written. Otherwise most of it would wait in memory for the fsync
 * at the end, and the disk would idle while hashing is under way.
 */
const SYNC_SIZE = 256 * 2 ** 20

/**
 * Bytes of a section that is not copied but held: half a chunk. Smaller ones would keep whole buffers for the sake of a few
 * bytes, and copying them costs little beside opening their files.
 */
const WORTH_HOLDING = 2 ** 19

export interface CarFileOptions {
  /** Padded bytes; the CAR must fit. */
  readonly maxPieceSize: number
  readonly signal?: AbortSignal | undefined
  /** Who hashes; the calling thread unless stated. */
  readonly threads?: BlockThreads | undefined
  /** Memory of an earlier CAR that is finished (`ringFor`). */
  readonly ring?: Ring | undefined
}

export class CarFile {
  readonly #path: string
  readonly #file: FileHandle
  readonly #capacity: number
  readonly #signal: AbortSignal | undefined
  readonly #stream: PieceStream
  readonly #seen = new BlockSet()
  #unsynced = 0
  #isSyncing = false
  #syncing: Promise<void> = Promise.resolve()

  private constructor(path: string, file: FileHandle, options: CarFileOptions, headSize: number) {
    this.#path = path
    this.#file = file
    this.#capacity = unpaddedCapacity(options.maxPieceSize)
    this.#signal = options.signal
    this.#stream = new PieceStream({
      threads: options.threads,
      ring: options.ring,
      headSize,
      keep: (parts, offset) => this.#write(parts, offset),
    })
  }

  /** A CAR made of blocks, whose header comes last. */
  static async forBlocks(path: string, options: CarFileOptions): Promise<CarFile> {
    const car = await CarFile.#open(path, options, HEADER_SIZE)
    try {
      await car.append(new Uint8Array(HEADER_SIZE))
      return car
    } catch (error) {
      await car.close()
      throw error
    }
  }

  /** A CAR whose bytes exist and are only appended. */
  static forBytes(path: string, options: CarFileOptions): Promise<CarFile> {
    return CarFile.#open(path, options, 0)
  }

  static async #open(path: string, options: CarFileOptions, headSize: number): Promise<CarFile> {
    const file = await open(path, 'r+').catch((error: unknown) => {
      throw sinkFault(path, error)
    })
    return new CarFile(path, file, options, headSize)
  }

  /** Bytes so far. */
  get size(): number {
    return this.#stream.size
  }

  /**
   * Appends a section, once: the first place of a block is its only one. `section` is the whole of it, as `writeSectionHead`
   * begins it, and is copied.
   * @param hold Where copying would cost more: called when the section is used where it is, and what it returns when it
   *   may be written to again. It then lies in shared memory.
   * @returns undefined where there was room, else a promise to wait for
   * @throws PIECE_TOO_LARGE, DEPOT_FULL, DEPOT_READ_ONLY, ABORTED
   */
  put(
    { codec, digest }: Pick<Block, 'codec' | 'digest'>,
    section: Uint8Array,
    hold?: () => () => void,
  ): Promise<void> | undefined {
    if (!this.#seen.add(codec, digest)) return undefined
    this.#requireRoom(section.length)
    if (hold !== undefined && section.length >= WORTH_HOLDING)
      return this.#stream.appendShared(section, hold())
    return this.#stream.tryAppend(section) ? undefined : this.#stream.append(section)
  }

  /** As `put`, of a block that has no section yet. */
  putBlock(block: Block): Promise<void> | undefined {
    if (this.#seen.has(block.codec, block.digest)) return undefined
    const headSize = sectionHeadSize(block.bytes.length)
    const section = new Uint8Array(headSize + block.bytes.length)
    writeSectionHead(section, 0, block.codec, block.digest, block.bytes.length)
    section.set(block.bytes, headSize)
    return this.put(block, section)
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#requireRoom(bytes.length)
    await this.#stream.append(bytes)
  }

  /** Writes what is left and the header, and closes the file. `root` only for a CAR made of blocks. */
  async finish(root?: CID): Promise<PieceCommitment> {
    const header = root === undefined ? new Uint8Array(0) : carHeader(root)
    const { root: commitment, size, pieceSize } = await this.#stream.finish(header)
    if (header.length > 0) await this.#write([header], 0)
    await this.#syncing
    await this.close()
    return { root: commitment, size, pieceSize }
  }

  /** Lets go of the file, finished or not. */
  async close(): Promise<void> {
    await this.#stream.settle()
    await this.#syncing.catch(() => {}) // reported by finish, where it matters
    await this.#file.close()
  }

  #requireRoom(length: number): void {
    requireLive(this.#signal)
    const size = this.#stream.size + length
    if (size > this.#capacity) throw tooLarge(size, this.#capacity)
  }

  async #write(parts: readonly Uint8Array[], offset: number): Promise<void> {
    let left = parts
    let at = offset
    try {
      while (left.length > 0) {
        const { bytesWritten } = await this.#file.writev(left, at)
        at += bytesWritten
        left = behind(left, bytesWritten)
      }
    } catch (error) {
      throw sinkFault(this.#path, error)
    }
    this.#unsynced += at - offset
    if (this.#unsynced >= SYNC_SIZE && !this.#isSyncing) this.#sync()
  }

  /** Not waited for while bytes come; a failure to write is told by `finish`. */
  #sync(): void {
    this.#unsynced = 0
    this.#syncing = this.#file.datasync().catch((error: unknown) => {
      throw sinkFault(this.#path, error)
    })
    this.#isSyncing = true
    void this.#syncing.catch(() => {}).finally(() => (this.#isSyncing = false))
  }
}

/** What is left of `parts` behind the first `count` bytes. */
function behind(parts: readonly Uint8Array[], count: number): Uint8Array[] {
  const rest: Uint8Array[] = []
  let left = count
  for (const part of parts) {
    if (left < part.length) rest.push(part.subarray(left))
    left = Math.max(left - part.length, 0)
  }
  return rest
}

export function tooLarge(got: number, capacity: number): StorageError {
  return new StorageError('PIECE_TOO_LARGE', {
    what: 'the input does not fit one piece',
    expected: `at most ${capacity} bytes`,
    got: `${got} bytes or more`,
    hint: 'use a larger piece size; a CAR, and one chunk of a file (1 MiB), cannot be split',
  })
}
