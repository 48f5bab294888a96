/** The memory of a service: an append-only file of JSON lines, each on the disk before anything is built on it. */
import { open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { depotFault } from '../depot/fault.ts'
import { diskFiles, makeFolder, syncFolder, writeAll } from '../depot/files.ts'
import { StorageError } from '../errors.ts'

export interface Journal<Entry> {
  /** Resolves when the entry is on the disk; one at a time. */
  append(entry: Entry): Promise<void>
  close(): Promise<void>
}

/**
 * Opens or creates the file and reads what is in it. A last line that a crash cut off is removed: what it would have said
 * was not built on.
 * @throws DEPOT_CORRUPT for another unreadable line; DEPOT_FULL, DEPOT_READ_ONLY, of `append` too
 */
export async function openJournal<Entry>(
  path: string,
): Promise<{ journal: Journal<Entry>; entries: Entry[] }> {
  try {
    return await openFile<Entry>(path)
  } catch (error) {
    throw depotFault(error, `open the journal ${path}`)
  }
}

async function openFile<Entry>(
  path: string,
): Promise<{ journal: Journal<Entry>; entries: Entry[] }> {
  await makeFolder(diskFiles, dirname(path))
  const file = await open(path, 'a')
  await syncFolder(diskFiles, dirname(path))
  try {
    const bytes = await readFile(path)
    let end = bytes.lastIndexOf(0x0a) + 1
    const entries = bytes
      .toString('utf8', 0, end)
      .split('\n')
      .slice(0, -1)
      .map((line, index) => parse(line, `${path}:${index + 1}`) as Entry)
    let isTorn = end < bytes.length
    const append = async (entry: Entry): Promise<void> => {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`)
      try {
        // Nothing may stand behind a line that is half written, as a crash or a full disk leaves it.
        if (isTorn) await file.truncate(end)
        isTorn = true
        await writeAll(file, line)
        await file.datasync()
        isTorn = false
        end += line.length
      } catch (error) {
        throw depotFault(error, `write the journal ${path}`)
      }
    }
    let turn: Promise<unknown> = Promise.resolve()
    const inTurn = (entry: Entry): Promise<void> => {
      const written = turn.then(() => append(entry))
      turn = written.catch(() => undefined)
      return written
    }
    return { entries, journal: { append: inTurn, close: () => file.close() } }
  } catch (error) {
    await file.close()
    throw error
  }
}

function parse(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new StorageError('DEPOT_CORRUPT', {
      what: `a line of the journal is not JSON: ${where}`,
      hint: 'Restore the file, or move its folder away: what is on chain is found again.',
      cause,
    })
  }
}
