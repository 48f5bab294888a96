/** So many requests a second and client, counted by whole seconds; what was counted before is forgotten with the second. */
import type { Clock } from '../chain/clock.ts'

export function createRateLimit(
  perSecond: number,
  clock: Pick<Clock, 'now'>,
): (client: string) => boolean {
  let second = -1
  const counts = new Map<string, number>()
  return (client) => {
    const now = Math.floor(clock.now() / 1000)
    if (now !== second) {
      second = now
      counts.clear()
    }
    const count = (counts.get(client) ?? 0) + 1
    counts.set(client, count)
    return count <= perSecond
  }
}
