/**
 * What is on disk before a transaction leaves: with its bytes a crash between sending and noting is harmless, since the same bytes
 * can be handed to a node any number of times and are mined once.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod/v4'

const schema = z.object({
  /** 0x…, who pays. */
  from: z.string(),
  nonce: z.int().nonnegative(),
  /** Null until a node that signs itself has told it. */
  hash: z.string().nullable(),
  /** The signed transaction; null where the node signs. */
  raw: z.string().nullable(),
})

export type SentNote = Readonly<z.infer<typeof schema>>

/** Undefined where nothing was sent from this folder; also for a note that a crash left unfinished, which nothing was sent after. */
export function readSentNote(folder: string): SentNote | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(pathOf(folder), 'utf8')))
  } catch {
    return undefined
  }
}

/** On disk when it returns: what follows cannot be taken back. */
export function writeSentNote(folder: string, note: SentNote): void {
  mkdirSync(folder, { recursive: true })
  const temporary = `${pathOf(folder)}.tmp`
  writeFileSync(temporary, `${JSON.stringify(note, undefined, 2)}\n`, { flush: true })
  renameSync(temporary, pathOf(folder))
}

function pathOf(folder: string): string {
  return join(folder, 'transaction.json')
}
