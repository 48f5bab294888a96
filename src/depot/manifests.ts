/**
 * Manifests of payloads that needed several pieces, by the root of the whole payload.
 *
 *     manifests/<root CID, v1 in base32>.json   as prepare/manifest.ts encodes it, with the entries of all parts
 *
 * A later manifest of the same root takes the place of the earlier one: it was prepared with pieces of another size.
 */
import { join } from 'node:path'
import { StorageError } from '../errors.ts'
import { decodeManifest, encodeManifest, type Manifest } from '../prepare/manifest.ts'
import { depotFault } from './fault.ts'
import { errnoOf, type Files, replaceDurably } from './files.ts'
import { cidKey } from './keys.ts'

export class Manifests {
  readonly #files: Files
  readonly #folder: string

  constructor(files: Files, folder: string) {
    this.#files = files
    this.#folder = folder
  }

  /**
   * Returns the absolute path of the file. Errors: CID_INVALID, INTERNAL unless all parts are listed, system errors.
   *
   * @param draft a path on the same disk for the file while it is written
   */
  async commit(manifest: Manifest, draft: string): Promise<string> {
    const root = cidKey(manifest.root)
    requireAllParts(manifest)
    const path = this.#pathOf(root)
    await replaceDurably(this.#files, draft, path, encodeManifest({ ...manifest, root }))
    return path
  }

  /** `root` in the spelling of `cidKey`. Errors: DEPOT_CORRUPT, those of `depotFault`. */
  async find(root: string): Promise<Manifest | undefined> {
    const path = this.#pathOf(root)
    let text: string
    try {
      text = await this.#files.readFile(path, 'utf8')
    } catch (error) {
      // a CID that is too long for a name was never stored
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENAMETOOLONG') return undefined
      throw depotFault(error, `read ${path}`)
    }
    try {
      const manifest = decodeManifest(text, path)
      requireAllParts(manifest)
      if (manifest.root === root) return manifest
      throw new StorageError('DEPOT_CORRUPT', {
        what: 'the manifest is of another payload',
        expected: root,
        got: manifest.root,
      })
    } catch (cause) {
      throw new StorageError('DEPOT_CORRUPT', {
        what: `${path} is not the manifest of its payload`,
        hint: 'prepare the payload again: its manifest takes the place of the damaged one',
        cause,
      })
    }
  }

  #pathOf(root: string): string {
    return join(this.#folder, `${root}.json`)
  }
}

function requireAllParts({ name, count, parts }: Manifest): void {
  if (parts.length === count) return
  throw new StorageError('INTERNAL', {
    what: `parts in the manifest of "${name}"`,
    expected: count,
    got: parts.length,
  })
}
