/**
 * A child of the benchmark, also for a profile: `prepare-once.ts PATH DEPOT [THREADS]` prepares a file or folder once and
 * prints one line of JSON. `ms` is the preparation alone, `firstByteAt` when the first bytes had been read (milliseconds
 * since 1970), `maxRssKiB` includes the memory of the process that started this one.
 */
import { openDepot } from '../../src/depot/fs-store.ts'
import { prepare } from '../../src/prepare/prepare.ts'

const [path = '', folder = '', threads] = process.argv.slice(2)
let firstByteAt: number | undefined
const begin = performance.now()
const depot = await openDepot(folder)
await prepare([path], depot, {
  ...(threads === undefined ? {} : { threads: Number(threads) }),
  onProgress({ bytes }) {
    if (bytes > 0) firstByteAt ??= performance.timeOrigin + performance.now()
  },
})
const ms = performance.now() - begin
const maxRssKiB = process.resourceUsage().maxRSS
console.log(JSON.stringify({ ms, firstByteAt, maxRssKiB }))
