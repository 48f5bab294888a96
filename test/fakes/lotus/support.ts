/** A Filecoin of one's own behind fake Lotus nodes, and words to ask them. */
import { id, Transaction, type TransactionLike, Wallet } from 'ethers'
import type { NetworkConnection } from 'hardhat/types/network'
import { mine, type Provider } from '../../../src/localnet/controls.ts'
import { project } from '../../src/localnet/support/filecoin.ts'
import { type LotusNode, type LotusNodeOptions, startLotusNode } from './server.ts'

const CHAIN_ID = 31415926
export const FIL = 10n ** 18n

export interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
}

/** For one `describe`: its hooks begin and end it. */
export class Fake {
  #connection: NetworkConnection | undefined
  readonly #open: LotusNode[] = []
  #keys = 0
  /** 0x address of an account of the node behind. */
  rich = ''

  static use(): Fake {
    const fake = new Fake()
    before(async () => {
      fake.#connection = await (await project()).network.create('own')
      const accounts = await fake.provider.request({ method: 'eth_accounts' })
      fake.rich = (accounts as string[])[0] ?? ''
    })
    afterEach(async () => {
      for (const node of fake.#open.splice(0)) await node.close()
    })
    after(() => fake.#connection?.close())
    return fake
  }

  get provider(): Provider {
    if (this.#connection === undefined) throw new Error('it has not begun')
    return this.#connection.provider
  }

  async start(options: Partial<LotusNodeOptions> = {}): Promise<LotusNode> {
    const node = await startLotusNode({ provider: this.provider, ...options })
    this.#open.push(node)
    return node
  }

  /** A key that nobody has seen, with `value` attoFIL if any. */
  async freshKey(value = FIL): Promise<Wallet> {
    this.#keys += 1
    const wallet = new Wallet(id(`fakes/lotus ${this.#keys}`))
    if (value > 0n) await this.transfer(wallet.address, value)
    await mine(this.provider, 1n)
    return wallet
  }

  async transfer(to: string, value: bigint): Promise<void> {
    const tx = { from: this.rich, to, value: `0x${value.toString(16)}` }
    await this.provider.request({ method: 'eth_sendTransaction', params: [tx] })
  }
}

export async function post(node: LotusNode, body: unknown): Promise<Response> {
  return fetch(node.url, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  })
}

export async function ask(node: LotusNode, method: string, ...params: unknown[]): Promise<Answer> {
  const response = await post(node, { jsonrpc: '2.0', id: 1, method, params })
  return (await response.json()) as Answer
}

export async function number(
  node: LotusNode,
  method: string,
  ...params: unknown[]
): Promise<bigint> {
  return BigInt(String((await ask(node, method, ...params)).result))
}

export async function messageOf(
  node: LotusNode,
  method: string,
  ...params: unknown[]
): Promise<string | undefined> {
  return (await ask(node, method, ...params)).error?.message
}

export function sign(wallet: Wallet, change: TransactionLike = {}): string {
  const tx = Transaction.from({
    type: 2,
    chainId: CHAIN_ID,
    nonce: 0,
    to: `0x${'aa'.repeat(20)}`,
    value: 1n,
    gasLimit: 30_000n,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 100_000n,
    ...change,
  })
  tx.signature = wallet.signingKey.sign(tx.unsignedHash)
  return tx.serialized
}

/** Epochs, both included. */
export function range(from: bigint, to: bigint): { fromBlock: string; toBlock: string } {
  return { fromBlock: `0x${from.toString(16)}`, toBlock: `0x${to.toString(16)}` }
}
