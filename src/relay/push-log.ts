/**
 * What became of every push of a client's proposals: an append-only file, so that a repeated run pushes again only what was
 * not taken, and others can tell what providers said. In `<folder>/pushes.jsonl`, a record a line.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod/v4'
import { depotFault } from '../depot/fault.ts'
import { errnoOf } from '../depot/files.ts'
import { StorageError } from '../errors.ts'
import { openJournal } from '../journal/journal.ts'
import { lockFolder } from '../journal/lock.ts'
import type { PushRecord } from './push-record.ts'

const FILE = 'pushes.jsonl'

const lineSchema = z.object({
  proposalId: z.string(),
  provider: z.string().regex(/^\d{1,20}$/),
  dealUuid: z.string(),
  url: z.string(),
  at: z.number(),
  outcome: z.enum(['accepted', 'refused', 'unreachable', 'unclear']),
  reason: z.string(),
})
type Line = z.infer<typeof lineSchema>

export interface PushLog {
  /** Resolves when the record is on the disk. */
  append(record: PushRecord): Promise<void>
  /** The last of this proposal and provider. */
  last(proposalId: string, provider: bigint): PushRecord | undefined
  close(): Promise<void>
}

/** Folder of one client's pushes, below `relay` of the project's state. `client` is 0x…, in any case. */
export function pushFolder(relay: string, network: string, client: string): string {
  return join(relay, `${network}-${client.toLowerCase()}`)
}

/**
 * To write; made when missing.
 * @throws IN_USE while another process pushes; DEPOT_CORRUPT, DEPOT_FULL, DEPOT_READ_ONLY
 */
export async function openPushLog(folder: string): Promise<PushLog> {
  const unlock = await lockFolder(folder, 'relay')
  try {
    const known = await readPushes(folder)
    const { journal } = await openJournal<unknown>(join(folder, FILE))
    const records = new Map<string, PushRecord>()
    const keep = (record: PushRecord): void => {
      records.set(keyOf(record.proposalId, record.provider), record)
    }
    known.forEach(keep)
    return {
      append: async (record) => {
        await journal.append({ ...record, provider: record.provider.toString() })
        keep(record)
      },
      last: (proposalId, provider) => records.get(keyOf(proposalId, provider)),
      close: async () => {
        await journal.close()
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

/**
 * All records in the order of their coming; none where nothing was ever pushed. May be read while another process writes.
 * @throws DEPOT_CORRUPT
 */
export async function readPushes(folder: string): Promise<readonly PushRecord[]> {
  let text: string
  try {
    text = await readFile(join(folder, FILE), 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw depotFault(error, `read the pushes in ${folder}`)
  }
  // A last line without its end is still being written, or what it says was never built on.
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line, index) => recordOf(parsed(line), folder, index))
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function recordOf(entry: unknown, folder: string, index: number): PushRecord {
  const line = lineSchema.safeParse(entry)
  if (line.success) return fromLine(line.data)
  throw new StorageError('DEPOT_CORRUPT', {
    what: `a line of the pushes is not a record: ${join(folder, FILE)}:${index + 1}`,
    hint: 'Restore the file, or move it away: pushing again finds out what providers have.',
    cause: line.error,
  })
}

function fromLine({ provider, ...rest }: Line): PushRecord {
  return { ...rest, provider: BigInt(provider) }
}

function keyOf(proposalId: string, provider: bigint): string {
  return `${proposalId.toLowerCase()}:${provider}`
}
