/** A chain that can hold a factory and clients: transactions are mined when the test lets them, or fail. */
import { Interface, type Provider, type Signer, type TransactionRequest } from 'ethers'
import { FACTORY_ABI } from '../../../src/chain/abi.ts'
import { OWNER } from '../chain/fake-node.ts'

const INTERFACE = new Interface(FACTORY_ABI)
const ZERO = `0x${'0'.repeat(40)}`

interface Transaction {
  readonly hash: string
  readonly to: string | undefined
  readonly made: string
  status: 0 | 1
}

export class FakeEvm {
  chainId = 31415926n
  readonly transactions: Transaction[] = []
  readonly mined = new Set<string>()
  isMining = true
  /** What the transactions to come end with. */
  status: 0 | 1 = 1
  /** Code that is no factory. */
  readonly strangers = new Set<string>()
  readonly #seed: string

  constructor(seed = '1') {
    this.#seed = seed
  }

  mine(): void {
    for (const { hash } of this.transactions) this.mined.add(hash)
  }

  /** What of a kind is on chain; the factory is what was sent to nobody. */
  #found(isFactory: boolean): string | undefined {
    return this.transactions.find(
      ({ hash, to, status }) =>
        this.mined.has(hash) && status === 1 && (to === undefined) === isFactory,
    )?.made
  }

  readonly provider = {
    getNetwork: async () => ({ chainId: this.chainId }),
    getFeeData: async () => ({ maxFeePerGas: 1n, maxPriorityFeePerGas: 1n }),
    getTransaction: async (hash: string) =>
      this.transactions.find((known) => known.hash === hash) ?? null,
    getTransactionReceipt: async (hash: string) => {
      const found = this.transactions.find((known) => known.hash === hash)
      if (found === undefined || !this.mined.has(hash)) return null
      const { to, made, status } = found
      const log = INTERFACE.encodeEventLog('ClientCreated', [
        OWNER,
        made,
        `0x040a${made?.slice(2)}`,
      ])
      return {
        hash,
        status,
        from: OWNER,
        blockNumber: 5,
        // Nodes tell the address also when the creation failed.
        contractAddress: to === undefined ? made : null,
        logs: to === undefined || status === 0 ? [] : [{ address: to, ...log }],
      }
    },
    call: async ({ to, data }: { to?: string; data?: string }) => {
      if (to === undefined) return '0x'
      if (this.strangers.has(to)) {
        const error = new Error('execution reverted')
        throw Object.assign(error, { code: 'CALL_EXCEPTION' })
      }
      if (to !== this.#found(true)) return '0x'
      const call = INTERFACE.parseTransaction({ data: data ?? '' })
      if (call?.name !== 'clientOf') throw new Error(`unexpected ${call?.name}`)
      return INTERFACE.encodeFunctionResult('clientOf', [this.#found(false) ?? ZERO])
    },
  } as unknown as Provider

  readonly signer = {
    provider: this.provider,
    getAddress: async () => OWNER,
    estimateGas: async () => 1000n,
    sendTransaction: async ({ to }: TransactionRequest) => {
      const nonce = String(this.transactions.length + 1)
      const transaction: Transaction = {
        hash: `0x${(this.#seed + nonce).padStart(64, '0')}`,
        to: to === null || to === undefined ? undefined : String(to),
        made: `0x${(this.#seed + nonce).padStart(40, 'c')}`,
        status: this.status,
      }
      this.transactions.push(transaction)
      if (this.isMining) this.mined.add(transaction.hash)
      return { hash: transaction.hash }
    },
  } as unknown as Signer
}
