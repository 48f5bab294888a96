/**
 * Columns on the disk: what a keeper knows, and the epoch up to which that follows the logs. It is an index: one that is missing, or not
 * whole, is built again from the chain.
 *
 *   a line of JSON   {version, service, meta, columns: [[name, type, length]…]}
 *   the columns      in that order, each from a multiple of 8 bytes on
 */
import { readFile } from 'node:fs/promises'
import { endianness } from 'node:os'
import { z } from 'zod/v4'
import { depotFault } from '../depot/fault.ts'
import { diskFiles, replaceDurably } from '../depot/files.ts'
import { type Column, columnOf, type Columns } from './columns.ts'

const VERSION = 1
const ALIGNMENT = 8

const shape = z.object({
  version: z.literal(VERSION),
  service: z.string(),
  endianness: z.enum(['BE', 'LE']),
  meta: z.unknown(),
  columns: z.array(z.tuple([z.string(), z.string(), z.number()])),
})

export interface Index {
  /** What stands beside the columns; JSON. */
  readonly meta: unknown
  readonly columns: Columns
}

/** @throws DEPOT_FULL, DEPOT_READ_ONLY; then what was there before is there */
export async function saveIndex(
  path: string,
  service: string,
  { meta, columns }: Index,
): Promise<void> {
  const all = Object.entries(columns)
  const header = JSON.stringify({
    version: VERSION,
    service,
    endianness: endianness(),
    meta,
    columns: all.map(([name, column]) => [name, column.constructor.name, column.length]),
  })
  const parts: Uint8Array[] = [Buffer.from(`${header}\n`)]
  let at = parts[0]?.length ?? 0
  for (const [, column] of all) {
    const gap = (ALIGNMENT - (at % ALIGNMENT)) % ALIGNMENT
    parts.push(new Uint8Array(gap), bytesOf(column))
    at += gap + column.byteLength
  }
  try {
    const draft = `${path}.draft`
    // What an earlier run that was killed left.
    await diskFiles.rm(draft, { force: true })
    await replaceDurably(diskFiles, draft, path, Buffer.concat(parts))
  } catch (error) {
    throw depotFault(error, `write ${path}`)
  }
}

/** Undefined when there is none of this service that is whole. */
export async function loadIndex(path: string, service: string): Promise<Index | undefined> {
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined) return undefined
  const end = bytes.indexOf(0x0a)
  const header = shape.safeParse(tryParse(bytes.toString('utf8', 0, Math.max(end, 0))))
  if (!header.success || header.data.service !== service) return undefined
  if (header.data.endianness !== endianness()) return undefined
  const columns: Record<string, Column> = {}
  let at = end + 1
  for (const [name, type, length] of header.data.columns) {
    at += (ALIGNMENT - (at % ALIGNMENT)) % ALIGNMENT
    const column = columnOf(type, length)
    if (column === undefined || at + column.byteLength > bytes.length) return undefined
    bytesOf(column).set(bytes.subarray(at, at + column.byteLength))
    columns[name] = column
    at += column.byteLength
  }
  return at === bytes.length ? { meta: header.data.meta, columns } : undefined
}

function bytesOf(column: Column): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
