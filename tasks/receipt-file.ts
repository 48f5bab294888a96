/** Receipts as files: JSON that nobody but a receipt takes the place of. */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StorageError } from '../src/errors.ts'
import { errnoOf, inputFault, sinkFault } from '../src/prepare/fault.ts'
import type { Receipt } from '../src/receipt/schema.ts'

/** Bytes. One has about 6 KiB. */
const MAX_SIZE = 2 ** 20

/** What the file says; whether that is a receipt is for its check. @throws INPUT_NOT_FOUND, INPUT_UNREADABLE, RECEIPT_INVALID */
export async function readReceipt(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw inputFault(path, error)
  })
  try {
    if (text.length <= MAX_SIZE) return JSON.parse(text) as unknown
  } catch (cause) {
    throw noReceipt(path, 'it is not JSON', cause)
  }
  throw noReceipt(path, `it is longer than ${MAX_SIZE} bytes`)
}

/** Whole or not at all; an older receipt makes room. @throws TARGET_EXISTS for any other file, DEPOT_FULL, DEPOT_READ_ONLY */
export async function writeReceipt(path: string, receipt: Receipt): Promise<void> {
  await requireRoom(path)
  const draft = `${path}.draft`
  try {
    await mkdir(dirname(path), { recursive: true })
    {
      await using file = await open(draft, 'w')
      await file.writeFile(`${JSON.stringify(receipt, undefined, 2)}\n`)
      await file.sync()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw sinkFault(path, error)
  }
}

async function requireRoom(path: string): Promise<void> {
  try {
    const there = JSON.parse(await readFile(path, 'utf8')) as { kind?: unknown } | null
    if (there?.kind === 'receipt') return
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    if (!(error instanceof SyntaxError)) throw sinkFault(path, error)
  }
  throw new StorageError('TARGET_EXISTS', {
    what: `${path} exists, is no receipt, and is not overwritten`,
    hint: 'name another file or folder with --out',
  })
}

function noReceipt(path: string, why: string, cause?: unknown): StorageError {
  return new StorageError('RECEIPT_INVALID', { what: `${path} is no receipt: ${why}`, cause })
}
