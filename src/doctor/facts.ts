/**
 * What was looked up before a diagnosis. A group that is left out was not asked about; a fact that could not be looked up says
 * why, and stays unknown: it never counts as well.
 */
import type { Ask } from '../deal/ask.ts'
import type { CollateralBounds, StartWindow } from '../deal/terms.ts'

export interface Known<T> {
  readonly known: true
  readonly value: T
}

export type Fact<T> = Known<T> | { readonly known: false; readonly why: string }

export function known<T>(value: T): Known<T> {
  return { known: true, value }
}

export function unseen<T>(why: string): Fact<T> {
  return { known: false, why }
}

export interface Facts {
  readonly network: NetworkFacts
  readonly machine?: MachineFacts
  readonly node?: NodeFacts
  readonly account?: Fact<AccountFacts | NoAccount>
  readonly contract?: ContractFacts
  readonly money?: MoneyFacts
  readonly offer?: OfferFacts
  readonly chain?: OnChainFacts
  readonly url?: UrlFacts
  readonly depot?: DepotFacts
  /** Those that were named. */
  readonly providers?: readonly ProviderFacts[]
}

export interface NetworkFacts {
  readonly name: string
  readonly chainId: bigint
  /** A chain on this machine, whose providers reach this machine and ask for little. */
  readonly local: boolean
  /** What a command needs to name it: empty, or ` --network NAME`. */
  readonly option: string
  /** Padded bytes. */
  readonly sectorSize: bigint
  readonly startWindow: StartWindow
}

export interface MachineFacts {
  /** `process.versions.node`. */
  readonly node: string
  readonly hashBackend: 'hashtree' | 'as-sha256'
  /** Bytes that are free where the depot is. */
  readonly freeBytes: Fact<number>
  /** Base URL at which providers reach the depot; empty: none is known. */
  readonly depotUrl: string
}

export interface NodeFacts {
  readonly chainId: Fact<bigint>
  /** Unix seconds of the head's time. */
  readonly head: Fact<{ readonly epoch: bigint; readonly time: number }>
  /** Unix seconds of this machine. */
  readonly now: number
  /** Whether `Filecoin.…` methods are answered. */
  readonly lotus: Fact<boolean>
  readonly networkVersion: Fact<number>
}

export interface AccountFacts {
  /** 0x… */
  readonly address: string
  /** attoFIL. */
  readonly balance: Fact<bigint>
  /** Transactions that were sent and are not mined. */
  readonly pending: Fact<number>
}

/** No key is configured. */
export interface NoAccount {
  readonly missing: string
}

export interface ContractFacts {
  /** 0x… */
  readonly address: Fact<string>
  /** Whether there is code. */
  readonly code: Fact<boolean>
  /** 0x…; undefined where the contract does not answer as a client does. */
  readonly owner: Fact<string | undefined>
  readonly paused: Fact<boolean>
  /** attoFIL that the account may still reserve as a proposer; of the owner nothing is asked. */
  readonly allowance: Fact<bigint>
  /** Actor id; undefined where the node knows no such actor. */
  readonly actorId: Fact<bigint | undefined>
}

/** attoFIL. */
export interface MoneyFacts {
  /** Of the escrow at f05, what nothing locks or reserves. */
  readonly available: Fact<bigint>
  /** Of the contract itself. */
  readonly balance: Fact<bigint>
  /** Escrow at f05 without what deals lock, as providers see it. */
  readonly unlocked: Fact<bigint>
}

/** The terms that are about to be proposed, or were. */
export interface OfferFacts {
  /** As it goes on chain. */
  readonly pieceCid: Uint8Array
  /** Raw bytes that the URL serves. */
  readonly size: bigint
  /** Padded bytes. */
  readonly pieceSize: bigint
  readonly verified: boolean
  readonly label: string | Uint8Array
  readonly startEpoch: bigint
  readonly endEpoch: bigint
  /** attoFIL per epoch for the whole piece. */
  readonly pricePerEpoch: bigint
  /** attoFIL. */
  readonly providerCollateral: bigint
  /** attoFIL. */
  readonly clientCollateral: bigint
  readonly replicas: number
  /** Replicas that were published. */
  readonly published: number
  /** Actor ids that may publish; empty: any. */
  readonly providers: readonly bigint[]
  readonly bounds: Fact<CollateralBounds>
  /** Other proposals of this client with the very same fields. */
  readonly twins: Fact<readonly string[]>
}

