/**
 * What a client's logs say so far. Looked for from where the last look ended, some windows at a time, so that a long
 * history costs many small looks and no large one. What is final is kept in a file, an index that can be removed; what
 * the chain may still take back is read again each time.
 */
import { readFile } from 'node:fs/promises'
import type { Provider } from 'ethers'
import { z } from 'zod/v4'
import { clientLogs, type KeptLog, tracedEvent } from '../chain/client-logs.ts'
import { diskFiles, replaceDurably } from '../depot/files.ts'
import { isStorageError } from '../errors.ts'
import type { TracedEvent } from '../timeline/facts.ts'

export interface EventIndexOptions {
  readonly provider: Provider
  /** Address of the client. */
  readonly client: string
  /** Epoch of its creation; what is older than two days is not looked for where that is not known. */
  readonly from: bigint | undefined
  /** File that keeps what is final; nothing is kept on a chain that ends with its process. */
  readonly file?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Name of the network, for errors. */
  readonly network?: string | undefined
}

export interface IndexedEvents {
  readonly events: readonly TracedEvent[]
  /** The last epoch that was looked at; below `from` when there was none. */
  readonly through: bigint
  /** Why not all was looked at, if so: steps that only logs tell may be missing. */
  readonly fault: string | undefined
}

export interface EventIndex {
  /** Up to this epoch. Never fails for a node's sake: views tell most of it too. @throws ABORTED */
  catchUp(head: bigint): Promise<IndexedEvents>
}

/** Epochs after which Filecoin takes nothing back (ChainFinality). */
const FINALITY = 900n
/** Where the client's creation is not known. */
const TWO_DAYS = 5760n
/** Epochs of a query, and queries of a look: 115 days. */
const WINDOW = 2880n
const WINDOWS = 40n

const shape = z.strictObject({
  version: z.literal(1),
  client: z.string(),
  from: z.string(),
  through: z.string(),
  logs: z.array(
    z.strictObject({
      address: z.string(),
      topics: z.array(z.string()),
      data: z.string(),
      blockNumber: z.number(),
      transactionHash: z.string(),
      index: z.number(),
    }),
  ),
})

export function openEventIndex(options: EventIndexOptions): EventIndex {
  const { provider, client, file, signal, network } = options
  let state: { from: bigint; through: bigint; logs: readonly KeptLog[] } | undefined
  let savedThrough: bigint | undefined

  const load = async (head: bigint): Promise<NonNullable<typeof state>> => {
    const from = options.from ?? (head > TWO_DAYS ? head - TWO_DAYS : 0n)
    const saved = file === undefined ? undefined : await tryRead(file)
    if (
      saved !== undefined &&
      saved.client === client.toLowerCase() &&
      BigInt(saved.from) <= from
    ) {
      savedThrough = BigInt(saved.through)
      return { from: BigInt(saved.from), through: savedThrough, logs: saved.logs }
    }
    return { from, through: from - 1n, logs: [] }
  }
  const save = async ({ from, through, logs }: NonNullable<typeof state>): Promise<void> => {
    if (file === undefined || through === savedThrough) return
    const text = JSON.stringify({
      version: 1,
      client: client.toLowerCase(),
      from: String(from),
      through: String(through),
      logs,
    })
    // It is an index: a disk that takes nothing makes the next run slower.
    await replaceDurably(diskFiles, `${file}.${process.pid}.draft`, file, text).catch(
      () => undefined,
    )
    savedThrough = through
  }
  return {
    async catchUp(head) {
      state ??= await load(head)
      const { from } = state
      let { through } = state
      let fault: string | undefined
      const logs = [...state.logs]
      try {
        const to = through + WINDOW * WINDOWS
        const range = { from: through + 1n, to, head, window: WINDOW }
        for await (const window of clientLogs(provider, client, range, { signal, network })) {
          logs.push(...window.logs)
          through = window.through
        }
        if (through < head)
          fault = `the logs were read up to epoch ${through}, more at the next look`
      } catch (error) {
        if (!isStorageError(error) || error.code === 'ABORTED') throw error
        fault = `the node gave no logs after epoch ${through}: ${error.message}`
      }
      const final = head - FINALITY < through ? head - FINALITY : through
      if (final >= state.through) {
        const finalLogs = logs.filter(({ blockNumber }) => BigInt(blockNumber) <= final)
        state = { from, through: final, logs: finalLogs }
        await save(state)
      }
      return { events: logs.map(tracedEvent), through, fault }
    },
  }
}

async function tryRead(file: string): Promise<z.infer<typeof shape> | undefined> {
  try {
    return shape.safeParse(JSON.parse(await readFile(file, 'utf8'))).data
  } catch {
    return undefined
  }
}
