/**
 * Reads that are not older than what was seen. Several nodes stand behind one name, and some are an epoch or two behind: one says
 * that a transaction is mined, the next is asked for `latest` and knows nothing of it. So for some epochs after a transaction,
 * `latest` is asked for by number; a node that is behind then says so instead of showing what was.
 *
 * By number Lotus gives the state after the messages of that epoch, and for a null round that of the last epoch with a block
 * (node/impl/eth/tipsetresolver.go, not strict), which is what it does for `latest`.
 */
import { EPOCH_SECONDS } from '../deal/units.ts'
import type { RpcRequest } from './transport.ts'

/** How long after a transaction: nodes that are further behind are left out for that (heads.ts). */
const HOLD_MS = 10 * EPOCH_SECONDS * 1000
/** After which the head is asked for again: whoever waits for a change must not read one state for all these epochs. */
const FRESH_MS = 5_000

/** Position of the block parameter of what is asked of a state. */
const OF_STATE: Readonly<Record<string, number>> = {
  eth_call: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
  eth_getStorageAt: 2,
}

/** An epoch, and when it was told, in milliseconds since 1970. */
export interface SeenBlock {
  readonly block: number
  readonly at: number
}

/** Of two; what is too old to matter is undefined. */
export function newestOf(
  a: SeenBlock | undefined,
  b: SeenBlock | undefined,
  now: number,
): SeenBlock | undefined {
  const [first, second] = [a, b].filter((seen) => seen !== undefined && now - seen.at < HOLD_MS)
  if (first === undefined || second === undefined) return first ?? second
  return { block: Math.max(first.block, second.block), at: Math.max(first.at, second.at) }
}

export class NewestBlock {
  readonly #now: () => number
  /** Asks a node for its head, which is then noted. */
  readonly #askHead: () => Promise<unknown>
  /** Of a transaction. */
  #floor: SeenBlock | undefined
  #head: SeenBlock | undefined
  #asking: Promise<unknown> | undefined

  constructor(now: () => number, askHead: () => Promise<unknown>) {
    this.#now = now
    this.#askHead = askHead
  }

  /** A block that a transaction of ours is in. */
  noteMined(seen: SeenBlock): void {
    this.#floor = newestOf(this.#floor, seen, this.#now())
  }

  noteHead(block: number): void {
    const now = this.#now()
    this.#head = newestOf(this.#head, { block, at: now }, now)
  }

  /** The requests with `latest` as a number, while that matters. */
  async pinned(requests: readonly RpcRequest[]): Promise<readonly RpcRequest[]> {
    if (!requests.some(isOfLatest)) return requests
    const now = this.#now()
    this.#floor = newestOf(this.#floor, undefined, now)
    if (this.#floor === undefined) return requests
    if (this.#head === undefined || now - this.#head.at >= FRESH_MS)
      await (this.#asking ??= this.#askHead().finally(() => (this.#asking = undefined)))
    const block = Math.max(this.#floor.block, this.#head?.block ?? 0)
    return requests.map((request) => (isOfLatest(request) ? at(request, block) : request))
  }

  /** No node has come to the head that was told: it is asked for again, the transaction's block stays. */
  forgetHead(): void {
    this.#head = undefined
  }
}

function isOfLatest({ method, params }: RpcRequest): boolean {
  const position = OF_STATE[method]
  if (position === undefined) return false
  return ((params as unknown[])[position] ?? 'latest') === 'latest'
}

function at(request: RpcRequest, block: number): RpcRequest {
  const params = [...(request.params as unknown[])]
  params[OF_STATE[request.method] ?? 1] = `0x${block.toString(16)}`
  return { ...request, params }
}
