/** The order of a payload: depth first, names sorted by their bytes. Parts are cut from it one behind the other. */

/** Names from the payload down; empty for the payload itself. */
export type Path = readonly string[]

/** Negative when `a` comes before `b`, 0 when they are the same. A folder comes before what is in it. */
export function comparePaths(a: Path, b: Path): number {
  for (const [level, name] of a.entries()) {
    const other = b[level]
    if (other === undefined) return 1
    if (name !== other) return Buffer.compare(Buffer.from(name), Buffer.from(other))
  }
  return a.length - b.length
}
