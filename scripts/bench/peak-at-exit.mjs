/**
 * Loaded before a program that is measured (`node --import`): when the program ends, its peak resident memory in bytes goes
 * to file descriptor 3. Plain JavaScript, because stripping types costs 50 ms that peers would pay.
 */
import { readFileSync, writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) process.on('exit', () => writeSync(3, String(peakBytes())))

/**
 * Linux counts for the life of a process in `maxRSS`, and its life begins as a copy of the process that started it, with the
 * memory of that. VmHWM begins with the program.
 */
function peakBytes() {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
    return Number(kib) * 1024
  } catch {
    return process.resourceUsage().maxRSS * 1024
  }
}
