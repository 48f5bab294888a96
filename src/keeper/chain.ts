/** The keeper's port over a node: counts its requests, reads PerpetualStorage, signs where it can, and takes a message once. */
import {
  BaseWallet,
  id as topicOf,
  type Log,
  type Provider,
  type Signer,
  toQuantity,
  Transaction,
} from 'ethers'
import { openClient } from '../chain/client-contract.ts'
import { gasBoundOf } from '../chain/gas-bound.ts'
import { minerInfo } from '../chain/lotus.ts'
import { logWindows } from '../chain/logs.ts'
import type { Network } from '../chain/networks.ts'
import { callNode, type CallOptions } from '../chain/node.ts'
import { openPerpetual, perpetualEvents } from '../chain/perpetual.ts'
import { decodeRevert } from '../chain/revert.ts'
import { providerOf } from '../chain/send.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { rootOfLabel } from '../deal/label.ts'
import { newsIn } from './news.ts'
import type { Head, KeeperChain, Message, Receipt } from './ports.ts'

/** Events of clients after which a store may have something to do sooner than time alone says. */
const CLIENT_TOPICS = [
  'DealPublished(bytes32,uint64,uint64)',
  'DealClosed(uint64,uint8)',
  'Received(address,uint256)',
].map((event) => topicOf(event))

export interface KeeperChainOptions extends Omit<CallOptions, 'network'> {
  /** Of PerpetualStorage. */
  readonly address: string
  readonly signer: Signer
  readonly network: Network
}

export async function openKeeperChain(options: KeeperChainOptions): Promise<KeeperChain> {
  const { address, signer, network, signal, timeoutMs } = options
  let requests = 0
  const provider = counting(providerOf(signer), () => (requests += 1))
  const call: CallOptions = { signal, timeoutMs, network: network.name }
  const account = await signer.getAddress()
  const storage = openPerpetual(address, provider, call)
  const ask = <T>(what: string, act: () => Promise<T>): Promise<T> => callNode(what, act, call)

  return {
    address,
    account,
    mostForGas: gasBoundOf(providerOf(signer)),
    requests: () => requests,

    head: () =>
      ask('the newest block', async (): Promise<Head> => {
        const block = await provider.getBlock('latest')
        if (block === null)
          throw new StorageError('NODE_UNREACHABLE', { what: 'the node knows no block' })
        const { number: epoch, baseFeePerGas, gasLimit } = block
        return { epoch, baseFee: baseFeePerGas ?? 0n, gasLimit }
      }),

    async news(from, to) {
      const range = { from: BigInt(from), to: BigInt(to), head: BigInt(to) }
      const logs: Log[] = []
      for await (const window of logWindows(
        provider,
        undefined,
        { ...range, client: address },
        call,
      ))
        logs.push(...window.logs)
      for await (const window of logWindows(provider, [CLIENT_TOPICS], range, call))
        logs.push(...window.logs)
      return newsIn(address, logs)
    },

    storeCount: () => storage.storeCount(),
    pokeable: async (cursor, n) => (await storage.pokeable(cursor, n)).map(Number),

    async factsOf(id) {
      try {
        return await storage.factsOf(BigInt(id))
      } catch (error) {
        if (isStorageError(error, 'CONTRACT_REFUSED') && /no store/.test(error.message))
          return undefined
        throw error
      }
    },

    storeOf: (id) => storage.storeOf(BigInt(id)),
    policyOf: (number) => storage.policyOf(number),
    accountOf: (one) => storage.accountOf(one),

    async pieceOf(client, number) {
      const port = openClient(client, provider, call)
      const [id = ''] = await port.proposalIds(BigInt(number - 1), 1n)
      const [proposal] = await port.proposals([id])
      if (proposal === undefined)
        throw new StorageError('PROPOSAL_NOT_FOUND', { what: `proposal ${number} of ${client}` })
      const { pieceCid, pieceSize, size, label } = proposal
      return { pieceCid, pieceSize, size, root: rootOfLabel(label) ?? '' }
    },

    async urlsOf(id) {
      requests += 1
      return (await minerInfo(provider, network, id, call))?.urls ?? []
    },

    premium: () =>
      ask('the premium', async () => BigInt(await rpc(provider, 'eth_maxPriorityFeePerGas', []))),

    nonce: () => ask('the nonce', () => provider.getTransactionCount(account, 'latest')),
    estimate: (data) =>
      ask('poke', () => provider.estimateGas({ from: account, to: address, data })),

    async sign(message) {
      if (!(signer instanceof BaseWallet)) return { raw: null, hash: null }
      const { chainId } = await provider.getNetwork()
      const raw = await signer.signTransaction({ ...requestOf(message), chainId, type: 2 })
      return { raw, hash: Transaction.from(raw).hash }
    },

    async broadcast(message, signed) {
      const send = async (): Promise<string> => {
        if (signed.raw !== null) return (await provider.broadcastTransaction(signed.raw)).hash
        return (await signer.sendTransaction({ ...requestOf(message), from: account })).hash
      }
      requests += signed.raw === null ? 1 : 0
      try {
        return await ask('poke', send)
      } catch (error) {
        if (signed.hash !== null && isStorageError(error) && isTakenAlready(error))
          return signed.hash
        throw error
      }
    },

    isKnown: (hash) =>
      ask('a transaction', async () => (await provider.getTransaction(hash)) !== null),

    async receipt(hash) {
      const found = await ask('a receipt', () => provider.getTransactionReceipt(hash))
      if (found === null) return undefined
      const events = perpetualEvents(address, found.logs)
      const receipt: Receipt = {
        block: found.blockNumber,
        isSuccess: found.status !== 0,
        gasUsed: found.gasUsed,
        fee: found.gasUsed * found.gasPrice,
        poked: events.flatMap((event) =>
          event.name === 'poked'
            ? [{ id: Number(event.id), paid: event.paid, reason: event.reason }]
            : [],
        ),
        failed: events.flatMap((event) =>
          event.name === 'poke-failed' ? [{ id: Number(event.id), error: words(event.error) }] : [],
        ),
      }
      return receipt
    },
  }
}

