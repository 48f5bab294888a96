/**
 * One process of a service for each state folder: two with one journal would each do what they decide. A lock file names the process
 * that has the folder, which touches it from time to time. One of a process that is gone is taken over: at once where the process
 * can be asked for, after a minute without a touch where it cannot (another machine, another container). One process at a time takes
 * over, behind a second file: of two that find the same dead holder, the later would remove the lock of the earlier.
 */
import { randomUUID } from 'node:crypto'
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod/v4'
import { depotFault } from '../depot/fault.ts'
import { diskFiles, errnoOf, makeFolder } from '../depot/files.ts'
import { type Self, thisProcess } from '../depot/leftovers.ts'
import { StorageError } from '../errors.ts'

const TOUCH_MS = 10_000
const ABANDONED_MS = 60_000
/** A take-over is three operations on a small file. */
const TAKE_OVER_MS = 10_000
const TAKE_OVER_LOOK_MS = 20

const shape = z.object({
  pid: z.number(),
  host: z.string(),
  table: z.string().optional(),
  id: z.string().optional(),
})
type Holder = z.infer<typeof shape> & { readonly touchedAt: number }

/**
 * Takes the folder, which is made when missing.
 * @param service Whose folder it is, for the error.
 * @returns Lets it go.
 * @throws IN_USE while another process has it; DEPOT_FULL, DEPOT_READ_ONLY
 */
export async function lockFolder(
  folder: string,
  service: string,
  self: Self = thisProcess(),
): Promise<() => Promise<void>> {
  const path = join(folder, 'lock')
  const id = randomUUID()
  try {
    await makeFolder(diskFiles, folder)
    while (!(await isMade(path, self, id))) {
      const other = await holderOf(path)
      if (other === undefined) continue
      if (!isGone(other, self)) throw inUse(service, folder, path, other)
      await removeGone(path, self)
    }
  } catch (error) {
    throw depotFault(error, `lock ${folder}`)
  }
  const touching = setInterval(() => void touch(path, id).catch(() => undefined), TOUCH_MS).unref()
  return async () => {
    clearInterval(touching)
    // A process that slept for a minute was taken over from: what is there is the next holder's.
    if (await isOurs(path, id)) await rm(path, { force: true })
  }
}

async function isMade(path: string, { pid, host, table }: Self, id: string): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify({ pid, host, table, id }), { flag: 'wx' })
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock if its holder is still one that is gone; whoever else is about to is waited for. */
async function removeGone(path: string, self: Self): Promise<void> {
  const taking = `${path}.taking`
  if (!(await isMade(taking, self, ''))) {
    const age = Date.now() - ((await holderOf(taking))?.touchedAt ?? Date.now())
    if (age > TAKE_OVER_MS) await rm(taking, { force: true })
    else await sleep(TAKE_OVER_LOOK_MS)
    return
  }
  try {
    const other = await holderOf(path)
    if (other !== undefined && isGone(other, self)) await rm(path, { force: true })
  } finally {
    await rm(taking, { force: true })
  }
}

async function isOurs(path: string, id: string): Promise<boolean> {
  return (await holderOf(path))?.id === id
}

/** Undefined when it was let go meanwhile. A file that says nothing is of a process that could not finish writing it. */
async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const { mtimeMs: touchedAt } = await stat(path)
    const text = await readFile(path, 'utf8')
    const said = shape.safeParse(text === '' ? undefined : JSON.parse(text))
    return { ...(said.success ? said.data : { pid: 0, host: '' }), touchedAt }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function isGone({ pid, host, table, touchedAt }: Holder, self: Self): boolean {
  if (host !== self.host || table !== self.table) return Date.now() - touchedAt > ABANDONED_MS
  // A process with our own number is an earlier one, unless it is this one.
  return pid === self.pid ? touchedAt < self.since : !self.isAlive(pid)
}

/** A lock that is gone, is another's or cannot be touched, is the next holder's business. */
async function touch(path: string, id: string): Promise<void> {
  if (!(await isOurs(path, id))) return
  const now = new Date()
  await utimes(path, now, now)
}

function inUse(service: string, folder: string, path: string, { pid, host }: Holder): StorageError {
  return new StorageError('IN_USE', {
    what: `another ${service} works with the state folder ${folder}`,
    got: `process ${pid} of ${host === '' ? 'an unknown machine' : host}`,
    hint: `Stop it, or name another folder with --state. If it is gone, wait a minute or remove ${path}.`,
  })
}
