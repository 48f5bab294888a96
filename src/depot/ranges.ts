/** Stretches of a file as a set: sorted, apart from each other, so that overlaps count once. */

/** Bytes from the first up to, without, the second. */
export type Stretch = readonly [start: number, end: number]

/** All that is in one or the other. */
export function joinStretches(a: readonly Stretch[], b: readonly Stretch[]): Stretch[] {
  const sorted = [...a, ...b].filter(([start, end]) => end > start).toSorted((x, y) => x[0] - y[0])
  const joined: [number, number][] = []
  for (const [start, end] of sorted) {
    const last = joined.at(-1)
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
    else joined.push([start, end])
  }
  return joined
}

/** The largest `most` of them, so that a set that is bounded says too little and never too much. */
export function boundStretches(all: readonly Stretch[], most: number): readonly Stretch[] {
  if (all.length <= most) return all
  const largest = all.toSorted((x, y) => y[1] - y[0] - (x[1] - x[0])).slice(0, most)
  return largest.toSorted((x, y) => x[0] - y[0])
}

/** Distinct bytes. */
export function lengthOf(all: readonly Stretch[]): number {
  return all.reduce((sum, [start, end]) => sum + end - start, 0)
}
