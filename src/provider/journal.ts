/**
 * The provider's memory: an append-only file of JSON lines, each on the disk before what it announces is done. What
 * was written is never changed, and the names in it are for ever.
 */
import { mkdir, open, readFile, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { depotFault } from '../depot/fault.ts'
import { type ErrorCode, StorageError } from '../errors.ts'
import type { RefusalCode } from './decide.ts'
import { createTurns } from './turns.ts'

/** What the provider was doing when it failed. */
export type Step = 'judge' | 'download' | 'publish' | 'republish' | 'seal' | 'prove' | 'lose'

/** Something that happened, or (publishing, proving, losing) is about to. Epochs, ids and amounts are decimal text. */
export type Happening =
  /** Logs were followed up to this block. */
  | { readonly kind: 'followed'; readonly block: string }
  | {
      readonly kind: 'seen'
      readonly key: string
      readonly client: string
      readonly proposalId: string
      readonly block: string
    }
  | {
      readonly kind: 'refused'
      readonly key: string
      readonly code: RefusalCode
      readonly reason: string
    }
  | {
      readonly kind: 'accepted'
      readonly key: string
      /** Hex of the CBOR, this provider in it. */
      readonly proposal: string
      /** CID of the signed proposal: two equal ones are the same offer. */
      readonly identity: string
      readonly url: string
      /** Raw bytes. */
      readonly size: number
    }
  | { readonly kind: 'downloaded'; readonly key: string }
  | {
      readonly kind: 'publishing'
      /** One message, in this order. */
      readonly keys: readonly string[]
      readonly nonce: number
      readonly fromDealId: string
    }
  | { readonly kind: 'published'; readonly key: string; readonly dealId: string }
  | { readonly kind: 'sealed'; readonly key: string; readonly sector: string }
  | { readonly kind: 'proving'; readonly key: string }
  | { readonly kind: 'activated'; readonly key: string; readonly epoch: string }
  | { readonly kind: 'losing'; readonly key: string; readonly loss: 'fault' | 'terminate' }
  | { readonly kind: 'lost'; readonly key: string; readonly loss: 'fault' | 'terminate' }
  /** What came of publishing a second time on purpose. */
  | { readonly kind: 'republished'; readonly key: string; readonly outcome: string }
  | {
      readonly kind: 'failed'
      readonly key: string
      readonly step: Step
      readonly code: ErrorCode
      readonly reason: string
    }

/** `at`: milliseconds since 1970. */
export type Entry = Happening & { readonly at: number }

export interface Journal {
  /** Resolves when the entry is on the disk. */
  append(entry: Entry): Promise<void>
  close(): Promise<void>
}

/**
 * Opens or creates the file and reads what is in it. A last line that was cut off by a crash announces nothing that
 * was done and is removed; any other unreadable line is DEPOT_CORRUPT.
 * Errors, of `append` too: DEPOT_FULL, DEPOT_READ_ONLY, DEPOT_CORRUPT.
 */
export async function openJournal(path: string): Promise<{ journal: Journal; entries: Entry[] }> {
  try {
    return await openFile(path)
  } catch (error) {
    throw depotFault(error, `open the provider's journal ${path}`)
  }
}

async function openFile(path: string): Promise<{ journal: Journal; entries: Entry[] }> {
  await mkdir(dirname(path), { recursive: true })
  // Creates it; a file that cannot be appended to is told apart before anything is read.
  await (await open(path, 'a')).close()
  const text = await readFile(path, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const entries = whole
    .split('\n')
    .slice(0, -1)
    .map((line, index) => parse(line, `${path}:${index + 1}`))
  if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole))
  const file = await open(path, 'a')
  const inTurn = createTurns()
  let end = Buffer.byteLength(whole)
  let isTorn = false
  const append = async (entry: Entry): Promise<void> => {
    const line = `${JSON.stringify(entry)}\n`
    try {
      // Nothing may stand behind a line that is half written, as a full disk leaves it.
      if (isTorn) await file.truncate(end)
      isTorn = true
      await file.appendFile(line)
      await file.datasync()
      isTorn = false
      end += Buffer.byteLength(line)
    } catch (error) {
      throw depotFault(error, `write the provider's journal ${path}`)
    }
  }
  return {
    entries,
    journal: { append: (entry) => inTurn(() => append(entry)), close: () => file.close() },
  }
}

function parse(line: string, where: string): Entry {
  try {
    return JSON.parse(line) as Entry
  } catch (cause) {
    throw new StorageError('DEPOT_CORRUPT', {
      what: `a line of the provider's journal is not JSON: ${where}`,
      cause,
    })
  }
}
