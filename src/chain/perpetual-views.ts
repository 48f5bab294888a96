/** Between the structs of PerpetualStorage, as ethers encodes and decodes them, and values of ours. Epochs are numbers, amounts attoFIL. */
import { type Result, ZeroAddress } from 'ethers'
import { PROVIDER_RULES } from '../keep/choose-providers.ts'
import type { Decision } from '../keep/decide.ts'
import { type Facts, STANDINGS } from '../keep/facts.ts'
import type { Policy } from '../keep/policy.ts'
import { type Reason, REASONS } from '../keep/reason.ts'
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

export interface StoreStatus {
  readonly active: number
  readonly published: number
  readonly open: number
  readonly next: Decision
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
  /** A keeper named the location of the newest attempt: the next takes the policy's. */
  readonly placedByKeeper: boolean
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

export function rawPolicy(policy: Policy): unknown {
  const { rule, judge } = policy
  return { ...policy, rule: PROVIDER_RULES.indexOf(rule), judge: judge ?? ZeroAddress }
}

export function policyIn(raw: Result): Policy {
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

export function factsIn(raw: Result): Facts {
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

export function decisionIn(raw: Result): Decision {
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
    placedByKeeper: raw['placedByKeeper'] as boolean,
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

export function reasonNamed(index: bigint): Reason {
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
