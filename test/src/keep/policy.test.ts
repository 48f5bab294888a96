import { expect } from 'chai'
import { checkPolicy, type Policy, policyFor } from '../../../src/keep/policy.ts'
import { locate, locationOfAttempt } from '../../../src/keep/location.ts'
import { termsFor } from '../../../src/deal/terms.ts'
import { offerPerEpoch } from '../../../src/keep/offer.ts'
import { refused } from '../../support/refused.ts'

const GIB = 2 ** 30
const LOCATIONS = ['https://depot.example/piece/']
const BOUNDS = { min: 1_000_000n, max: 10n ** 18n }
const CIRCUMSTANCES = { pieceSize: 32 * GIB, collateralBounds: BOUNDS }

const policy = policyFor({ locations: LOCATIONS }, CIRCUMSTANCES)

/** One change, and the field that is refused for it. */
const REFUSED: readonly (readonly [Partial<Policy>, string])[] = [
  [{ replicas: 0 }, 'replicas'],
  [{ replicas: 9 }, 'replicas'],
  [{ replicas: 1.5 }, 'replicas'],
  [{ term: 518_399 }, 'term'],
  [{ term: 3_637_441 }, 'term'],
  [{ startDelay: 5_759 }, 'startDelay'],
  [{ startDelay: 21_600, lead: 43_200 }, 'startDelay'],
  [{ lead: 11_521 }, 'lead'],
  [{ lead: 43_201 }, 'lead'],
  [{ price: -1n }, 'price'],
  [{ price: 2n, maxPrice: 1n }, 'price'],
  [{ maxPrice: 31_250_000n * 10n ** 18n + 1n }, 'maxPrice'],
  [{ collateral: 2n, maxCollateral: 1n }, 'collateral'],
  [{ reward: 2n, maxPay: 1n }, 'reward'],
  [{ reward: 0n, maxPay: 2n, maxPayPerWindow: 1n }, 'maxPay'],
  [{ rule: 'any', providers: [1n] }, 'providers'],
  [{ rule: 'only', providers: [] }, 'providers'],
  [{ rule: 'only', providers: [1n, 2n] }, 'providers'],
  [{ rule: 'except', providers: [1n, 2n, 1n] }, 'providers[2]'],
  [{ rule: 'except', providers: [-1n] }, 'providers[0]'],
  [{ judge: '0x1234' }, 'judge'],
  [{ locations: [] }, 'locations'],
  [{ locations: [...LOCATIONS, 'depot.example'] }, 'locations[1]'],
  [{ locations: [`https://a.example/${'x'.repeat(1007)}`] }, 'locations[0]'],
]

describe('keep/policy', () => {
  for (const [change, field] of REFUSED)
    it(`refuses ${field} of ${show(change)}, by name`, async () => {
      const { message } = await refused('ARGUMENT_INVALID', () =>
        checkPolicy({ ...policy, ...change }),
      )
      expect(message).to.include(`the policy's ${field} is out of bounds`)
    })

  it('takes each bound itself', () => {
    for (const change of [
      { replicas: 1 },
      { replicas: 8 },
      { term: 518_400 },
      { term: 3_637_440 },
      { startDelay: 5_760, lead: 11_522 },
      { startDelay: 21_599, lead: 43_200 },
      { rule: 'only' as const, providers: [1n, 2n, 3n] },
      { judge: `0x${'ab'.repeat(20)}` },
    ])
      checkPolicy({ ...policy, ...change })
  })

  it('offers by default what a provider with default settings takes, at the first offer and at the ceiling', () => {
    const { price, maxPrice, collateral, maxCollateral, startDelay, lead, term } = policy
    const epoch = 4_000_000
    for (const step of [0, 8])
      // A first proposal, and a renewal that is made as early as it is.
      for (const startEpoch of [epoch + startDelay, epoch + lead])
        termsFor(
          {
            pieceCid: 'baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq',
            size: (CIRCUMSTANCES.pieceSize / 128) * 127,
            pieceSize: CIRCUMSTANCES.pieceSize,
            label: 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
            url: 'https://depot.example/piece/x',
            startEpoch: BigInt(startEpoch),
            duration: BigInt(term),
            pricePerEpoch: offerPerEpoch(price, maxPrice, step, CIRCUMSTANCES.pieceSize),
            providerCollateral: offerPerEpoch(
              collateral,
              maxCollateral,
              step,
              CIRCUMSTANCES.pieceSize,
            ),
          },
          { epoch: BigInt(epoch), collateralBounds: BOUNDS },
        )
    // The default ask of Boost and Curio.
    expect(price).to.equal(50_000_000n)
  })

  it('has three copies at three providers, renewed in time for several attempts', () => {
    expect(policy).to.include({ replicas: 3, distinct: true, rule: 'any', judge: undefined })
    expect(policy.lead).to.be.at.least(5 * policy.startDelay)
  })

  it('takes what is said, and restricts itself to providers that are listed', () => {
    const given = { locations: LOCATIONS, replicas: 2, providers: [1000n, 1001n], collateral: 0n }
    const { replicas, rule, maxCollateral } = policyFor(given)
    expect({ replicas, rule, maxCollateral }).to.deep.equal({
      replicas: 2,
      rule: 'only',
      maxCollateral: 0n,
    })
  })

  it('asks for a collateral where the node does not tell its bounds', () =>
    refused('TERM_INVALID', () => policyFor({ locations: LOCATIONS })))
})

describe('keep/location', () => {
  it('puts the piece CID behind a slash only', () => {
    expect(locate('https://a.example/piece/', 'baga1')).to.equal('https://a.example/piece/baga1')
    expect(locate('https://a.example/x.car', 'baga1')).to.equal('https://a.example/x.car')
  })

  it('takes the next location at each attempt', () => {
    const locations = ['https://a.example/', 'https://b.example/x']
    const of = (attempt: number): string => locationOfAttempt(locations, attempt, 'baga1')
    expect([1, 2, 3].map(of)).to.deep.equal([
      'https://a.example/baga1',
      'https://b.example/x',
      'https://a.example/baga1',
    ])
  })
})

function show(value: object): string {
  const text = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' ? `${one}` : one,
  )
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
