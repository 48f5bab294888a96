/** The fifty stores of the two years, and the terms on which they are kept. */
import { ZeroAddress } from 'ethers'
import { pieceCidV1Bytes } from '../../../src/piece/piece-cid.ts'
import { random } from '../../support/random.ts'
import type { Dice } from './dice.ts'
import { DAY, YEARS } from './providers.ts'

const STORES = 50
const ACCOUNTS = 24
const GIB = 2n ** 30n
/** Providers that test/contracts/years/ListJudge.sol turns away here. */
export const JUDGED_OUT = [1006n, 1010n]

export type Policy = ReturnType<typeof policyOf>

/** How much money an account brings. */
export type Purse = 'full' | 'late' | 'once'

export interface Plan {
  /** Place of the account. */
  readonly account: number
  readonly kind: string
  readonly policy: Policy
  readonly piece: { pieceCid: Uint8Array; pieceSize: bigint; size: bigint; root: string }
  /** Epochs from the first day. */
  readonly at: number
  readonly purse: Purse
}

interface Kind {
  readonly name: string
  readonly days: number
  readonly leadDays: number
  readonly delayDays: number
  readonly distinct?: boolean
  readonly rule?: 0 | 1 | 2
  readonly providers?: readonly bigint[]
  readonly judged?: boolean
  readonly price?: bigint
  readonly maxPrice?: bigint
}

/** The first of the twelve is f01000. */
const KINDS: readonly Kind[] = [
  { name: 'anyone', days: 180, leadDays: 14, delayDays: 2 },
  { name: 'anyone, long', days: 360, leadDays: 12, delayDays: 2 },
  {
    name: 'listed',
    days: 270,
    leadDays: 14,
    delayDays: 2,
    rule: 1,
    providers: ids(0, 1, 2, 4, 8, 11),
  },
  { name: 'all but two', days: 300, leadDays: 12, delayDays: 2, rule: 2, providers: ids(6, 8) },
  { name: 'judged', days: 330, leadDays: 12, delayDays: 2, judged: true },
  { name: 'not distinct', days: 400, leadDays: 10, delayDays: 2, distinct: false },
  {
    name: 'cheap',
    days: 240,
    leadDays: 14,
    delayDays: 2,
    price: 36_000_000n,
    maxPrice: 62_000_000n,
  },
  {
    name: 'five only',
    days: 500,
    leadDays: 14,
    delayDays: 2,
    rule: 1,
    providers: ids(2, 3, 5, 9, 10),
  },
]

function ids(...places: number[]): bigint[] {
  return places.map((place) => 1000n + BigInt(place))
}

/** Amounts in attoFIL; f05's least collateral is 2.7e14 per GiB on the first day. */
function policyOf(kind: Kind, judge: string) {
  return {
    replicas: 3n,
    distinct: kind.distinct ?? true,
    keeperLocations: true,
    rule: BigInt(kind.rule ?? 0),
    providers: kind.providers ?? [],
    judge: kind.judged === true ? judge : ZeroAddress,
    term: BigInt(kind.days * DAY),
    lead: BigInt(kind.leadDays * DAY),
    startDelay: BigInt(kind.delayDays * DAY),
    price: kind.price ?? 50_000_000n,
    maxPrice: kind.maxPrice ?? 110_000_000n,
    collateral: 300_000_000_000_000n,
    maxCollateral: 900_000_000_000_000n,
    reward: 10n ** 12n,
    maxPay: 3n * 10n ** 12n,
    maxPayPerWindow: 9n * 10n ** 12n,
    locations: ['https://depot.example/piece/', 'https://mirror.example/piece/'],
  }
}

export function plans(seed: string, judge: string, { roll, between }: Dice): Plan[] {
  return Array.from({ length: STORES }, (_, place) => {
    const kind = KINDS[place % KINDS.length]
    if (kind === undefined) throw new RangeError('no such kind')
    const root = random(32, `${seed}/${place}`)
    root[31] = (root[31] ?? 0) & 0x3f
    const pieceSize = GIB << BigInt(roll(6))
    const account = place % ACCOUNTS
    return {
      account,
      kind: kind.name,
      policy: policyOf(kind, judge),
      piece: {
        pieceCid: pieceCidV1Bytes(root),
        pieceSize,
        size: (pieceSize * 127n) / 128n - BigInt(roll(1000)),
        root: 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
      },
      at: place * DAY + between(0, 2) * 960,
      purse: account === ACCOUNTS - 1 ? 'late' : account === ACCOUNTS - 2 ? 'once' : 'full',
    }
  })
}

/** attoFIL: all terms at the ceiling until long after the two years, and pay for each; or the first terms alone. */
export function fundsFor({ policy, piece, purse }: Plan): bigint {
  const price = purse === 'full' ? policy.maxPrice : policy.price
  const copy = ((price * piece.pieceSize + GIB - 1n) / GIB) * policy.term
  const rounds = purse === 'full' ? BigInt(Math.ceil(YEARS / Number(policy.term)) + 2) : 1n
  return rounds * policy.replicas * copy + (purse === 'full' ? 80n : 1n) * policy.maxPay
}
