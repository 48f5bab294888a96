/**
 * Transactions that wait for an epoch, under the rules of Lotus' message pool. The chain behind gets them one epoch after they
 * were taken.
 * Source: lotus chain/messagepool/messagepool.go, chain/types/ethtypes/eth_transactions.go (ParseEthTransaction).
 */
import { formatEther, Transaction } from 'ethers'
import { type Ask, RpcError } from './inner.ts'

const MAX_NONCE_GAP = 4
const MAX_MESSAGE_BYTES = 64 * 1024
/** Per cent of the premium that is replaced. */
const REPLACE_BY_FEE = 110n
/** attoFIL per gas. */
const MIN_BASE_FEE = 100n
const FAILED = 1

interface Pending {
  readonly raw: string
  readonly tx: Transaction
  /** Epoch of the chain behind. */
  readonly takenAt: bigint
}

export class MessagePool {
  readonly #ask: Ask
  readonly #chainId: bigint
  readonly #most: number
  readonly #pending = new Map<string, Map<number, Pending>>()
  #settling: Promise<void> = Promise.resolve()

  /** @param most Messages of one account that wait. */
  constructor(ask: Ask, chainId: bigint, most: number) {
    this.#ask = ask
    this.#chainId = chainId
    this.#most = most
  }

  /** @returns The hash. @throws RpcError in the words of Lotus */
  async add(raw: string): Promise<string> {
    const tx = parse(raw, this.#chainId)
    const sender = tx.from ?? ''
    const waiting = this.#of(sender)
    const stateNonce = await this.#stateNonce(sender)
    if (tx.nonce < stateNonce)
      throw refuse(
        `minimum expected nonce is ${stateNonce}, got ${tx.nonce}: message nonce too low`,
      )
    const next = nextNonce(stateNonce, waiting)
    if (tx.nonce > next + MAX_NONCE_GAP)
      throw refuse(
        `message nonce has too big a gap from expected nonce (Nonce: ${tx.nonce}, nextNonce: ${next}): unfulfilled nonce gap`,
      )
    const before = waiting.get(tx.nonce)
    if (before !== undefined) replaceable(before.tx, tx, next)
    else if (waiting.size >= this.#most) throw refuse('too many pending messages for actor')
    await this.#affordable(tx, sender)
    const takenAt = BigInt(String(await this.#ask('eth_blockNumber')))
    waiting.set(tx.nonce, { raw, tx, takenAt })
    return tx.hash ?? ''
  }

  forget(hash: string): void {
    for (const waiting of this.#pending.values())
      for (const [nonce, { tx }] of waiting) if (tx.hash === hash) waiting.delete(nonce)
  }

  /** Not in a block yet. */
  find(hash: string): Transaction | undefined {
    for (const waiting of this.#pending.values())
      for (const { tx } of waiting.values()) if (tx.hash === hash) return tx
    return undefined
  }

  /** The first nonce that neither the chain nor the pool has used. */
  async nextNonce(account: string): Promise<number> {
    return nextNonce(await this.#stateNonce(account), this.#of(account))
  }

  /** Blocks take what waits since an earlier epoch. */
  async settle(): Promise<void> {
    const settled = this.#settling.then(() => this.#include())
    this.#settling = settled.catch(() => undefined)
    return settled
  }

  async #include(): Promise<void> {
    for (const [sender, waiting] of this.#pending)
      for (;;) {
        const nonce = await this.#stateNonce(sender)
        for (const used of waiting.keys()) if (used < nonce) waiting.delete(used)
        const next = waiting.get(nonce)
        const head = BigInt(String(await this.#ask('eth_blockNumber')))
        if (next === undefined || next.takenAt >= head) break
        // A transaction that reverts is mined all the same; Hardhat then answers with an error.
        await this.#ask('eth_sendRawTransaction', [next.raw]).catch(() => undefined)
        // A base fee above its cap: it waits.
        if ((await this.#stateNonce(sender)) === nonce) break
        waiting.delete(nonce)
      }
  }

  #of(account: string): Map<number, Pending> {
    const key = account.toLowerCase()
    const waiting = this.#pending.get(key) ?? new Map<number, Pending>()
    this.#pending.set(key, waiting)
    return waiting
  }

  async #stateNonce(account: string): Promise<number> {
    return Number(await this.#ask('eth_getTransactionCount', [account, 'latest']))
  }

  async #affordable(tx: Transaction, sender: string): Promise<void> {
    const fee = tx.maxFeePerGas ?? tx.gasPrice ?? 0n
    if (fee < MIN_BASE_FEE) throw refuse('gas fee cap too low')
    const required = tx.gasLimit * fee + tx.value
    const balance = BigInt(String(await this.#ask('eth_getBalance', [sender, 'latest'])))
    if (balance < required)
      throw refuse(
        `not enough funds (required: ${formatEther(required)} FIL, balance: ${formatEther(balance)} FIL): not enough funds to execute transaction`,
      )
  }
}

function parse(raw: string, chainId: bigint): Transaction {
  // Of a typed transaction the first byte is the type; of a legacy one it opens a list.
  const type = Number(raw.slice(0, 4))
  if (type === 1) throw refuse('EIP-2930 transaction is not supported')
  if (type !== 2 && type < 0xc0) throw refuse('unsupported transaction type')
  if ((raw.length - 2) / 2 > MAX_MESSAGE_BYTES)
    throw refuse(`mpool message too large (${(raw.length - 2) / 2}B): message too big`)
  const tx = Transaction.from(raw)
  if ((tx.accessList ?? []).length > 0) throw refuse('access list should be an empty list')
  // A legacy transaction may be without one (EIP-155).
  if (tx.chainId !== chainId && !(tx.type === 0 && tx.chainId === 0n))
    throw refuse(`invalid chain id: ${tx.chainId}`)
  return tx
}

function nextNonce(stateNonce: number, waiting: ReadonlyMap<number, Pending>): number {
  let next = stateNonce
  while (waiting.has(next)) next += 1
  return next
}

function replaceable(old: Transaction, tx: Transaction, next: number): void {
  const where = `message from ${tx.from} with nonce ${tx.nonce} already in mpool`
  if (old.hash === tx.hash) throw refuse(`${where}: message with nonce already exists`)
  if (tx.nonce > next)
    throw refuse(
      `rejecting replace by fee because of nonce gap (Nonce: ${tx.nonce}, nextNonce: ${next}): unfulfilled nonce gap`,
    )
  const least = (premiumOf(old) * REPLACE_BY_FEE) / 100n + 1n
  if (premiumOf(tx) < least)
    throw refuse(
      `${where}, increase GasPremium to ${least} from ${premiumOf(tx)} to trigger replace by fee: replace by fee has too low GasPremium`,
    )
}

function premiumOf(tx: Transaction): bigint {
  return tx.maxPriorityFeePerGas ?? tx.gasPrice ?? 0n
}

function refuse(message: string): RpcError {
  return new RpcError(FAILED, message)
}