function requestOf({ to, data, nonce, gasLimit, maxFee, premium }: Message): object {
  return {
    to,
    data,
    nonce,
    gasLimit,
    maxFeePerGas: maxFee,
    maxPriorityFeePerGas: premium,
    value: 0n,
  }
}

function words(error: string): string {
  return decodeRevert(error, { what: 'poke' })?.message ?? `the contract refused: ${error}`
}

/** What Lotus, Geth and Hardhat say of a message that they have, or have mined. */
function isTakenAlready(error: StorageError): boolean {
  const said = [error.message, String(error.cause)].join(' ')
  return /already (known|in mpool|imported|exists)|known transaction|nonce (is )?too low|nonce too low|minimum expected nonce/i.test(
    said,
  )
}

async function rpc(provider: Provider, method: string, params: unknown[]): Promise<string> {
  const { send } = provider as unknown as {
    send?: (method: string, params: unknown[]) => Promise<unknown>
  }
  if (send !== undefined) return String(await send.call(provider, method, params))
  return toQuantity((await provider.getFeeData()).maxPriorityFeePerGas ?? 0n)
}

/** Each of these is one request. */
const REQUESTS = new Set([
  'getBlock',
  'getBlockNumber',
  'getLogs',
  'call',
  'estimateGas',
  'send',
  'getTransactionCount',
  'getTransaction',
  'getTransactionReceipt',
  'broadcastTransaction',
])

function counting(provider: Provider, onRequest: () => void): Provider {
  return new Proxy(provider, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (!REQUESTS.has(String(name))) return value.bind(target) as unknown
      return (...values: unknown[]) => {
        onRequest()
        return (value as (...all: unknown[]) => unknown).apply(target, values)
      }
    },
  })
}
