/** One run of a program in a process of its own: how long it took, what it printed, how much memory it had. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** Where the project lies; programs run there. */
export const ROOT = join(import.meta.dirname, '..', '..')
const PEAK_AT_EXIT = import.meta.resolve('./peak-at-exit.mjs')
/** What a failed program said last is enough. */
const TAIL = 2000

export interface Finished {
  readonly stdout: string
  /** When it was started: milliseconds since 1970. */
  readonly startedAt: number
  /** From its start to its end. */
  readonly ms: number
  /** Largest resident memory; null for a program that does not say. */
  readonly peakBytes: number | null
}

/** @throws Error with what the program said when it fails, the reason of `signal` when that ends it */
export async function run(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Finished> {
  signal.throwIfAborted()
  const startedAt = performance.timeOrigin + performance.now()
  const child = spawn(command, args, {
    cwd: ROOT,
    signal,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const [, out, err, peak] = child.stdio
  const said = Promise.all([out, err, peak].map((stream) => text(stream as Readable)))
  const { code, ms } = await new Promise<{ code: number | null; ms: number }>((resolve, reject) => {
    let ended = startedAt
    child.on('exit', () => (ended = performance.timeOrigin + performance.now()))
    child.on('close', (status) => resolve({ code: status, ms: ended - startedAt }))
    // An end by the signal is seen when it closes; what never began does not close.
    child.on('error', (error) => (child.pid === undefined ? reject(error) : undefined))
  })
  const [stdout = '', stderr = '', bytes = ''] = await said
  signal.throwIfAborted()
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stderr.slice(-TAIL)}`)
  return { stdout, startedAt, ms, peakBytes: bytes === '' ? null : Number(bytes) }
}

/** A program under this Node; it tells its memory. Paths are relative to the project. */
export function runNode(args: readonly string[], signal: AbortSignal): Promise<Finished> {
  return run(process.execPath, ['--import', PEAK_AT_EXIT, ...args], signal)
}
