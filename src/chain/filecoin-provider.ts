/**
 * ethers' provider for Filecoin's JSON-RPC: over several endpoints, with retries where they are safe, and with the answers
 * that Ethereum's tools expect where Filecoin's nodes say things in their own way.
 */
import {
  FeeData,
  type JsonRpcPayload,
  JsonRpcProvider,
  type JsonRpcResult,
  Network as EthersNetwork,
} from 'ethers'
import { type Clock, systemClock } from './clock.ts'
import { type Endpoint, type EndpointAddress, endpointsOf } from './endpoints.ts'
import { type Budget, budgetFor, exchange, type Surroundings } from './exchange.ts'
import { headIn, lastEpochOf } from './head-in.ts'
import { epochAt, isAstray, type Witness } from './heads.ts'
import { isMethodUnknown } from './failure.ts'
import type { Network } from './networks.ts'
import { NewestBlock, type SeenBlock } from './newest.ts'
import { checkOutgoing, checkSigned } from './outgoing.ts'
import { isNonceUsed, isNotYet, isTaken } from './rpc-policy.ts'
import type { SentNotes } from './sent-notes.ts'
import type { Posted, RpcAnswer, RpcRequest } from './transport.ts'

/** Forest refuses more (v0.38). */
const LARGEST_BATCH = 100

/** An epoch. */
const PUBLIC_POLL_MS = 30_000
/** A local node makes blocks at once. */
const LOCAL_POLL_MS = 200

/** attoFIL per gas: the least that Lotus proposes (chain/messagepool/config.go, MinGasPremium). */
const MIN_PREMIUM = 100_000n

/** Of the base fee: room for eight full blocks in a row. */
const BASE_FEES = 2n

export interface FilecoinProviderOptions {
  readonly network: Network
  /** In the order in which they are asked; the first must serve the network. */
  readonly endpoints: readonly EndpointAddress[]
  /** Ends every request. */
  readonly signal?: AbortSignal | undefined
  /** Told, once each, what a person may want to know. */
  readonly notice?: ((text: string) => void) | undefined
  readonly budget?: Partial<Budget> | undefined
  /** Requests in one POST, at most 100. Default: 1 for a local network, else 20. */
  readonly batch?: number | undefined
  readonly clock?: Clock | undefined
  readonly random?: (() => number) | undefined
}

export class FilecoinProvider extends JsonRpcProvider {
  readonly #around: Surroundings
  #notes: SentNotes | undefined
  readonly #network: Network
  /** The nonce after the last one that was sent or seen mined, by account: a node that was not told yet says less. */
  readonly #nonces = new Map<string, number>()
  #witness: Witness | undefined
  /** Undefined where one node is the whole network. */
  readonly #newest: NewestBlock | undefined

