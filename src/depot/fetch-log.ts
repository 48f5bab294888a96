/**
 * What was sent of which piece, and to whom: the only source that knows of a download before its deal is published.
 *
 *     <depot>/log/fetches.jsonl         what was sent lately, appended to
 *     <depot>/log/fetches-<uuid>.jsonl  what was set aside, added up
 *
 * All files hold the same lines (`fetch-record.ts`), and adding one twice changes nothing: a crash at any point loses a
 * second at most, and two servers of one depot do not harm each other. When the first has grown, everything is added up
 * into a new one. A reader is its network address, and `?by=f01000` in the URL that the relay gave to that provider; no
 * other part of a query and no header is kept.
 */
import { randomUUID } from 'node:crypto'
import { appendFile, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { diskFiles, errnoOf, makeFolder, replaceDurably } from './files.ts'
import { type FetchRecord, joinRecords, parseRecord } from './fetch-record.ts'

/** What was sent of a piece in one stretch; nothing for a HEAD. */
export interface FetchNote {
  readonly pieceCid: string
  readonly size: number
  readonly by: string | undefined
  readonly from: string
  readonly start: number
  readonly end: number
}

export interface FetchLog {
  /** Returns at once; on the disk within a second. */
  note(note: FetchNote): void
  /** Writes what is left. Can be called again. */
  close(): Promise<void>
}

export interface FetchLogOptions {
  /** Between two writes, in milliseconds. */
  readonly everyMs?: number
  /** Bytes of the file that is appended to at which all is added up. */
  readonly maxBytes?: number
  readonly now?: () => number
  /** Told of a disk that takes nothing: serving goes on. */
  readonly onFault?: (error: unknown) => void
}

/** A record that still grows. */
interface Waiting extends FetchRecord {
  readonly sent: [number, number][]
  last: number
}

const FOLDER = 'log'
const LATEST = 'fetches.jsonl'
const ASIDE = /^fetches-[0-9a-f-]+\.jsonl$/
const EVERY_MS = 1000
const MAX_BYTES = 1 << 20
/** In memory, of readers and of stretches of one, at which all is written before its time. */
const MAX_WAITING = 1024
const MAX_STRETCHES = 256
/** Addresses of readers. */
const MODE = 0o600
/** While files are added up, those that were listed can be gone. */
const TRIES = 5

/** @param depot Folder of the depot. Nothing is made in it before something was sent. */
export function openFetchLog(depot: string, options: FetchLogOptions = {}): FetchLog {
  const { everyMs = EVERY_MS, maxBytes = MAX_BYTES, now = Date.now, onFault } = options
  const folder = join(depot, FOLDER)
  const waiting = new Map<string, Waiting>()
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<void> = Promise.resolve()

  const write = async (records: readonly FetchRecord[]): Promise<void> => {
    if (records.length === 0) return
    try {
      await append(folder, records)
      if ((await stat(join(folder, LATEST))).size > maxBytes) await addUp(folder)
    } catch (error) {
      onFault?.(error)
    }
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const records = joinRecords(waiting.values())
    waiting.clear()
    turn = turn.then(() => write(records))
    return turn
  }
  return {
    note({ pieceCid, size, by, from, start, end }) {
      const key = JSON.stringify([pieceCid, by, from])
      const at = now()
      const named = by === undefined ? {} : { by }
      const record = waiting.get(key) ?? {
        pieceCid,
        size,
        ...named,
        from,
        sent: [],
        first: at,
        last: at,
      }
      record.last = at
      const before = record.sent.findLast((stretch) => stretch[1] === start)
      if (before !== undefined) before[1] = end
      else if (end > start) record.sent.push([start, end])
      waiting.set(key, record)
      if (record.sent.length >= MAX_STRETCHES || waiting.size >= MAX_WAITING) void flush()
      else timer ??= setTimeout(() => void flush(), everyMs).unref()
    },
    close: flush,
  }
}

/** What the log of a depot says; nothing where there is none. */
export async function readFetches(depot: string): Promise<FetchRecord[]> {
  const folder = join(depot, FOLDER)
  for (let tries = 1; ; tries += 1) {
    try {
      return joinRecords(await readAll(folder, await namesIn(folder)))
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || tries === TRIES) throw error
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name === LATEST || ASIDE.test(name))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

async function readAll(folder: string, names: readonly string[]): Promise<FetchRecord[]> {
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) => text.split('\n').flatMap((line) => parseRecord(line) ?? []))
}

/** Begins with a new line: what a crash left of another must not swallow this one. */
async function append(folder: string, records: readonly FetchRecord[]): Promise<void> {
  await makeFolder(diskFiles, folder)
  const lines = records.map((record) => `${JSON.stringify(record)}\n`)
  await appendFile(join(folder, LATEST), `\n${lines.join('')}`, { mode: MODE })
}

/**
 * Sets the latest file aside, adds all that was set aside up into a new file, and removes what is in it. Files that a
 * crash left are added up the next time.
 */
async function addUp(folder: string): Promise<void> {
  await rename(join(folder, LATEST), join(folder, asideName()))
  const names = (await namesIn(folder)).filter((name) => name !== LATEST)
  const records = joinRecords(await readAll(folder, names))
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
  const name = asideName()
  await replaceDurably(diskFiles, join(folder, `${name}.draft`), join(folder, name), text)
  for (const old of names) await rm(join(folder, old), { force: true })
}

function asideName(): string {
  return `fetches-${randomUUID()}.jsonl`
}
