/**
 * Which steps were seen, and how far each of those who are told has come. With a folder both survive the process: a step
 * is on the disk before anybody is told of it, and who was told of it is noted afterwards. So a crash in between tells
 * it once more, under the same id, and loses none.
 */
import { join } from 'node:path'
import { z } from 'zod/v4'
import { StorageError } from '../errors.ts'
import { openJournal } from '../journal/journal.ts'
import { lockFolder } from '../journal/lock.ts'
import type { StepDocument } from './step-document.ts'

export interface Memory {
  /** In the order in which they were seen. */
  readonly steps: readonly StepDocument[]
  has(id: string): boolean
  add(step: StepDocument): Promise<void>
  /** How many of the steps `listener` was told of. */
  told(listener: string): number
  /** It was told of one more. */
  tell(listener: string): Promise<void>
  close(): Promise<void>
}

const FILE = 'steps.jsonl'

const shape = z.union([
  z.strictObject({ kind: z.literal('seen'), step: z.looseObject({ id: z.string() }) }),
  z.strictObject({ kind: z.literal('told'), listener: z.string(), count: z.number() }),
])
type Entry =
  | { readonly kind: 'seen'; readonly step: StepDocument }
  | { readonly kind: 'told'; readonly listener: string; readonly count: number }

/** Of this process only. */
export function briefMemory(): Memory {
  return remember([], { append: async () => undefined, close: async () => undefined })
}

/** @throws IN_USE while another process follows with it; DEPOT_CORRUPT, DEPOT_FULL, DEPOT_READ_ONLY, of all methods too */
export async function openMemory(folder: string): Promise<Memory> {
  const unlock = await lockFolder(folder, 'watch')
  try {
    const path = join(folder, FILE)
    const { journal, entries } = await openJournal<Entry>(path)
    const known = entries.map((entry, index) => checked(entry, `${path}:${index + 1}`))
    return remember(known, {
      append: (entry) => journal.append(entry),
      close: async () => {
        await journal.close()
        await unlock()
      },
    })
  } catch (error) {
    await unlock()
    throw error
  }
}

interface Store {
  append(entry: Entry): Promise<void>
  close(): Promise<void>
}

function remember(entries: readonly Entry[], store: Store): Memory {
  const steps: StepDocument[] = []
  const ids = new Set<string>()
  const counts = new Map<string, number>()
  const apply = (entry: Entry): void => {
    if (entry.kind === 'told') counts.set(entry.listener, entry.count)
    else if (!ids.has(entry.step.id)) {
      ids.add(entry.step.id)
      steps.push(entry.step)
    }
  }
  entries.forEach(apply)
  const keep = async (entry: Entry): Promise<void> => {
    await store.append(entry)
    apply(entry)
  }
  return {
    steps,
    has: (id) => ids.has(id),
    add: (step) => keep({ kind: 'seen', step }),
    told: (listener) => counts.get(listener) ?? 0,
    tell: (listener) => keep({ kind: 'told', listener, count: (counts.get(listener) ?? 0) + 1 }),
    close: () => store.close(),
  }
}

function checked(entry: unknown, where: string): Entry {
  const read = shape.safeParse(entry)
  if (read.success) return read.data as Entry
  throw new StorageError('DEPOT_CORRUPT', {
    what: `a line of what was told is not one: ${where}`,
    hint: 'Restore the file, or move its folder away: all steps are told again then.',
    cause: read.error,
  })
}
