/** A chain in this process, and power that can be cut at any request to it: before it gets there, or before its answer comes back. */
import { BrowserProvider, parseEther, toQuantity, Wallet } from 'ethers'
import { network } from 'hardhat'

type Node = Pick<Awaited<ReturnType<typeof network.create>>['provider'], 'request'>

export interface Chain {
  readonly node: Node
  close(): Promise<void>
}

export async function startChain(): Promise<Chain> {
  const connection = await network.create('embedded')
  return { node: connection.provider, close: () => connection.close() }
}

/** A key with 10,000 FIL. */
export async function fundedKey(node: Node): Promise<string> {
  const { privateKey, address } = Wallet.createRandom()
  const balance = toQuantity(parseEther('10000'))
  await node.request({ method: 'hardhat_setBalance', params: [address, balance] })
  return privateKey
}

export interface Cut {
  /** 1 for the first request. */
  readonly at: number
  readonly isAnswered: boolean
}

/** What a process sees of the chain. Once the power is cut nothing is answered any more. */
export class Power {
  readonly #cut: Cut | undefined
  readonly #power = new AbortController()
  readonly #change: (method: string, answer: unknown) => unknown
  readonly methods: string[] = []
  readonly wallet: Wallet
  readonly provider: BrowserProvider

  constructor(
    node: Node,
    key: string,
    cut?: Cut,
    change: (method: string, answer: unknown) => unknown = (_, answer) => answer,
  ) {
    this.#cut = cut
    this.#change = change
    const request = (args: { method: string; params?: unknown[] | Record<string, unknown> }) =>
      this.#request(node, args)
    this.provider = new BrowserProvider({ request }, undefined, { cacheTimeout: -1 })
    this.wallet = new Wallet(key, this.provider)
  }

  get signal(): AbortSignal {
    return this.#power.signal
  }

  cut(): void {
    this.#power.abort()
  }

  async #request(
    node: Node,
    { method, params }: { method: string; params?: unknown[] | Record<string, unknown> },
  ): Promise<unknown> {
    this.methods.push(method)
    const isLast = this.methods.length === this.#cut?.at
    if (isLast && !this.#cut?.isAnswered) this.cut()
    if (this.signal.aborted) return new Promise(() => {})
    const answer: unknown = await node.request({ method, params: params as unknown[] })
    if (isLast) this.cut()
    if (this.signal.aborted) return new Promise(() => {})
    return this.#change(method, answer)
  }
}
