/** Typed access to `test/vectors/*.json`; formats and origins stand in SOURCES.md there. */
import { readFileSync } from 'node:fs'

export function vectors<T>(name: string): T {
  const file = new URL(`../vectors/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as T
}
