/** What grows out of parts that are unpacked one behind the other, and whether each begins where the one before ended. */
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest, ManifestPart } from '../prepare/manifest.ts'
import type { TakenCar } from '../prepare/take-car.ts'
import { payloadIn } from './find-manifest.ts'
import { mismatch, pathOf } from './judge-manifest.ts'
import { comparePaths, type Path } from './order.ts'
import { emptyFolder } from './target.ts'
import { type Begun, unpack } from './unpack.ts'

export class Joint {
  bytes = 0
  files = 0
  readonly #manifest: Manifest
  readonly #folder: string
  readonly #signal: AbortSignal
  /** Whether the payload is one file. */
  readonly #isFile: boolean
  /** The last entry so far. */
  #last: Path | undefined

  private constructor(manifest: Manifest, folder: string, signal: AbortSignal) {
    this.#manifest = manifest
    this.#folder = folder
    this.#signal = signal
    this.#isFile = manifest.parts[0]?.first.path === ''
  }

  /** Of nothing yet, in `folder`, which is made empty. The manifest was judged. @throws DEPOT_FULL, DEPOT_READ_ONLY */
  static async begin(manifest: Manifest, folder: string, signal: AbortSignal): Promise<Joint> {
    await emptyFolder(folder)
    return new Joint(manifest, folder, signal)
  }

  /** The name of the file, where the payload is one. */
  get fileName(): string | undefined {
    return this.#isFile ? this.#manifest.name : undefined
  }

  /** Where the payload lies. */
  get path(): string {
    return join(this.#folder, this.fileName ?? '')
  }

  /**
   * Adds the next part; that of a last part may be missing in the manifest.
   * @throws as `unpack`; CAR_INVALID without a payload; PIECE_MISMATCH when it is not what the manifest says
   */
  async add(taken: TakenCar, car: FileHandle, part?: ManifestPart): Promise<void> {
    const begun = this.#begunFor(part)
    const share = { root: await payloadIn(taken, car), index: taken.index }
    const got = await unpack(share, car, this.#folder, this.#manifest.name, {
      signal: this.#signal,
      maxBytes: this.#manifest.size - this.bytes,
      ...(begun === undefined ? {} : { begun }),
    })
    requireSame('kind', this.#isFile ? 'a file' : 'a folder', got.isFolder ? 'a folder' : 'a file')
    if (part !== undefined) {
      requireSame('files in a part', part.files, got.files)
      requireSame('first file of a part', part.first.path, got.firstFile?.join('/') ?? 'none')
    }
    this.bytes += got.bytes
    this.files += got.files - (got.wentOn ? 1 : 0)
    this.#last = got.last
  }

  /** @throws PIECE_MISMATCH unless all bytes and files that the manifest states are there */
  requireWhole(): void {
    requireSame('bytes', this.#manifest.size, this.bytes)
    requireSame('files', this.#manifest.files, this.files)
  }

  #begunFor(part: ManifestPart | undefined): Begun | undefined {
    if (this.#last === undefined) return undefined
    if (part === undefined) return { last: this.#last, goesOn: true }
    const { path, offset } = part.first
    if (offset === 0) return { last: this.#last, goesOn: false }
    if (comparePaths(this.#last, pathOf(part)) !== 0)
      throw mismatch('file that goes on', this.#last.join('/'), path)
    return { last: this.#last, goesOn: true, offset }
  }
}

function requireSame(what: string, expected: string | number, got: string | number): void {
  if (expected !== got) throw mismatch(what, expected, got)
}
