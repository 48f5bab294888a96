/**
 * Null rounds: epochs without a tipset. The simulated network has an empty block for each; requests and answers are
 * changed so that nobody sees it.
 *
 *     a block, or what was executed in it   error 12 "requested epoch was a null round (epoch)", data: epoch
 *     the state at an epoch                 that of the last epoch with a block
 *     logs of a range                       as they are: such an epoch has none
 *     the block after null rounds           its parent is the last block before them
 *
 * Source: lotus api/api_errors.go (ErrNullRound), node/impl/eth/api.go (TipSetResolver: strict and not strict).
 */
import { EPOCH_SECONDS } from './config.ts'
import { NULL_ROUNDS_METHOD } from './epochs.ts'
import { NullEpochs } from './null-epochs.ts'
import { quantity } from './provider.ts'
import { FAILED, INVALID_PARAMS, RpcError } from './rpc-error.ts'

/** ENullRound: the tenth after jsonrpc.FirstUserCode, which is 2. */
const NULL_ROUND = 12

/** Position of the block parameter, where the block itself is meant. */
const OF_BLOCK: ReadonlyMap<string, number> = new Map([
  ['eth_getBlockByNumber', 0],
  ['eth_getBlockTransactionCountByNumber', 0],
  ['eth_getTransactionByBlockNumberAndIndex', 0],
  ['eth_getBlockReceipts', 0],
])
/** Position of the block parameter, where the state is meant. */
const OF_STATE: ReadonlyMap<string, number> = new Map([
  ['eth_getBalance', 1],
  ['eth_getCode', 1],
  ['eth_getTransactionCount', 1],
  ['eth_getStorageAt', 2],
  ['eth_call', 1],
  ['eth_estimateGas', 1],
  ['eth_feeHistory', 1],
])

/** Asks the simulated network itself. */
type Ask = (method: string, params?: unknown[]) => Promise<unknown>

/** The null rounds of one network. */
export class NullRounds {
  readonly #epochs = new NullEpochs()
  #making: Promise<unknown> = Promise.resolve()

  /** @throws RpcError, and what `ask` throws */
  async answer(method: string, params: unknown[], ask: Ask): Promise<unknown> {
    // Nobody may look, or send, while empty blocks are made that were never there.
    const before = this.#making
    if (method === NULL_ROUNDS_METHOD) {
      const made = before.then(() => this.#make(params[0], ask))
      this.#making = made.catch(() => undefined)
      return made
    }
    await before
    if (this.#epochs.isEmpty) return ask(method, params)
    const answer = await ask(method, this.#translate(method, params))
    switch (method) {
      case 'eth_getBlockByNumber':
      case 'eth_getBlockByHash':
        return this.#withParent(answer, ask)
      case 'eth_getFilterChanges':
        return this.#withoutNull(answer, ask)
      case 'evm_revert':
      case 'hardhat_reset':
        this.#epochs.cut(BigInt(String(await ask('eth_blockNumber'))))
        return answer
      default:
        return answer
    }
  }

  async #make(count: unknown, ask: Ask): Promise<unknown> {
    const rounds = typeof count === 'string' && /^0x[0-9a-f]+$/i.test(count) ? BigInt(count) : -1n
    if (rounds < 0n)
      throw new RpcError(INVALID_PARAMS, `expected a number of epochs, got ${String(count)}`)
    const head = await ask('eth_blockNumber')
    if (rounds === 0n) return head
    if (await isAnyWaiting(ask)) await mineNow(1n, ask)
    if (await isAnyWaiting(ask))
      throw new RpcError(
        FAILED,
        'transactions wait that no block takes, and an epoch that could take them later is not null: ' +
          'drop them with hardhat_dropTransaction',
      )
    const first = BigInt(String(await ask('eth_blockNumber'))) + 1n
    await mineNow(rounds + 1n, ask)
    // A block of an interval may have come between; it is as empty as those made here.
    this.#epochs.add(first, first + rounds - 1n)
    return ask('eth_blockNumber')
  }

  #translate(method: string, params: unknown[]): unknown[] {
    const ofBlock = numberAt(params, OF_BLOCK.get(method))
    if (ofBlock !== undefined && this.#epochs.has(ofBlock))
      throw new RpcError(NULL_ROUND, `requested epoch was a null round (${ofBlock})`, {
        data: Number(ofBlock),
      })
    const at = OF_STATE.get(method)
    const ofState = numberAt(params, at)
    if (at === undefined || ofState === undefined || !this.#epochs.has(ofState)) return params
    return params.with(at, quantity(this.#epochs.withBlock(ofState)))
  }

  async #withParent(block: unknown, ask: Ask): Promise<unknown> {
    if (!isBlock(block)) return block
    const parent = BigInt(block.number) - 1n
    if (!this.#epochs.has(parent)) return block
    const params = [quantity(this.#epochs.withBlock(parent)), false]
    const before = (await ask('eth_getBlockByNumber', params)) as { hash: string }
    return { ...block, parentHash: before.hash }
  }

  /** Hashes of blocks that a filter saw. */
  async #withoutNull(changes: unknown, ask: Ask): Promise<unknown> {
    if (!Array.isArray(changes)) return changes
    const kept: unknown[] = []
    for (const change of changes as unknown[]) {
      const block =
        typeof change === 'string' ? await ask('eth_getBlockByHash', [change, false]) : undefined
      if (!isBlock(block) || !this.#epochs.has(BigInt(block.number))) kept.push(change)
    }
    return kept
  }
}

async function isAnyWaiting(ask: Ask): Promise<boolean> {
  return ((await ask('eth_pendingTransactions')) as unknown[]).length > 0
}

async function mineNow(epochs: bigint, ask: Ask): Promise<void> {
  const head = (await ask('eth_getBlockByNumber', ['latest', false])) as { timestamp: string }
  await ask('evm_setNextBlockTimestamp', [Number(head.timestamp) + EPOCH_SECONDS])
  await ask('hardhat_mine', [quantity(epochs), quantity(BigInt(EPOCH_SECONDS))])
}

/** The number that a block parameter names: alone, or as `{ blockNumber }` (EIP-1898). */
function numberAt(params: unknown[], at: number | undefined): bigint | undefined {
  if (at === undefined) return undefined
  const given = params[at]
  const text =
    typeof given === 'object' && given !== null && 'blockNumber' in given
      ? given.blockNumber
      : given
  return typeof text === 'string' && /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : undefined
}

function isBlock(value: unknown): value is { number: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'number' in value &&
    typeof value.number === 'string'
  )
}