  constructor(options: FilecoinProviderOptions) {
    const { network, batch, budget, clock = systemClock } = options
    const isLocal = network.genesis === undefined
    const staticNetwork = EthersNetwork.from(network.chainId)
    // Its own connection is not used: requests go through `_send`.
    super(undefined, staticNetwork, {
      staticNetwork,
      batchMaxCount: Math.min(batch ?? (isLocal ? 1 : 20), LARGEST_BATCH),
      pollingInterval: isLocal ? LOCAL_POLL_MS : PUBLIC_POLL_MS,
      // An answer that is kept for a quarter of a second hides what happened in it.
      cacheTimeout: -1,
    })
    this.#network = network
    const told = new Set<string>()
    this.#around = {
      network,
      endpoints: endpointsOf(options.endpoints),
      budget: { ...budgetFor(isLocal), ...budget },
      clock,
      random: options.random ?? Math.random,
      signal: options.signal,
      notice: (text) => {
        if (told.has(text)) return
        told.add(text)
        options.notice?.(text)
      },
      doubts: (...about) => this.#doubts(...about),
      suits: (endpoint, requests) => this.#suits(endpoint, requests),
    }
    if (!isLocal)
      this.#newest = new NewestBlock(
        () => clock.now(),
        () => exchange([{ id: 0, method: 'eth_blockNumber', params: [] }], this.#around),
      )
  }

  /** What the last answers say about head and clocks; undefined before a newest block was seen. */
  get witness(): Witness | undefined {
    return this.#witness
  }

  /** Host and port of the first endpoint. */
  get home(): string {
    return this.#around.endpoints[0]?.name ?? ''
  }

  /** From now on. */
  noteIn(notes: SentNotes): void {
    this.#notes = notes
  }

  /** For some epochs no state is read that is older than this block, whoever answers. */
  noteMined(seen: SeenBlock): void {
    this.#newest?.noteMined(seen)
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const requests: RpcRequest[] = (Array.isArray(payload) ? payload : [payload]).map(
      ({ id, method, params }) => ({ id, method, params }),
    )
    for (const request of requests) await this.#beforeSending(request)
    const asked = (await this.#newest?.pinned(requests)) ?? requests
    const answers = await exchange(asked, this.#around)
    if (answers.some(({ error }) => error && isNotYet(error))) this.#newest?.forgetHead()
    const results: unknown[] = []
    for (const request of requests) {
      const answer = answers.find(({ id }) => id === request.id)
      if (answer !== undefined) results.push(await this.#afterwards(request, answer))
    }
    return results as JsonRpcResult[]
  }

  /** From the node's premium and the base fee: the fixed 1.5 gwei of Ethereum's tools is far above what Filecoin asks. */
  override async getFeeData(): Promise<FeeData> {
    const [block, premium] = await Promise.all([this.getBlock('latest'), this.#premium()])
    const baseFee = block?.baseFeePerGas ?? 0n
    return new FeeData(baseFee + premium, baseFee * BASE_FEES + premium, premium)
  }

  async #premium(): Promise<bigint> {
    try {
      const told = BigInt(String(await this.send('eth_maxPriorityFeePerGas', [])))
      return told > MIN_PREMIUM ? told : MIN_PREMIUM
    } catch (error) {
      if (isMethodUnknown(error)) return MIN_PREMIUM
      throw error
    }
  }

  /** @throws ARGUMENT_INVALID for what Filecoin does not take */
  async #beforeSending({ method, params }: RpcRequest): Promise<void> {
    const [first] = params as unknown[]
    if (method === 'eth_sendTransaction') {
      const { type, accessList } = first as { type?: string; accessList?: [] }
      checkOutgoing({ type: type === undefined ? undefined : Number(type), accessList })
    }
    if (method !== 'eth_sendRawTransaction') return
    const { hash, serialized, from, nonce } = checkSigned(first, this.#network.chainId)
    await this.#notes?.note({ hash: hash ?? '', raw: serialized, from: from ?? '', nonce })
  }

  async #afterwards(request: RpcRequest, answer: RpcAnswer): Promise<RpcAnswer> {
    const { id, result, error } = answer
    const [first, tag] = request.params as unknown[]
    switch (request.method) {
      case 'eth_sendRawTransaction': {
        const { hash, from, nonce } = checkSigned(first, this.#network.chainId)
        const isDone =
          error === undefined ||
          isTaken(error) ||
          (isNonceUsed(error) && (await this.#isKnown(hash)))
        if (!isDone) return answer
        this.#isNext(from, nonce + 1)
        return { id, result: hash }
      }
      case 'eth_getTransactionCount': {
        if (typeof result !== 'string') return answer
        if (tag !== 'pending') {
          // What is mined is used, though a pool that is behind may offer it.
          if (this.#newest !== undefined) this.#isNext(first, Number(result))
          return answer
        }
        const sent = this.#nonces.get(String(first).toLowerCase())
        if (sent === undefined) return answer
        return BigInt(result) < sent ? { id, result: `0x${sent.toString(16)}` } : answer
      }
      case 'eth_getTransactionReceipt':
        if (typeof result === 'object' && result !== null) await this.#settle(String(first), result)
        return answer
      default:
        return answer
    }
  }

  async #settle(hash: string, { blockNumber }: { blockNumber?: unknown }): Promise<void> {
    const block = typeof blockNumber === 'string' ? Number(blockNumber) : undefined
    if (block !== undefined) this.noteMined({ block, at: this.#around.clock.now() })
    await this.#notes?.settle(hash, block)
  }

  #isNext(of: unknown, nonce: number): void {
    const account = String(of).toLowerCase()
    this.#nonces.set(account, Math.max(this.#nonces.get(account) ?? 0, nonce))
  }

  /** A nonce that is used already is used by these bytes when a node knows them. */
  async #isKnown(hash: unknown): Promise<boolean> {
    const ask = { id: 0, method: 'eth_getTransactionByHash', params: [hash] }
    const [found] = await exchange([ask], this.#around)
    return found?.result !== null && found?.result !== undefined
  }

  /** Whether another endpoint should be asked for its head. */
  #doubts(endpoint: Endpoint, request: RpcRequest, answer: RpcAnswer, { date }: Posted): boolean {
    const { head, time } = headIn(request, answer)
    if (head === undefined) return false
    const { endpoints, clock, notice } = this.#around
    const now = clock.now()
    const others = endpoints.filter((other) => other !== endpoint && !other.isForeign)
    const heads = others.flatMap((other) => (other.isAstray ? [] : (other.head ?? [])))
    const known = heads.length === 0 ? undefined : Math.max(...heads)
    endpoint.head = head
    endpoint.isAstray = isAstray(head, known, epochAt(this.#network, now))
    if (!endpoint.isAstray) this.#newest?.noteHead(head)
    if (time !== undefined) this.#witness = { head, time, here: now, there: date }
    if (!endpoint.isAstray || others.every((other) => other.isAstray)) return false
    notice(
      `${endpoint.name} is at epoch ${head}, far from the others or the clock; others are asked first`,
    )
    return true
  }

  /** An endpoint that is behind leaves out logs of the epochs that it does not have, and says nothing about it. */
  async #suits(endpoint: Endpoint, requests: readonly RpcRequest[]): Promise<boolean> {
    const { endpoints, budget, signal } = this.#around
    if (endpoints.length < 2) return true
    const last = Math.max(...requests.map(lastEpochOf))
    if ((endpoint.head ?? -1) >= last) return true
    const ask = { id: 0, method: 'eth_blockNumber', params: [] }
    const { answers } = await endpoint.post([ask], { timeoutMs: budget.postMs, signal })
    const { head } = headIn(ask, answers[0])
    if (head !== undefined) endpoint.head = head
    return (endpoint.head ?? -1) >= last
  }
}
