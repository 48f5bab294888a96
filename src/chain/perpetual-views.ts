/** Between the structs of PerpetualStorage, as ethers encodes and decodes them, and values of ours. Epochs are numbers, amounts attoFIL. */
import { type Result, ZeroAddress } from 'ethers'
import { parsePieceCid, pieceCidV1Bytes } from '../piece/piece-cid.ts'

/** The piece to keep, as `prepare` and `aggregate` tell it. */
export interface KeptPiece {
  /** Version 1 or 2. */
  readonly pieceCid: string
  /** Padded bytes. */
  readonly pieceSize: number
  /** Bytes that a location serves. */
  readonly size: number
  /** Root CID; empty if the piece has none. */
  readonly root: string
}

/** In the order of the contract's enums. */
export const PROVIDER_RULES = ['any', 'only', 'except'] as const
export const REASONS = [
  'healthy',
  'awaiting',
  'first',
  'retry',
  'at-ceiling',
  'repair',
  'renewal',
  'missing',
  'close',
  'no-money',
  'no-providers',
  'crowded',
  'cancelled',
] as const
export const STANDINGS = ['published', 'active', 'missed', 'ended', 'terminated'] as const

export type ReasonName = (typeof REASONS)[number]
export type StandingName = (typeof STANDINGS)[number]

/** The contract's `Policy`; per GiB of padded bytes where it says so. */
export interface StorePolicy {
  readonly replicas: number
  readonly distinct: boolean
  readonly keeperLocations: boolean
  readonly rule: (typeof PROVIDER_RULES)[number]
  /** Actor ids. */
  readonly providers: readonly bigint[]
  /** 0x…; undefined: nobody is asked. */
  readonly judge: string | undefined
  /** Epochs. */
  readonly term: number
  readonly lead: number
  readonly startDelay: number
  /** Per GiB and epoch. */
  readonly price: bigint
  readonly maxPrice: bigint
  /** Per GiB. */
  readonly collateral: bigint
  readonly maxCollateral: bigint
  readonly reward: bigint
  readonly maxPay: bigint
  readonly maxPayPerWindow: bigint
  readonly locations: readonly string[]
}

export interface StoreDeal {
  readonly dealId: bigint
  /** Actor id. */
  readonly provider: bigint
  readonly startEpoch: number
  readonly endEpoch: number
  readonly standing: StandingName
  readonly closed: boolean
}

/** All that a decision is made from. */
export interface StoreFacts {
  readonly epoch: number
  readonly replicas: number
  readonly term: number
  readonly lead: number
  readonly startDelay: number
  readonly cancelled: boolean
  /** Eighths of the way from the first offer to the ceiling. */
  readonly step: number
  readonly openCopies: number
  readonly openSince: number
  readonly openStart: number
  readonly crowded: boolean
  /** Newest first. */
  readonly deals: readonly StoreDeal[]
  readonly eligible: number
  /** Padded bytes. */
  readonly pieceSize: number
  readonly price: bigint
  readonly maxPrice: bigint
  readonly money: bigint
  readonly openReserve: bigint
}

export interface StoreDecision {
  readonly reason: ReasonName
  readonly endsOpen: boolean
  readonly settles: boolean
  readonly copies: number
  readonly startEpoch: number
  readonly endEpoch: number
  readonly step: number
  /** Epoch; 0: never by time alone. */
  readonly dueAt: number
}

export interface StoreStatus {
  readonly active: number
  readonly published: number
  readonly open: number
  readonly next: StoreDecision
  /** The reason in a sentence. */
  readonly why: string
}

export interface StoreRecord {
  /** 0x… */
  readonly account: string
  readonly client: string
  readonly policy: number
  readonly attempts: number
  readonly step: number
  readonly cancelled: boolean
  /** Numbers of proposals in the client, oldest first. */
  readonly proposals: readonly number[]
  /** Actor ids of providers that failed, the newest first. */
  readonly shunned: readonly bigint[]
}

export interface StoreAccount {
  /** Undefined before the account stored. */
  readonly client: string | undefined
  readonly stores: number
  readonly free: bigint
  readonly perEpoch: bigint
  readonly paidInWindow: bigint
}

export function rawPiece({ pieceCid, pieceSize, size, root }: KeptPiece): unknown[] {
  return [pieceCidV1Bytes(parsePieceCid(pieceCid).root), pieceSize, size, root]
}

export function rawPolicy(policy: StorePolicy): unknown {
  const { rule, judge } = policy
  return { ...policy, rule: PROVIDER_RULES.indexOf(rule), judge: judge ?? ZeroAddress }
}