/** Of a proposal that stands on chain. */
export interface OnChainFacts {
  readonly proposalId: string
  readonly state: 'open' | 'filled' | 'lapsed' | 'cancelled'
  /** What is wrong with the bytes of `getDealProposal`; empty: nothing. */
  readonly proposalBytes: Fact<string>
  readonly extraBytes: Fact<string>
  /** Fields in which the bytes differ from what the contract's views tell. */
  readonly differences: Fact<readonly string[]>
  /** Client of the bytes, and the f410 address of the contract. */
  readonly client: Fact<{ readonly stated: string; readonly own: string }>
  /** Newest epoch in which the event was logged; undefined: in none of the last `looked`. */
  readonly announced: Fact<{ readonly epoch: bigint | undefined; readonly looked: bigint }>
  /** What the contract says to AuthenticateMessage of f05, for each provider that is named; undefined: for any. */
  readonly auth: readonly {
    readonly provider: bigint | undefined
    readonly verdict: Fact<AuthFacts>
  }[]
}

export interface AuthFacts {
  readonly ok: boolean
  /** Of the contract; empty when it agrees. */
  readonly reason: string
}

export interface UrlFacts {
  readonly text: string
  /** Addresses that the host's name stands for; of a literal address it alone. */
  readonly addresses: Fact<readonly HostAddress[]>
  /** Undefined where the text is no URL that can be asked. */
  readonly reach: Reach | undefined
  readonly head: Fact<HeadFacts>
  /** Answer to a Range request in the middle. */
  readonly range: Fact<RangeFacts>
  /** 1 or 2; undefined: the bytes begin with no CAR header. */
  readonly car: Fact<1 | 2 | undefined>
  /** Raw bytes that it should serve; undefined where nothing is known of them. */
  readonly size: number | undefined
  /** Whether samples are those of the depot's piece; undefined where the depot has none to compare. */
  readonly ours: Fact<boolean> | undefined
  /** Piece CID v1 of all the bytes that were served, where that was asked. */
  readonly commitment: Fact<string> | undefined
  /** Piece CID v1 that they should have. */
  readonly pieceCid: string | undefined
}

export interface HostAddress {
  readonly address: string
  /** Of a private network, this machine or a link: out of reach for others. */
  readonly inside: boolean
  /** Written in the URL itself. */
  readonly literal: boolean
}

export type Reach =
  | { readonly ok: true }
  | { readonly ok: false; readonly kind: 'tls' | 'other'; readonly why: string }

export interface HeadFacts {
  readonly status: number
  readonly length: string | undefined
  readonly encoding: string | undefined
  /** Followed until an answer that is none, four at most. */
  readonly redirects: readonly { readonly host: string; readonly inside: boolean }[]
}

export interface RangeFacts {
  /** First byte and last byte, inclusive. */
  readonly first: number
  readonly last: number
  readonly status: number
  readonly contentRange: string | undefined
  /** Bytes that came. */
  readonly length: number
  readonly encoding: string | undefined
}

export interface DepotFacts {
  /** The piece in the depot; undefined: it is not there. Unknown with the reason when its record is broken. */
  readonly piece: Fact<{ readonly size: number; readonly pieceSize: number } | undefined>
  /** What is wrong with the record or the file; empty: nothing. */
  readonly damage: string
}

export interface ProviderFacts {
  /** Actor id. */
  readonly id: bigint
  /** Undefined: no such miner. */
  readonly miner: Fact<
    { readonly urls: readonly string[]; readonly sectorSize: bigint | undefined } | undefined
  >
  /** Its own; undefined where it tells none. */
  readonly ask: Fact<Ask> | undefined
}
