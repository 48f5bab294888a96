/**
 * What was found at the inputs, before anything is read: a tree of files and folders in columns. An entry takes 46 bytes and
 * its name, so that a million files take 60 MB, where a million objects would take a gigabyte.
 *
 * Entries are numbered depth first: 0 is the root, and folder `i` is followed by all that is in it, up to `end(i)`.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** What a file was when it was found; whoever reads it compares. Numbers as `fs.Stats` has them. */
export interface FileIdentity {
  /** Bytes. */
  readonly size: number
  readonly dev: number
  readonly ino: number
  /** Milliseconds since 1970, with their fraction. */
  readonly mtimeMs: number
}

const FIRST_CAPACITY = 64
const FOLDER = 0
const FILE = 1

export class Listing {
  #length = 0
  #files = 0
  #bytes = 0
  #columns = new Columns(FIRST_CAPACITY)
  #names = Buffer.alloc(16 * FIRST_CAPACITY)
  /** What the user named: its path is not that of a folder above it with its name. */
  readonly #paths = new Map<number, string>()
  readonly #open: number[] = []

  /** Number of files and folders. */
  get length(): number {
    return this.#length
  }

  get files(): number {
    return this.#files
  }

  /** Bytes of all files. */
  get bytes(): number {
    return this.#bytes
  }

  /** Begins a folder, in the one that is open. `path` only where it does not follow from the folder around it. */
  openFolder(name: string, path?: string): void {
    this.#open.push(this.#add(FOLDER, name, path))
  }

  closeFolder(): void {
    const folder = this.#open.pop()
    if (folder !== undefined) this.#columns.sizes[folder] = this.#length
  }

  addFile(name: string, { size, dev, ino, mtimeMs }: FileIdentity, path?: string): void {
    const entry = this.#add(FILE, name, path)
    const { sizes, devices, inodes, times } = this.#columns
    sizes[entry] = size
    devices[entry] = dev
    inodes[entry] = ino
    times[entry] = mtimeMs
    this.#files += 1
    this.#bytes += size
  }

  isFile(entry: number): boolean {
    return this.#columns.kinds[entry] === FILE
  }

  name(entry: number): string {
    const start = entry === 0 ? 0 : this.#nameEnd(entry - 1)
    return this.#names.toString('utf8', start, this.#nameEnd(entry))
  }

  /** Bytes of the name, in UTF-8. */
  nameSize(entry: number): number {
    return this.#nameEnd(entry) - (entry === 0 ? 0 : this.#nameEnd(entry - 1))
  }

  /** Absolute path on the disk; empty for a folder that is on none. */
  path(entry: number): string {
    const stated = this.#paths.get(entry)
    return stated ?? join(this.path(this.#columns.parents[entry] ?? 0), this.name(entry))
  }

  /** Names from below the root, joined by `/`; empty for the root. */
  pathBelowRoot(entry: number): string {
    if (entry === 0) return ''
    const above = this.pathBelowRoot(this.#columns.parents[entry] ?? 0)
    return above === '' ? this.name(entry) : `${above}/${this.name(entry)}`
  }

  /** Of a folder: the number behind the last entry in it. */
  end(folder: number): number {
    return this.#columns.sizes[folder] ?? 0
  }

  /** Of a file. */
  identity(file: number): FileIdentity {
    const { sizes, devices, inodes, times } = this.#columns
    return {
      size: sizes[file] ?? 0,
      dev: devices[file] ?? 0,
      ino: inodes[file] ?? 0,
      mtimeMs: times[file] ?? 0,
    }
  }

  /** Bytes of a file. */
  size(file: number): number {
    return this.#columns.sizes[file] ?? 0
  }

  /**
   * SHA-256 in hexadecimal over everything but paths and devices (whose numbers another start of the system may change): equal
   * listings are the same input, unchanged.
   */
  digest(): string {
    const hash = createHash('sha256')
    const { kinds, sizes, inodes, times, nameEnds } = this.#columns
    for (const column of [kinds, sizes, inodes, times, nameEnds])
      hash.update(column.subarray(0, this.#length))
    return hash.update(this.#names.subarray(0, this.#nameEnd(this.#length - 1))).digest('hex')
  }

  #add(kind: number, name: string, path: string | undefined): number {
    const entry = this.#length
    if (entry === this.#columns.capacity) this.#columns = this.#columns.doubled()
    this.#columns.kinds[entry] = kind
    this.#columns.parents[entry] = this.#open.at(-1) ?? 0
    this.#columns.nameEnds[entry] = this.#appendName(name)
    if (path !== undefined) this.#paths.set(entry, path)
    this.#length += 1
    return entry
  }

  #appendName(name: string): number {
    const start = this.#length === 0 ? 0 : this.#nameEnd(this.#length - 1)
    // UTF-8 takes at most three bytes for a unit of a string.
    const most = start + 3 * name.length
    if (most > this.#names.length) {
      const larger = Buffer.alloc(Math.max(2 * this.#names.length, most))
      larger.set(this.#names)
      this.#names = larger
    }
    return start + this.#names.write(name, start)
  }

  #nameEnd(entry: number): number {
    return this.#columns.nameEnds[entry] ?? 0
  }
}

class Columns {
  readonly capacity: number
  readonly kinds: Uint8Array
  readonly parents: Uint32Array
  readonly nameEnds: Float64Array
  /** Of a file its bytes, of a folder the number behind its last entry. */
  readonly sizes: Float64Array
  readonly devices: Float64Array
  readonly inodes: Float64Array
  readonly times: Float64Array

  constructor(capacity: number) {
    this.capacity = capacity
    this.kinds = new Uint8Array(capacity)
    this.parents = new Uint32Array(capacity)
    this.nameEnds = new Float64Array(capacity)
    this.sizes = new Float64Array(capacity)
    this.devices = new Float64Array(capacity)
    this.inodes = new Float64Array(capacity)
    this.times = new Float64Array(capacity)
  }

  doubled(): Columns {
    const larger = new Columns(2 * this.capacity)
    larger.kinds.set(this.kinds)
    larger.parents.set(this.parents)
    larger.nameEnds.set(this.nameEnds)
    larger.sizes.set(this.sizes)
    larger.devices.set(this.devices)
    larger.inodes.set(this.inodes)
    larger.times.set(this.times)
    return larger
  }
}
