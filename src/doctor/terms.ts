/** SL-D31n: price, collateral and the sizes that providers ask for. */
import type { Ask } from '../deal/ask.ts'
import { MAX_AMOUNT } from '../deal/rules.ts'
import { DEFAULT_PRICE_PER_GIB, MAX_COLLATERAL_MULTIPLE } from '../deal/terms.ts'
import { formatFil } from '../deal/units.ts'
import { about, type Check, must, ok, type Seen, should } from './check.ts'
import type { Facts, OfferFacts } from './facts.ts'
import { ofOffer } from './proposal.ts'

const GIB = 1n << 30n
/** Padded bytes: least pieces of the default asks (boost storedask.go:39; curio mk12_utils.go:45). */
const BOOST_MIN_PIECE = 256n
const CURIO_MIN_PIECE = 16n * GIB

export const TERMS: readonly Check[] = [
  {
    code: 'SL-D311',
    title: 'Price and collaterals are amounts that the market takes',
    by: ['f05'],
    source: 'builtin-actors actors/market/src/lib.rs:1616-1688, policy.rs',
    why: 'Each is from 0 to 2·10⁹ FIL, all there will ever be.',
    fix: 'Look at the unit: a bare number may have been meant as attoFIL.',
    look: ofOffer(({ pricePerEpoch, providerCollateral, clientCollateral }) => {
      const all = [pricePerEpoch, providerCollateral, clientCollateral]
      return must(
        all.every((amount) => amount >= 0n && amount <= MAX_AMOUNT),
        all.map(formatFil).join(', '),
        { expected: `0 to ${formatFil(MAX_AMOUNT)} each` },
      )
    }),
  },
  {
    code: 'SL-D312',
    title: 'The provider collateral is at least what is demanded',
    by: ['f05', 'Boost', 'Curio'],
    source: 'boost storagemarket/deal_acceptance.go; lotus node/impl/full/state.go:1824-1881',
    why: 'The market drops a deal below its minimum, which follows the size; providers want 1.1 times that. 0, as in the old tutorials, is refused.',
    fix: 'Leave --provider-collateral out to get a fitting one.',
    look: ofOffer(({ providerCollateral, bounds }) =>
      about(bounds, ({ min }) =>
        must(providerCollateral >= min, formatFil(providerCollateral), {
          expected: `${formatFil(min)} or more`,
        }),
      ),
    ),
  },
  {
    code: 'SL-D313',
    title: 'The provider collateral is not more than providers lock',
    by: ['Boost', 'Curio'],
    source: 'boost storagemarket/provider.go:213; curio maxDealCollateralMultiplier',
    why: 'Providers lock at most twice the minimum.',
    fix: 'Leave --provider-collateral out to get a fitting one.',
    look: ofOffer(({ providerCollateral, bounds }) =>
      about(bounds, ({ min, max }) => {
        const most = min * MAX_COLLATERAL_MULTIPLE < max ? min * MAX_COLLATERAL_MULTIPLE : max
        return must(providerCollateral <= most, formatFil(providerCollateral), {
          expected: `${formatFil(most)} or less`,
        })
      }),
    ),
  },
  {
    code: 'SL-D314',
    title: 'The price is not below what providers ask',
    by: ['Boost', 'Curio'],
    source: 'boost storagemarket/storedask/storedask.go:30-33; curio market/mk12/mk12_utils.go',
    why: 'The price is for the whole piece and epoch; asks are per GiB. A provider refuses less than its ask. Who is not known is taken to ask the default of Boost and Curio.',
    fix: 'Raise --price, or leave it out to get one that default asks accept.',
    look: priceIsEnough,
  },
  {
    code: 'SL-D315',
    title: 'The piece is not smaller than providers take',
    by: ['Boost', 'Curio'],
    source:
      'curio market/mk12/mk12_utils.go:45 (16 GiB); boost storagemarket/storedask/storedask.go:39 (256 B)',
    why: 'An ask has a least size. Curio sets 16 GiB unless its operator says otherwise.',
    fix: 'Join small files to one large piece with `npx hardhat aggregate`, or ask the provider what it takes.',
    look: pieceIsLarge,
  },
  {
    code: 'SL-D316',
    title: 'The piece is not larger than providers take',
    by: ['Boost', 'Curio'],
    source: 'boost storagemarket/storedask/storedask.go',
    why: 'An ask has a largest size.',
    fix: 'Prepare with a smaller --piece-size.',
    look: ({ offer, providers }) =>
      offer &&
      toEachAsk(providers, (ask) =>
        must(offer.pieceSize <= ask.maxPieceSize, `${offer.pieceSize} padded bytes`, {
          expected: `at most ${ask.maxPieceSize} (${ask.source})`,
        }),
      ),
  },
  {
    code: 'SL-D317',
    title: 'No client collateral is locked',
    by: ['Sealift'],
    source: 'builtin-actors actors/market/src/lib.rs; no provider asks for any',
    why: 'Client collateral is locked for nothing: no provider checks for it.',
    fix: 'Leave --client-collateral out.',
    look: ofOffer(({ clientCollateral }) =>
      should(clientCollateral === 0n, formatFil(clientCollateral), { expected: '0 FIL' }),
    ),
  },
]

/** Of those that told their ask. */
function toEachAsk(
  providers: Facts['providers'],
  look: (ask: Ask) => Seen,
): readonly Seen[] | undefined {
  const seen = (providers ?? []).flatMap(({ id, ask }) => {
    const one = ask && about(ask, look)
    return one === undefined ? [] : [{ ...one, about: `f0${id}` }]
  })
  return seen.length === 0 ? undefined : seen
}

function priceIsEnough({ offer, providers, network }: Facts) {
  if (offer === undefined) return undefined
  const own = toEachAsk(providers, (ask) => {
    const asked = askedFor(ask.pricePerGib, offer.pieceSize)
    return must(offer.pricePerEpoch >= asked, perEpoch(offer.pricePerEpoch), {
      expected: `${perEpoch(asked)} (${ask.source})`,
    })
  })
  if (own !== undefined) return own
  const usual = askedFor(DEFAULT_PRICE_PER_GIB, offer.pieceSize)
  const expected = `${perEpoch(usual)}, the default of Boost and Curio`
  const verdict = network.local || isAny(offer) ? must : should
  return verdict(offer.pricePerEpoch >= usual, perEpoch(offer.pricePerEpoch), { expected })
}

function pieceIsLarge({ offer, providers, network }: Facts) {
  if (offer === undefined) return undefined
  const seen = `${offer.pieceSize} padded bytes`
  const own = toEachAsk(providers, (ask) =>
    must(offer.pieceSize >= ask.minPieceSize, seen, {
      expected: `${ask.minPieceSize} or more (${ask.source})`,
    }),
  )
  if (own !== undefined) return own
  if (offer.pieceSize < BOOST_MIN_PIECE)
    return must(false, seen, { expected: `${BOOST_MIN_PIECE} or more, the default of Boost` })
  if (network.local) return ok(seen)
  return should(offer.pieceSize >= CURIO_MIN_PIECE, seen, {
    expected: `${CURIO_MIN_PIECE} or more for Curio's default ask`,
  })
}

function isAny({ providers }: OfferFacts): boolean {
  return providers.length === 0
}

/** attoFIL, rounded down as providers do before they compare. */
function askedFor(pricePerGib: bigint, pieceSize: bigint): bigint {
  return (pricePerGib * pieceSize) / GIB
}

function perEpoch(amount: bigint): string {
  return `${formatFil(amount)} per epoch`
}
