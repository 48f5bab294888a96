/**
 * Preparations of several pieces that are under way, so that one that was killed goes on behind the parts it finished.
 *
 *     unfinished/<key>/<index>.leaves   digests of the leaves of a part, 32 bytes each
 *     unfinished/<key>/<index>.json     {version: 1, piece: <its record>, leavesSha256}; index from 0000, key 64 hex digits
 *
 * The .json is written last: a part that has one whose checksum holds is whole. All of it is a memory that saves work; what
 * cannot be used is prepared again.
 */
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod/v4'
import { StorageError } from '../errors.ts'
import type { FinishedPart, StoredPiece } from '../prepare/sink.ts'
import { depotFault } from './fault.ts'
import { errnoOf, type Files, replaceDurably } from './files.ts'
import { checkRecord, documentOf, recordIn } from './record.ts'

/** A preparation that was given up is forgotten after so long a rest. */
const MAX_REST_MS = 30 * 24 * 60 * 60 * 1000
const DIGEST_SIZE = 32
/** What four digits can name. */
const MAX_PARTS = 10_000
const KEY = /^[0-9a-f]{64}$/

const shape = z.strictObject({
  version: z.literal(1),
  piece: z.unknown(),
  leavesSha256: z.string(),
})

export class Unfinished {
  readonly #files: Files
  readonly #folder: string
  readonly #draft: () => string

  /** @param draft names a new path on the same disk, for what is written or removed */
  constructor(files: Files, folder: string, draft: () => string) {
    this.#files = files
    this.#folder = folder
    this.#draft = draft
  }

  /**
   * Remembers a part, in the place of one that had its index. Errors: INTERNAL for a key, index or leaves that are none,
   * PIECE_MISMATCH for a record that contradicts itself, system errors.
   */
  async finish(key: string, index: number, { piece, leaves }: FinishedPart): Promise<void> {
    checkRecord(piece)
    if (leaves.length % DIGEST_SIZE !== 0) {
      throw new StorageError('INTERNAL', { what: 'bytes of the leaves', got: leaves.length })
    }
    const document = { version: 1, piece: documentOf(piece), leavesSha256: checksum(leaves) }
    const path = this.#pathOf(key, index)
    const write = async () => {
      await replaceDurably(this.#files, this.#draft(), `${path}.leaves`, leaves)
      await replaceDurably(this.#files, this.#draft(), `${path}.json`, encode(document))
    }
    await write().catch((error: unknown) => {
      // another process prepares the same and has just forgotten it
      if (errnoOf(error) === 'ENOENT') return write()
      throw error
    })
  }

  /**
   * Parts from the first on, up to one that is missing or damaged, or whose piece `find` does not find whole.
   * Errors: INTERNAL for a key that is none, those of `depotFault` but DEPOT_CORRUPT.
   */
  async finished(
    key: string,
    find: (v2: string) => Promise<StoredPiece | undefined>,
  ): Promise<FinishedPart[]> {
    const parts: FinishedPart[] = []
    try {
      while (parts.length < MAX_PARTS) {
        const { record, leaves } = await this.#read(this.#pathOf(key, parts.length))
        const stored = await find(record.pieceCidV2)
        if (stored === undefined) break
        parts.push({ piece: { ...record, path: stored.path }, leaves })
      }
      return parts
    } catch (error) {
      const fault = depotFault(error, `read what is known of the preparation ${key}`)
      if (fault.code === 'DEPOT_CORRUPT') return parts
      throw fault
    }
  }

  /** In one step, so that no half of it is left. Errors: INTERNAL for a key that is none, system errors. */
  async forget(key: string): Promise<void> {
    const draft = this.#draft()
    try {
      await this.#files.rename(this.#folderOf(key), draft)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return
      throw error
    }
    await this.#files.rm(draft, { recursive: true, force: true })
  }

  /** Forgets what rested too long. A disk that cannot be written keeps it. Errors: those of `depotFault` but DEPOT_READ_ONLY. */
  async tidy(): Promise<void> {
    try {
      for (const name of await this.#files.readdir(this.#folder)) {
        if (KEY.test(name) && (await this.#restedMs(name)) > MAX_REST_MS) await this.forget(name)
      }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return
      const fault = depotFault(error, `tidy ${this.#folder}`)
      if (fault.code !== 'DEPOT_READ_ONLY') throw fault
    }
  }

  /** Since a part was last written: every rename into a folder sets its time. 0 when it is gone. */
  async #restedMs(key: string): Promise<number> {
    try {
      const { mtimeMs } = await this.#files.stat(this.#folderOf(key))
      return Date.now() - mtimeMs
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return 0
      throw error
    }
  }

  /** Errors: DEPOT_CORRUPT, system errors. */
  async #read(path: string) {
    const text = await this.#files.readFile(`${path}.json`, 'utf8')
    const leaves = new Uint8Array(await this.#files.readFile(`${path}.leaves`))
    try {
      const { piece, leavesSha256 } = shape.parse(JSON.parse(text))
      const got = checksum(leaves)
      if (got !== leavesSha256) {
        throw new StorageError('DEPOT_CORRUPT', {
          what: `SHA-256 of ${path}.leaves`,
          expected: leavesSha256,
          got,
        })
      }
      return { record: recordIn(piece), leaves }
    } catch (cause) {
      throw new StorageError('DEPOT_CORRUPT', { what: `${path}.json is damaged`, cause })
    }
  }

  #pathOf(key: string, index: number): string {
    if (!Number.isInteger(index) || index < 0 || index >= MAX_PARTS) {
      throw new StorageError('INTERNAL', {
        what: 'index of a part',
        expected: `0 to ${MAX_PARTS - 1}`,
        got: index,
      })
    }
    return join(this.#folderOf(key), String(index).padStart(4, '0'))
  }

  #folderOf(key: string): string {
    requireKey(key)
    return join(this.#folder, key)
  }
}

/** A key becomes a name in the depot. Errors: INTERNAL. */
export function requireKey(key: string): void {
  if (KEY.test(key)) return
  throw new StorageError('INTERNAL', {
    what: 'key of a preparation',
    expected: '64 hexadecimal digits in lower case',
    got: JSON.stringify(key),
  })
}

function checksum(bytes: Uint8Array): string {
  return hash('sha256', bytes)
}

function encode(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}
