/**
 * Follows logs from a cursor that can be kept: how far they were read, and the hashes of some blocks on the way. A chain that was
 * reorganised has other hashes; then what was read after the last common block is to be dropped and is read again.
 */
import type { Log, Provider } from 'ethers'
import { z } from 'zod/v4'
import { StorageError } from '../errors.ts'
import { blockAtOrBefore } from './blocks.ts'
import { type LogRange, logWindows } from './logs.ts'
import { type CallOptions, callNode } from './node.ts'

/** Epochs after which Filecoin's expected consensus changes nothing. */
const FINALITY = 900n
/** Blocks that are remembered one by one; before them at distances that double. */
const NEAR_MARKS = 10
/** A chain that changes under every reading is no longer read. */
const MOST_READINGS = 5

const epoch = z.number().int().nonnegative()
const cursorSchema = z.object({
  version: z.literal(1),
  /** Epoch up to which logs were read; -1: none. */
  through: z.number().int().min(-1),
  /** Blocks that were on the chain, oldest first. */
  marks: z.array(z.object({ epoch, hash: z.string() })),
})

export type LogCursor = z.infer<typeof cursorSchema>
type Mark = LogCursor['marks'][number]

/** @throws ARGUMENT_INVALID for text that is no cursor */
export function cursorFromText(text: string): LogCursor {
  try {
    return cursorSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new StorageError('ARGUMENT_INVALID', { what: 'the cursor cannot be read', cause })
  }
}

export interface LogStep {
  /** What was told of epochs after this one is no longer so; undefined: all of it stands. */
  readonly dropAfter: bigint | undefined
  /** The last epoch that was read. */
  readonly through: bigint
  /** In the order of the chain. */
  readonly logs: readonly Log[]
  /** To be kept together with what the logs changed. */
  readonly cursor: LogCursor
}

export interface FollowRange extends Pick<LogRange, 'client' | 'window' | 'head'> {
  /** The first epoch, where there is no cursor yet. */
  readonly from: bigint
  readonly topics?: readonly (string | readonly string[])[] | undefined
}

/**
 * What is new since `cursor`, up to the head, in windows. Nothing where the node has come no further, or is behind the cursor.
 * @throws LOGS_GONE; NODE_UNREACHABLE, also for a chain that changes faster than it is read; ABORTED
 */
export async function* followLogs(
  provider: Provider,
  cursor: LogCursor | undefined,
  range: FollowRange,
  options?: CallOptions,
): AsyncGenerator<LogStep> {
  const head =
    range.head ?? BigInt(await callNode('epoch', () => provider.getBlockNumber(), options))
  const known = cursor ?? { version: 1, through: Number(range.from) - 1, marks: [] }
  const standing = await standingMarks(provider, known.marks, head, options)
  if (standing === undefined) return
  const isWhole = standing.length === known.marks.length
  const common = isWhole ? BigInt(known.through) : lastCommon(known, standing, range.from)
  let dropAfter = isWhole ? undefined : common
  let marks = standing
  let start = common + 1n
  if (start > head && dropAfter !== undefined)
    yield { dropAfter, through: common, logs: [], cursor: cursorAt(common, marks) }
  for (let readings = 1; start <= head;) {
    const window = logWindows(provider, range.topics, { ...range, from: start, head }, options)
    const { value } = await window.next()
    if (value === undefined) return
    const { through, logs } = value as { through: bigint; logs: Log[] }
    const { number, hash } = await blockAtOrBefore(provider, through, options)
    const mark = { epoch: number, hash: hash ?? '' }
    // Logs of another block than the one that is there now: the chain changed while it was read.
    const isTorn = logs.some((log) => log.blockNumber === number && log.blockHash !== hash)
    if (isTorn) {
      readings += 1
      if (readings > MOST_READINGS) throw restless(through)
      continue
    }
    marks = pruned([...marks.filter((one) => one.epoch < number), mark], number)
    const kept = logs.filter(({ removed }) => !removed).toSorted(inOrder)
    yield { dropAfter, through, logs: kept, cursor: cursorAt(through, marks) }
    dropAfter = undefined
    start = through + 1n
    readings = 1
  }
}

/** Marks up to the newest that is still on the chain; undefined while the node has not come to any of them. */
async function standingMarks(
  provider: Provider,
  marks: readonly Mark[],
  head: bigint,
  options?: CallOptions,
): Promise<Mark[] | undefined> {
  // A node that is behind the newest mark has no word on it, unless an older one is gone too.
  const beyond = marks.filter((mark) => BigInt(mark.epoch) > head)
  const within = marks.slice(0, marks.length - beyond.length)
  for (let count = within.length; count > 0; count -= 1) {
    const mark = within[count - 1]
    if (mark === undefined) break
    const { number, hash } = await blockAtOrBefore(provider, BigInt(mark.epoch), options)
    if (number !== mark.epoch || hash !== mark.hash) continue
    if (count === within.length) return beyond.length === 0 ? [...marks] : undefined
    return within.slice(0, count)
  }
  return within.length === 0 && beyond.length > 0 ? undefined : []
}

function lastCommon(known: LogCursor, standing: readonly Mark[], from: bigint): bigint {
  const newest = standing.at(-1)
  if (newest !== undefined) return BigInt(newest.epoch)
  const oldest = BigInt(known.marks[0]?.epoch ?? known.through)
  const before = oldest - FINALITY
  return before > from - 1n ? before : from - 1n
}

/** All of the last ten, and of older ones those at distances that double, back to what is final. */
function pruned(marks: readonly Mark[], newest: number): Mark[] {
  const near = marks.slice(-NEAR_MARKS)
  const far = marks.slice(0, -NEAR_MARKS)
  const kept: Mark[] = []
  let distance = 0
  for (const mark of far.toReversed()) {
    const back = newest - mark.epoch
    if (back < distance * 2 && back <= Number(FINALITY)) continue
    kept.unshift(mark)
    distance = back
    if (back > Number(FINALITY)) break
  }
  return [...kept, ...near]
}

function cursorAt(through: bigint, marks: readonly Mark[]): LogCursor {
  return { version: 1, through: Number(through), marks: [...marks] }
}

function inOrder(a: Log, b: Log): number {
  return a.blockNumber - b.blockNumber || a.index - b.index
}

function restless(through: bigint): StorageError {
  return new StorageError('NODE_UNREACHABLE', {
    what: `the chain changed at each of ${MOST_READINGS} readings of the logs up to epoch ${through}`,
    hint: 'Wait an epoch or two, then run the command again.',
  })
}
