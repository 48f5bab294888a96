/** A node in memory behind ethers' ports: answers calls from a table, mines what is sent. */
import { Interface, type Provider, type Signer, type TransactionRequest } from 'ethers'
import type { Clock } from '../../../src/chain/clock.ts'
import { CLIENT_ABI, FACTORY_ABI, OWNER_ABI } from '../../../src/chain/abi.ts'

export const CONTRACT = '0x1111111111111111111111111111111111111111'
export const OWNER = '0x2222222222222222222222222222222222222222'
export const INTERFACE = new Interface([...CLIENT_ABI, ...OWNER_ABI, ...FACTORY_ABI])

export interface FakeLog {
  address?: string
  event: string
  values: unknown[]
}

export class FakeNode {
  /** Results of eth_call by function name; a function gets the decoded arguments. */
  readonly answers: Record<string, unknown[] | ((...args: unknown[]) => unknown[])> = {}
  /** Results of other JSON-RPC methods. */
  readonly rpc: Record<string, (params: unknown[]) => unknown> = {}
  readonly sent: TransactionRequest[] = []
  readonly calls: string[] = []
  readonly logRequests: { from: bigint; to: bigint; address: unknown }[] = []
  /** Logs that the next mined transaction emits. */
  logs: FakeLog[] = []
  status = 1
  block = 100
  /** Looks for a receipt that find none. */
  receiptDelay = 0
  /** Looks at the nonce that find one transaction not mined. */
  pendingLooks = 0
  /** Thrown by the next estimate, call or send. */
  failure: unknown
  chainLogs: { block: number; address: string; id: string }[] = []

  readonly provider = this.#provider()
  readonly signer = this.#signer()

  #fail(): void {
    if (this.failure !== undefined) throw this.failure
  }

  #provider(): Provider {
    const provider = {
      call: async ({ data }: TransactionRequest) => {
        this.#fail()
        const parsed = INTERFACE.parseTransaction({ data: data ?? '' })
        if (parsed === null) throw new Error('unknown function')
        this.calls.push(parsed.name)
        const answer = this.answers[parsed.name]
        if (answer === undefined) throw new Error(`no answer for ${parsed.name}`)
        const values = typeof answer === 'function' ? answer(...parsed.args) : answer
        return INTERFACE.encodeFunctionResult(parsed.name, values)
      },
      getBlockNumber: async () => this.block,
      getTransactionCount: async (_: string, state: string) => {
        if (state === 'latest' || this.pendingLooks === 0) return 1
        this.pendingLooks -= 1
        return 2
      },
      getFeeData: async () => ({ maxFeePerGas: 300n, maxPriorityFeePerGas: 100n }),
      getTransactionReceipt: async (hash: string) => {
        if (this.receiptDelay > 0) {
          this.receiptDelay -= 1
          return null
        }
        return {
          hash,
          status: this.status,
          from: OWNER,
          blockNumber: this.block,
          logs: this.logs.map(({ address = CONTRACT, event, values }) => ({
            address,
            ...INTERFACE.encodeEventLog(event, values),
          })),
        }
      },
      getLogs: async (filter: { fromBlock: bigint; toBlock: bigint; address?: string }) => {
        const { fromBlock, toBlock, address } = filter
        this.logRequests.push({ from: fromBlock, to: toBlock, address })
        return this.chainLogs
          .filter(({ block }) => block >= fromBlock && block <= toBlock)
          .map(({ block, address: emitter, id }) => ({
            address: emitter,
            blockNumber: block,
            transactionHash: '0xabc',
            removed: false,
            topics: INTERFACE.encodeEventLog('DealProposalCreate', [id, 1n, false, 1n]).topics,
          }))
      },
      send: async (method: string, params: unknown[]) => {
        const answer = this.rpc[method]
        if (answer === undefined)
          throw Object.assign(new Error('could not coalesce error'), {
            error: { code: -32601, message: `method '${method}' not found` },
          })
        return answer(params)
      },
    }
    return Object.assign(provider, { provider }) as unknown as Provider
  }

  #signer(): Signer {
    return {
      provider: this.provider,
      getAddress: async () => OWNER,
      estimateGas: async () => {
        this.#fail()
        return 1000n
      },
      sendTransaction: async (request: TransactionRequest) => {
        this.sent.push(request)
        return { hash: `0x${String(this.sent.length).padStart(64, '0')}` }
      },
    } as unknown as Signer
  }
}

/** Time passes only while somebody sleeps. */
export class ManualClock implements Clock {
  time = 0
  readonly sleeps: number[] = []

  now(): number {
    return this.time
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.sleeps.push(ms)
    this.time += ms
  }
}

/** An error as ethers throws it for a contract that reverts. */
export function reverted(name: string, values: unknown[]): Error {
  const data = INTERFACE.encodeErrorResult(name, values)
  return Object.assign(new Error('execution reverted'), { code: 'CALL_EXCEPTION', data })
}
