/** Policies at the edges of their bounds: one that is taken, with one or two of its fields at a bound or one beyond. */
import { PROVIDER_RULES } from '../../../src/keep/choose-providers.ts'
import type { Policy } from '../../../src/keep/policy.ts'
import type { Dice } from '../../support/dice.ts'

const VALID: Policy = {
  replicas: 3,
  distinct: true,
  keeperLocations: false,
  rule: 'any',
  providers: [],
  judge: undefined,
  term: 1_051_200,
  lead: 40_320,
  startDelay: 5_760,
  price: 5n,
  maxPrice: 10n,
  collateral: 5n,
  maxCollateral: 10n,
  reward: 5n,
  maxPay: 10n,
  maxPayPerWindow: 100n,
  locations: ['https://depot.example/piece/'],
}

const ALL_FIL = 2_000_000_000n * 10n ** 18n

/** Values of a field, within its bounds and one beyond. */
const EDGES: { readonly [K in keyof Policy]?: readonly Policy[K][] } = {
  replicas: [0, 1, 8, 9],
  term: [518_399, 518_400, 3_637_440, 3_637_441],
  lead: [11_521, 11_522, 43_200, 43_201],
  startDelay: [5_759, 5_760, 20_159, 20_160, 21_599, 21_600],
  price: [10n, 11n],
  maxPrice: [4n, 5n, ALL_FIL / 64n, ALL_FIL / 64n + 1n],
  collateral: [10n, 11n],
  maxCollateral: [4n, 5n, ALL_FIL / 64n, ALL_FIL / 64n + 1n],
  reward: [10n, 11n],
  maxPay: [4n, 5n, 100n, 101n],
  maxPayPerWindow: [9n, 10n, ALL_FIL, ALL_FIL + 1n],
  locations: [
    [],
    Array<string>(8).fill('http://a.example'),
    Array<string>(9).fill('http://a.example'),
    ['http://a.example/', `https://b.example/${'x'.repeat(1006)}`],
    ['http://a.example/', `https://b.example/${'x'.repeat(1007)}`],
    ['http://a.example/', ''],
    ['http://a.example/', 'https://'],
    ['http://a.example/', 'ftp://b.example/'],
    ['http://a.example/', 'https://b.example/"'],
    ['http://a.example/', 'https://b.example/a b'],
  ],
}

/** Each edge alone. */
export function edgePolicies(): Policy[] {
  const edges = Object.entries(EDGES).flatMap(([field, values]) =>
    values.map((value) => ({ ...VALID, [field]: value })),
  )
  const lists = [0, 2, 3, 64, 65].flatMap((count) =>
    PROVIDER_RULES.map((rule) => ({ ...VALID, rule, providers: idsTo(count) })),
  )
  return [VALID, ...edges, ...lists, { ...VALID, rule: 'except', providers: [7n, 8n, 7n] }]
}

/** Two of them together. */
export function randomPolicy(dice: Dice): Policy {
  const field = dice.pick(Object.keys(EDGES) as (keyof typeof EDGES)[])
  const changed = { ...dice.pick(edgePolicies()), [field]: dice.pick<unknown>(EDGES[field] ?? []) }
  return changed as Policy
}

function idsTo(count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => BigInt(i))
}
