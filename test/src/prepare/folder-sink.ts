/** A sink for tests: a folder on disk, and a temporary folder per test. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { encodeManifest, type Manifest } from '../../../src/prepare/manifest.ts'
import type { FinishedPart, PieceSink } from '../../../src/prepare/sink.ts'

export class FolderSink implements PieceSink {
  readonly folder: string
  /** By root. Their files lie beside the folder. */
  readonly manifests = new Map<string, Manifest>()
  readonly #parts = new Map<string, FinishedPart[]>()
  #staged = 0

  constructor(folder: string) {
    this.folder = folder
    mkdirSync(folder, { recursive: true })
  }

  async stage() {
    const path = join(this.folder, `staged-${this.#staged++}`)
    await writeFile(path, '')
    return { path, discard: () => rm(path, { force: true }) }
  }

  async commit(staging: { path: string }, record: Parameters<PieceSink['commit']>[1]) {
    const path = join(this.folder, `${record.pieceCid}.car`)
    await rename(staging.path, path)
    return { ...record, path }
  }

  async finishedParts(key: string) {
    const parts = this.#parts.get(key) ?? []
    const end = [...parts, undefined].findIndex((part) => !part || !existsSync(part.piece.path))
    return parts.slice(0, end)
  }

  async finishPart(key: string, index: number, part: FinishedPart) {
    const parts = this.#parts.get(key) ?? []
    parts[index] = part
    this.#parts.set(key, parts)
  }

  async commitManifest(key: string, manifest: Manifest) {
    const path = `${this.folder}-${manifest.root}.json`
    await writeFile(path, encodeManifest(manifest))
    this.manifests.set(manifest.root, manifest)
    this.#parts.delete(key)
    return path
  }

  /** Names of the pieces in the sink. */
  contents(): string[] {
    return readdirSync(this.folder)
  }
}

/** A new folder under the system's temporary folder; `remove` it afterwards. */
export class Scratch {
  readonly path = mkdtempSync(join(tmpdir(), 'sealift-test-'))

  at(...names: string[]): string {
    return join(this.path, ...names)
  }

  /** Writes a file, making its folders, and returns its path. */
  file(name: string, content: string | Uint8Array = ''): string {
    const path = this.at(name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return path
  }

  folder(name: string): string {
    mkdirSync(this.at(name), { recursive: true })
    return this.at(name)
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** Every file under `folder` with the hash of its bytes, and every folder. */
export function treeOf(folder: string): Record<string, string> {
  const tree: Record<string, string> = {}
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    tree[path.slice(folder.length + 1)] = entry.isDirectory()
      ? 'folder'
      : sha256(readFileSync(path))
  }
  return tree
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
