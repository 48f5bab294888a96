/** What the disk rows read: files of bytes that do not repeat, made just before, so that they lie in the page cache. */
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CHUNK_SIZE, madeChunks, PERIOD } from './payload.ts'

const LABEL_SIZE = 8

/** One file. Every chunk begins with its number, so that no two are equal however long it is. */
export async function makeFile(path: string, size: number, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'w')
  try {
    let count = 0
    for (const chunk of madeChunks(size)) {
      signal.throwIfAborted()
      await file.writeFile(label(chunk, count++))
    }
  } finally {
    await file.close()
  }
}

/** `folders` folders of `files` files each. */
export async function makeFolder(
  path: string,
  { folders, files, size }: { folders: number; files: number; size: number },
  signal: AbortSignal,
): Promise<void> {
  const [bytes = new Uint8Array(0)] = madeChunks(Math.min(CHUNK_SIZE, PERIOD))
  for (let folder = 0; folder < folders; folder++) {
    signal.throwIfAborted()
    const inner = join(path, `folder-${folder}`)
    await mkdir(inner, { recursive: true })
    const writes = Array.from({ length: files }, (_, file) => {
      const content = label(bytes.slice(0, size), folder * files + file)
      return writeFile(join(inner, `file-${file}`), content)
    })
    await Promise.all(writes)
  }
}

/** Reads everything once, so that what earlier runs wrote does not keep it out of the page cache. */
export async function warm(path: string, signal: AbortSignal): Promise<void> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(
    () => undefined,
  )
  if (entries === undefined) {
    for await (const _ of createReadStream(path, { highWaterMark: CHUNK_SIZE, signal }));
    return
  }
  for (const entry of entries) {
    if (!entry.isFile()) continue
    signal.throwIfAborted()
    await readFile(join(entry.parentPath, entry.name))
  }
}

/** Writes `count` over the first bytes. */
function label(bytes: Uint8Array, count: number): Uint8Array {
  const number = Buffer.alloc(LABEL_SIZE)
  number.writeBigUInt64BE(BigInt(count))
  bytes.set(number.subarray(0, bytes.length))
  return bytes
}
