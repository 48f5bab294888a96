/** Folders, CARs and file systems that fail, for the tests of the depot. */
import { randomBytes } from 'node:crypto'
import * as disk from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as carWriter from '@ipld/car/buffer-writer'
import { Piece } from '@web3-storage/data-segment'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import type { Files } from '../../../../src/depot/files.ts'

export interface Fixture {
  readonly bytes: Uint8Array
  /** Root of a CAR; empty for other bytes. */
  readonly root: string
  readonly v1: string
  readonly v2: string
  readonly pieceSize: number
}

/** Bytes with the piece CIDs that another implementation gives them. */
export function raw(bytes: Uint8Array, root = ''): Fixture {
  const { link, size, toInfo } = Piece.fromPayload(bytes)
  const v1 = toInfo.call(Piece.fromPayload(bytes)).link
  return { bytes, root, v1: v1.toString(), v2: link.toString(), pieceSize: Number(size) }
}

/** A CAR of one raw block, made by another implementation. */
export async function car(block: Uint8Array, extra = 0): Promise<Fixture> {
  const cid = CID.createV1(0x55, await sha256.digest(block))
  const blocks = [{ cid, bytes: block }]
  for (let i = 0; i < extra; i++) {
    const more = Uint8Array.of(i)
    blocks.push({ cid: CID.createV1(0x55, await sha256.digest(more)), bytes: more })
  }
  const writer = carWriter.createWriter(new ArrayBuffer(block.length + 200 + extra * 64), {
    roots: [cid],
  })
  for (const each of blocks) writer.write(each)
  return raw(writer.close({ resize: true }), cid.toString())
}

export function random(size: number): Uint8Array {
  return new Uint8Array(randomBytes(size))
}

export async function* stream(bytes: Uint8Array, step = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
}

/** A new folder per test that goes with it. */
export function temporaryFolders(): () => Promise<string> {
  const made: string[] = []
  afterEach(async () => {
    for (const path of made.splice(0)) await disk.rm(path, { recursive: true, force: true })
  })
  return async () => {
    const path = await disk.mkdtemp(join(tmpdir(), 'depot-'))
    made.push(path)
    return path
  }
}

/** Names below a depot's folder, sorted: nothing half-written may be among them. */
export async function contents(folder: string): Promise<string[]> {
  const names = await disk.readdir(folder, { recursive: true })
  return names.filter((name) => name.includes('/')).toSorted()
}

export function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected`), { code })
}

/** The disk, whose file handles pass through `alter` and are counted while open. */
export function watchedFiles(alter: (handle: FileHandle, path: string) => void = () => undefined): {
  files: Files
  open: () => number
} {
  let count = 0
  const open: Files['open'] = async (path, flags, mode) => {
    const handle = await disk.open(path, flags, mode)
    count++
    const close = handle.close.bind(handle)
    handle.close = async () => {
      await close()
      count--
    }
    alter(handle, String(path))
    return handle
  }
  return { files: { ...disk, open }, open: () => count }
}
