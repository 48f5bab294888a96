/**
 * Names of what is staged (files, or whole folders), and which of it nobody writes any more. Two processes, on one machine or on two that mount
 * the same disk, share a depot: only what surely has no writer is a leftover.
 *
 *     staging/<pid>-<host>[-<process table>]-<uuid>.part
 */
import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { depotFault } from './fault.ts'
import { diskFiles, errnoOf, type Files, makeFolder } from './files.ts'

/** A writer of another machine, whose process cannot be asked, is dead when its file rested that long. */
const ABANDONED_MS = 24 * 60 * 60 * 1000

/** Bounds the clock difference to a file server, and what may be another process table under our host name. */
const GRACE_MS = 60 * 1000

export interface Self {
  readonly pid: number
  readonly host: string
  /** Of what the pid is one: containers can share a host name. Undefined where the system does not tell. */
  readonly table: string | undefined
  /** When this process began, in Unix milliseconds. */
  readonly since: number
  isAlive(pid: number): boolean
}

export function thisProcess(): Self {
  return {
    pid: process.pid,
    host: hostname().replaceAll(/[^A-Za-z0-9.]/g, '_'),
    table: processTable(),
    since: performance.timeOrigin,
    isAlive,
  }
}

export function stagingName(self: Self): string {
  const table = self.table === undefined ? '' : `-${self.table}`
  return `${self.pid}-${self.host}${table}-${randomUUID()}.part`
}

/** The boot and the pid namespace in it, as Linux alone tells them. */
function processTable(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
    const space = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]
    return space && boot.slice(0, 8) + space
  } catch (error) {
    if (errnoOf(error) !== undefined) return undefined
    throw error
  }
}

/**
 * Makes a folder for this process within `parent`, and removes those that dead processes left there.
 * Errors: those of `depotFault`.
 */
export async function makeScratch(parent: string): Promise<string> {
  const self = thisProcess()
  const path = join(parent, stagingName(self))
  try {
    await makeFolder(diskFiles, path)
  } catch (error) {
    throw depotFault(error, `make the folder ${path}`)
  }
  await sweep(diskFiles, parent, self)
  return path
}

/**
 * Removes leftovers from the staging folder. A disk that cannot be written keeps them: reading needs nothing of them.
 * Errors: those of `depotFault` but DEPOT_READ_ONLY.
 */
export async function sweep(files: Files, folder: string, self: Self): Promise<void> {
  for (const name of await files.readdir(folder)) {
    const path = join(folder, name)
    try {
      const { mtimeMs } = await files.stat(path)
      if (isLeftover(name, mtimeMs, Date.now(), self))
        await files.rm(path, { recursive: true, force: true })
    } catch (error) {
      // another process swept it
      if (errnoOf(error) === 'ENOENT') continue
      const fault = depotFault(error, `tidy ${folder}`)
      if (fault.code !== 'DEPOT_READ_ONLY') throw fault
    }
  }
}

/**
 * Whether what was last written at `writtenMs` has no writer: its process is gone (a process with our own id is an earlier
 * one when the file is older than we are), or, for one of another machine, it rested for a day. Foreign names are left alone.
 */
function isLeftover(name: string, writtenMs: number, nowMs: number, self: Self): boolean {
  const parts = /^(\d{1,10})-([A-Za-z0-9._]*)(?:-([0-9a-f]+))?-[0-9a-f-]{36}\.part$/.exec(name)
  if (parts === null) return false
  const restedMs = nowMs - writtenMs
  if (parts[2] !== self.host) return restedMs > ABANDONED_MS
  const pid = Number(parts[1])
  if (pid === self.pid) return writtenMs < self.since - GRACE_MS
  const isOurTable = parts[3] !== undefined && parts[3] === self.table
  return (isOurTable || restedMs > GRACE_MS) && !self.isAlive(pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, under another user
    return errnoOf(error) !== 'ESRCH'
  }
}
