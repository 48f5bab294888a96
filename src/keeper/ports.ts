/** What a keeper needs of a chain: the port behind which PerpetualStorage, its clients and a node stand, and fakes in tests. */
import type { StoreAccount, StoreRecord } from '../chain/perpetual-views.ts'
import type { Facts } from '../keep/facts.ts'
import type { Policy } from '../keep/policy.ts'

export interface Head {
  readonly epoch: number
  /** attoFIL per gas. */
  readonly baseFee: bigint
  /** Of a block: no transaction can have more. */
  readonly gasLimit: bigint
}

/** A log that tells that something about stores has changed. */
export interface News {
  readonly block: number
  /** Block hash and index: a log that a re-organisation moves is another one. */
  readonly key: string
  /** What it names: which stores that touches is found by what is known of them. */
  readonly store?: number
  /** 0x…, lower case: an account, or its client, that got money. */
  readonly purse?: string
  /** With `store`: its newest. */
  readonly proposalId?: string
  readonly dealId?: number
}

/** The piece of a store, as its newest proposal has it. */
export interface PieceFacts {
  /** Version 1. */
  readonly pieceCid: string
  /** Padded bytes. */
  readonly pieceSize: number
  /** Bytes that a location serves. */
  readonly size: number
  /** Root CID; empty without one. */
  readonly root: string
}

/** attoFIL per gas. */
export interface Fees {
  readonly maxFee: bigint
  readonly premium: bigint
}

export interface Message extends Fees {
  readonly to: string
  /** 0x… */
  readonly data: string
  readonly nonce: number
  readonly gasLimit: bigint
}

/** Signed here, so that its hash is known before anybody has it; null where the node signs. */
export interface Signed {
  readonly raw: string | null
  readonly hash: string | null
}

export interface Receipt {
  readonly block: number
  readonly isSuccess: boolean
  readonly gasUsed: bigint
  /** attoFIL. */
  readonly fee: bigint
  readonly poked: readonly { readonly id: number; readonly paid: bigint; readonly reason: string }[]
  readonly failed: readonly { readonly id: number; readonly error: string }[]
}

/** Every method: one JSON-RPC request, unless it says otherwise. @throws as `callNode` */
export interface KeeperChain {
  /** PerpetualStorage, and who signs: 0x… */
  readonly address: string
  readonly account: string
  /** attoFIL that the gas of one message may cost at most. */
  readonly mostForGas: bigint
  /** JSON-RPC requests so far. */
  requests(): number
  head(): Promise<Head>
  /** Of epochs, both included. Two requests for each 2,880 of them. */
  news(from: number, to: number): Promise<News[]>
  storeCount(): Promise<number>
  pokeable(cursor: number, n: number): Promise<number[]>
  /** Undefined for a store that is not, or not any more, on the chain. */
  factsOf(id: number): Promise<Facts | undefined>
  storeOf(id: number): Promise<StoreRecord>
  policyOf(number: number): Promise<Policy>
  accountOf(account: string): Promise<StoreAccount>
  /** Two requests. */
  pieceOf(client: string, number: number): Promise<PieceFacts>
  /** HTTP servers of a provider. */
  urlsOf(provider: bigint): Promise<readonly string[]>
  /** attoFIL per gas that makes a miner take a message. */
  premium(): Promise<bigint>
  /** Messages of the account that are mined. */
  nonce(): Promise<number>
  /** Gas; fails with what the contract refuses. */
  estimate(data: string): Promise<bigint>
  sign(message: Message): Promise<Signed>
  /** @returns The hash. A node that has the message already is content. */
  broadcast(message: Message, signed: Signed): Promise<string>
  isKnown(hash: string): Promise<boolean>
  receipt(hash: string): Promise<Receipt | undefined>
}
