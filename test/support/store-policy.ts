/** Terms of a store in tests: two copies of half a year, for little, from one place. */
import type { Policy } from '../../src/keep/policy.ts'

export const STORE_POLICY: Policy = {
  replicas: 2,
  distinct: true,
  keeperLocations: true,
  rule: 'any',
  providers: [],
  judge: undefined,
  term: 518_400,
  lead: 20_000,
  startDelay: 5_760,
  price: 50_000_000n,
  maxPrice: 400_000_000n,
  collateral: 10n ** 16n,
  maxCollateral: 10n ** 17n,
  reward: 10n ** 15n,
  maxPay: 10n ** 17n,
  maxPayPerWindow: 10n ** 18n,
  // Nobody listens there.
  locations: ['http://127.0.0.1:9/piece/'],
}
