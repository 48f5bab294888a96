/**
 * What a Lotus node shows of the chain behind it.
 *
 * Execution is deferred: `latest` is the tipset before the head, whose messages are executed; `pending` is the head.
 *
 * A re-organisation is a matter of this view, not of the chain behind it: for some epochs the node shows the chain as it was
 * before the blocks that left, with another head; then they are back, at the same heights and with the same messages, under
 * other hashes. So receipts, logs, nonces and states vanish together and return together. What it cannot show is a message
 * that comes back at another height, or with another result.
 * Source: lotus node/impl/eth/tipsetresolver.go.
 */
import { id } from 'ethers'
import { type Ask, quantity, RpcError } from './inner.ts'

/** policy.ChainFinality and SafeEpochDelay of lotus. */
const FINALITY = 900n
const SAFE = 200n
const FAILED = 1

interface Fork {
  /** Blocks with other hashes since it, both included. */
  readonly from: bigint
  readonly to: bigint
  /** They are not there before the chain behind stands here. */
  readonly until: bigint
}

export class ChainView {
  readonly #ask: Ask
  readonly #forks: Fork[] = []
  /** Public hash → hash and number behind. */
  readonly #hashes = new Map<string, { readonly inner: string; readonly number: bigint }>()

  constructor(ask: Ask) {
    this.#ask = ask
  }

  /** Of the chain behind. */
  async innerHead(): Promise<bigint> {
    return BigInt(String(await this.#ask('eth_blockNumber')))
  }

  async head(): Promise<bigint> {
    const inner = await this.innerHead()
    const away = this.#forks.filter(({ until }) => inner < until).map(({ from }) => from)
    return away.reduce((least, from) => (from < least ? from : least), inner)
  }

  /** The last epoch with a block before the head, or `behind` epochs before that. */
  async latest(behind = 0n): Promise<bigint> {
    let at = (await this.head()) - 1n - behind
    while (await this.#isNull(at)) at -= 1n
    return at
  }

  async #isNull(epoch: bigint): Promise<boolean> {
    try {
      await this.#ask('eth_getBlockByNumber', [quantity(epoch), false])
      return false
    } catch (error) {
      if (error instanceof RpcError && /null round/.test(error.message)) return true
      throw error
    }
  }

  /** `depth` epochs up to `newest` leave the chain for `epochs`. */
  async reorganise(newest: bigint, depth: bigint, epochs: bigint): Promise<void> {
    const inner = await this.innerHead()
    this.#forks.push({ from: newest - depth + 1n, to: inner, until: inner + epochs })
  }

  /** The number that a block parameter names. @throws RpcError, as Lotus about tags and the future */
  async resolve(block: unknown, behind = 0n): Promise<bigint> {
    const latest = await this.latest(behind)
    const given = numberIn(block)
    switch (given) {
      case undefined:
      case 'latest':
        return latest
      case 'pending':
        return this.head()
      case 'safe':
        return latest > SAFE ? latest - SAFE : 0n
      case 'finalized':
        return latest > FINALITY ? latest - FINALITY : 0n
      case 'earliest':
        throw new RpcError(FAILED, 'block param "earliest" is not supported')
      default:
    }
    if (!/^0x[0-9a-f]+$/i.test(given))
      throw new RpcError(FAILED, `failed to parse block number: ${given}`)
    const number = BigInt(given)
    if (number > latest) throw new RpcError(FAILED, "requested a future epoch (beyond 'latest')")
    return number
  }

  /** As the hash that this node showed last; undefined for a block that has left its chain. */
  innerHash(hash: string): string | undefined {
    const known = this.#hashes.get(hash)
    if (known === undefined) return hash
    return this.#publicHash(known.number, known.inner) === hash ? known.inner : undefined
  }

  /** Blocks, transactions, receipts and logs of the chain behind, with the hashes that this node shows. */
  show(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.show(one))
    if (typeof value !== 'object' || value === null) return value
    const shown = Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, this.show(one)]),
    )
    const { blockHash, blockNumber, hash, number, parentHash } = shown
    if (typeof blockHash === 'string' && typeof blockNumber === 'string')
      shown['blockHash'] = this.#remember(BigInt(blockNumber), blockHash)
    if (typeof parentHash === 'string' && typeof number === 'string' && typeof hash === 'string') {
      shown['hash'] = this.#remember(BigInt(number), hash)
      shown['parentHash'] = this.#publicHash(BigInt(number) - 1n, parentHash)
    }
    return shown
  }

  #remember(number: bigint, inner: string): string {
    const hash = this.#publicHash(number, inner)
    this.#hashes.set(hash, { inner, number })
    return hash
  }

  #publicHash(number: bigint, inner: string): string {
    return this.#forks.reduce(
      (hash, { from, to }, index) =>
        number >= from && number <= to ? id(`${hash} on branch ${index}`) : hash,
      inner,
    )
  }
}

/** A tag or number; a number alone, or as `{ blockNumber }` (EIP-1898). */
function numberIn(block: unknown): string | undefined {
  if (typeof block === 'string') return block === '' ? undefined : block
  if (typeof block === 'object' && block !== null && 'blockNumber' in block)
    return String(block.blockNumber)
  return undefined
}
