/** Payloads cut by hand: each part is a folder on disk, prepared as one piece. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { encodeManifest, type Manifest, type ManifestPart } from '../../../src/prepare/manifest.ts'
import { prepare } from '../../../src/prepare/prepare.ts'
import type { StoredPiece } from '../../../src/prepare/sink.ts'
import { FolderSink, type Scratch } from '../prepare/folder-sink.ts'

/** Path below the payload → bytes; null for a folder without files. A payload that is a file has the path ''. */
export type Tree = Readonly<Record<string, string | Uint8Array | null>>

/** Where a part begins: a path and a byte of that file. */
export type Cut = readonly [path: string, offset: number]

export interface CutOptions {
  /** Changes the folder of a part before it is prepared. */
  readonly alter?: (folder: string, index: number) => void
  /** What is written into the last part in the place of its manifest. */
  readonly inLast?: (manifest: Manifest) => string | Uint8Array
}

export interface CutPayload {
  /** With all parts. */
  readonly manifest: Manifest
  readonly pieces: readonly StoredPiece[]
  /** Where the whole lies. */
  readonly path: string
}

interface Share {
  readonly path: string
  readonly offset: number
  readonly bytes: Uint8Array | null
}

/** Cuts `tree` and prepares the whole, for its root, and each part; all of it lies in `<name>…` in the scratch folder. */
export async function cutInto(
  scratch: Scratch,
  name: string,
  tree: Tree,
  cuts: readonly Cut[],
  options: CutOptions = {},
): Promise<CutPayload> {
  const sink = new FolderSink(scratch.at(`${name}-pieces`))
  const shares = entriesOf(tree)
  for (const { path, bytes } of shares) put(scratch.at(name), path, bytes)
  const { root } = await prepare([scratch.at(name)], sink, { threads: 0 })
  const files = shares.filter(({ bytes }) => bytes !== null)
  const parts: ManifestPart[] = []
  const pieces: StoredPiece[] = []
  const manifest = (): Manifest => ({
    version: 1,
    kind: 'manifest',
    name,
    root,
    size: files.reduce((size, { bytes }) => size + (bytes?.length ?? 0), 0),
    files: files.length,
    count: cuts.length + 1,
    parts: [...parts],
  })
  for (const [index, part] of cut(shares, cuts).entries()) {
    const folder = scratch.folder(`${name}-parts/${index}`)
    for (const { path, bytes } of part) put(join(folder, 'payload'), path, bytes)
    if (index === cuts.length) {
      const text = options.inLast?.(manifest()) ?? encodeManifest(manifest())
      writeFileSync(join(folder, 'manifest.json'), text)
    }
    options.alter?.(folder, index)
    const [piece] = (await prepare([folder], sink, { threads: 0 })).pieces as [StoredPiece]
    pieces.push(piece)
    const { root: own, pieceCid, pieceCidV2, size, pieceSize } = piece
    const inPart = part.filter(({ bytes }) => bytes !== null)
    const { path = '', offset = 0 } = inPart[0] ?? {}
    const facts = { root: own, pieceCid, pieceCidV2, size, pieceSize }
    parts.push({ ...facts, files: inPart.length, first: { path, offset } })
  }
  return { manifest: manifest(), pieces, path: scratch.at(name) }
}

/** In the order of the payload: depth first, names sorted by their bytes. */
function entriesOf(tree: Tree): Share[] {
  return Object.entries(tree)
    .map(([path, content]) => ({
      path,
      offset: 0,
      bytes: typeof content === 'string' ? Buffer.from(content) : content,
    }))
    .toSorted((a, b) => Buffer.compare(sortKey(a.path), sortKey(b.path)))
}

/** Bytes that sort as the names do, a name before those that begin with it. */
function sortKey(path: string): Buffer {
  return Buffer.from(path.replaceAll('/', '\0'))
}

function cut(shares: readonly Share[], cuts: readonly Cut[]): Share[][] {
  const parts: Share[][] = [[]]
  for (const share of shares) {
    let { offset } = share
    for (const [, at] of cuts.filter(([path]) => path === share.path)) {
      if (at > offset) parts.at(-1)?.push(slice(share, offset, at))
      parts.push([])
      offset = at
    }
    parts.at(-1)?.push(slice(share, offset))
  }
  return parts
}

function slice({ path, bytes }: Share, start: number, end?: number): Share {
  return { path, offset: start, bytes: bytes && bytes.subarray(start, end) }
}

function put(folder: string, path: string, bytes: Uint8Array | null): void {
  const place = join(folder, path)
  mkdirSync(bytes === null ? place : dirname(place), { recursive: true })
  if (bytes !== null) writeFileSync(place, bytes)
}
