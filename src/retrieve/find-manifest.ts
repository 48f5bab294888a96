/** Where a manifest comes from: a server that knows the root of a whole payload, or the last part of one. */
import { isUtf8 } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import type { CID } from 'multiformats/cid'
import { decodeUnixfs } from '../unixfs/decode.ts'
import { walkUnixfs } from '../unixfs/walk.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { readBlock } from '../prepare/block-reader.ts'
import { decodeManifest, type Manifest, MANIFEST_NAME, PAYLOAD_NAME } from '../prepare/manifest.ts'
import type { TakenCar } from '../prepare/take-car.ts'
import { download, type DownloadOptions } from './download.ts'
import { type Source, urlAt } from './sources.ts'
import { parseRoot } from './want.ts'

/** Bytes of the JSON text. An entry has about 500: enough for 2000 parts, 62 TiB in pieces of 32 GiB. */
const MAX_MANIFEST_SIZE = 2 ** 20

/**
 * The manifest that a server has for a root, with all its parts; not judged yet.
 * @throws CID_NOT_FOUND; FETCH_FAILED also for anything but such a manifest of that root, and above 1 MiB
 */
export async function fetchManifest(
  source: Source,
  root: CID,
  options: DownloadOptions,
): Promise<Manifest> {
  const url = urlAt(source, `/manifest/${root}`)
  using found = await download(url, { ...options, accept: 'application/json' })
  const text = await textOf(found.bytes)
  if (text === undefined) throw refused(url, 'it is no text of at most 1 MiB')
  const manifest = decode(text, url)
  if (!parseRoot(manifest.root).toV1().equals(root.toV1()))
    throw refused(url, `it is the manifest of ${manifest.root}`)
  if (manifest.parts.length !== manifest.count) throw refused(url, 'it does not list all parts')
  return manifest
}

/**
 * The manifest in a CAR that is the last part of a payload: a directory of exactly the payload's share and a manifest that
 * lists all parts but one. Undefined for any other CAR, which is taken for what it is. @throws CAR_INVALID
 */
export async function manifestIn(
  { root, index }: TakenCar,
  car: FileHandle,
): Promise<Manifest | undefined> {
  const read = (cid: CID) => readBlock(car, index, cid)
  const node = decodeUnixfs(root, await read(root))
  if (node.kind !== 'folder' || node.entries.length !== 2) return undefined
  const payload = node.entries.find(({ name }) => name === PAYLOAD_NAME)
  const file = node.entries.find(({ name }) => name === MANIFEST_NAME)
  if (payload === undefined || file === undefined) return undefined
  for await (const entry of walkUnixfs(file.cid, read)) {
    const text = entry.kind === 'file' ? await textOf(entry.content()) : undefined
    const manifest = text === undefined ? undefined : tryDecode(text)
    return manifest !== undefined && manifest.parts.length < manifest.count ? manifest : undefined
  }
  return undefined
}

/** The share of the payload in a part. @throws CAR_INVALID when there is none */
export async function payloadIn({ root, index }: TakenCar, car: FileHandle): Promise<CID> {
  const node = decodeUnixfs(root, await readBlock(car, index, root))
  const shares = node.kind === 'folder' ? node.entries : []
  const [share, ...more] = shares.filter(({ name }) => name === PAYLOAD_NAME)
  if (share !== undefined && more.length === 0) return share.cid
  throw new StorageError('CAR_INVALID', {
    what: `the CAR of ${root} is no part of a payload`,
    expected: `a directory with one entry "${PAYLOAD_NAME}"`,
    got: `a ${node.kind} with ${more.length + (share === undefined ? 0 : 1)}`,
  })
}

/** Undefined for more than a manifest may have, and for what is not UTF-8. */
async function textOf(source: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > MAX_MANIFEST_SIZE) return undefined
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  return isUtf8(bytes) ? bytes.toString() : undefined
}

function tryDecode(text: string): Manifest | undefined {
  try {
    return decodeManifest(text, MANIFEST_NAME)
  } catch (error) {
    if (isStorageError(error, 'ARGUMENT_INVALID')) return undefined
    throw error
  }
}

function decode(text: string, url: string): Manifest {
  try {
    return decodeManifest(text, url)
  } catch (cause) {
    throw refused(url, 'it is not a manifest', cause)
  }
}

function refused(url: string, why: string, cause?: unknown): StorageError {
  return new StorageError('FETCH_FAILED', {
    what: `what ${url} answers is not taken: ${why}`,
    cause,
  })
}