export function policyIn(raw: Result): StorePolicy {
  return {
    replicas: numberIn(raw, 'replicas'),
    distinct: raw['distinct'] as boolean,
    keeperLocations: raw['keeperLocations'] as boolean,
    rule: PROVIDER_RULES[numberIn(raw, 'rule')] ?? 'any',
    providers: listIn<bigint>(raw, 'providers'),
    judge: stated(raw['judge'] as string),
    term: numberIn(raw, 'term'),
    lead: numberIn(raw, 'lead'),
    startDelay: numberIn(raw, 'startDelay'),
    price: raw['price'] as bigint,
    maxPrice: raw['maxPrice'] as bigint,
    collateral: raw['collateral'] as bigint,
    maxCollateral: raw['maxCollateral'] as bigint,
    reward: raw['reward'] as bigint,
    maxPay: raw['maxPay'] as bigint,
    maxPayPerWindow: raw['maxPayPerWindow'] as bigint,
    locations: listIn<string>(raw, 'locations'),
  }
}

export function factsIn(raw: Result): StoreFacts {
  return {
    epoch: numberIn(raw, 'epoch'),
    replicas: numberIn(raw, 'replicas'),
    term: numberIn(raw, 'term'),
    lead: numberIn(raw, 'lead'),
    startDelay: numberIn(raw, 'startDelay'),
    cancelled: raw['cancelled'] as boolean,
    step: numberIn(raw, 'step'),
    openCopies: numberIn(raw, 'openCopies'),
    openSince: numberIn(raw, 'openSince'),
    openStart: numberIn(raw, 'openStart'),
    crowded: raw['crowded'] as boolean,
    deals: listIn<Result>(raw, 'deals').map((deal) => ({
      dealId: deal['dealId'] as bigint,
      provider: deal['provider'] as bigint,
      startEpoch: numberIn(deal, 'startEpoch'),
      endEpoch: numberIn(deal, 'endEpoch'),
      standing: STANDINGS[numberIn(deal, 'standing')] ?? 'published',
      closed: deal['closed'] as boolean,
    })),
    eligible: numberIn(raw, 'eligible'),
    pieceSize: numberIn(raw, 'pieceSize'),
    price: raw['price'] as bigint,
    maxPrice: raw['maxPrice'] as bigint,
    money: raw['money'] as bigint,
    openReserve: raw['openReserve'] as bigint,
  }
}

export function decisionIn(raw: Result): StoreDecision {
  return {
    reason: reasonNamed(raw['reason'] as bigint),
    endsOpen: raw['endsOpen'] as boolean,
    settles: raw['settles'] as boolean,
    copies: numberIn(raw, 'copies'),
    startEpoch: numberIn(raw, 'startEpoch'),
    endEpoch: numberIn(raw, 'endEpoch'),
    step: numberIn(raw, 'step'),
    dueAt: numberIn(raw, 'dueAt'),
  }
}

export function statusIn(raw: Result): StoreStatus {
  return {
    active: numberIn(raw, 'active'),
    published: numberIn(raw, 'published'),
    open: numberIn(raw, 'open'),
    next: decisionIn(raw['next'] as Result),
    why: raw['why'] as string,
  }
}

export function storeIn(raw: Result): StoreRecord {
  return {
    account: raw['account'] as string,
    client: raw['client'] as string,
    policy: numberIn(raw, 'policy'),
    attempts: numberIn(raw, 'attempts'),
    step: numberIn(raw, 'step'),
    cancelled: raw['cancelled'] as boolean,
    proposals: listIn<bigint>(raw, 'proposals').map(Number),
    shunned: listIn<bigint>(raw, 'shunned').filter((id) => id !== 0n),
  }
}

export function accountIn(raw: Result): StoreAccount {
  return {
    client: stated(raw['client'] as string),
    stores: numberIn(raw, 'stores'),
    free: raw['free'] as bigint,
    perEpoch: raw['perEpoch'] as bigint,
    paidInWindow: raw['paidInWindow'] as bigint,
  }
}

export function reasonNamed(index: bigint): ReasonName {
  return REASONS[Number(index)] ?? 'healthy'
}

function numberIn(raw: Result, name: string): number {
  return Number(raw[name] as bigint)
}

function listIn<T>(raw: Result, name: string): T[] {
  return (raw[name] as Result).toArray() as T[]
}

function stated(address: string): string | undefined {
  return address === ZeroAddress ? undefined : address
}
