import { expect } from 'chai'
import { costOf, missingFunds } from '../../../src/deal/cost.ts'
import {
  type Circumstances,
  type DealTerms,
  type Request,
  termsFor,
  validateTerms,
} from '../../../src/deal/terms.ts'
import type { ErrorCode } from '../../../src/errors.ts'
import { refused } from '../../support/refused.ts'

const ROOT = 'bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe'
const NOW = 1_000_000n
const GIB = 1 << 30

const REQUEST: Request = {
  pieceCid: 'baga6ea4seaqkxk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xky',
  size: 200_000,
  pieceSize: 262_144,
  label: `a-1/ipfs/${ROOT}`,
  url: 'https://depot.example/piece/x',
}

const CIRCUMSTANCES: Circumstances = {
  epoch: NOW,
  collateralBounds: { min: 1_000_001n, max: 10n ** 27n },
}

const TERMS: DealTerms = termsFor(REQUEST, CIRCUMSTANCES)

describe('deal/terms: defaults', () => {
  it('starts in two days and lasts a year, one replica, any provider', () => {
    expect(TERMS).to.deep.include({
      startEpoch: NOW + 5760n,
      endEpoch: NOW + 5760n + 1_051_200n,
      clientCollateral: 0n,
      replicas: 1,
      skipIpniAnnounce: false,
      removeUnsealedCopy: false,
    })
    expect(TERMS.providers).to.deep.equal([])
  })

  it('pays the usual ask, rounded up', () => {
    // 5e7 · 262144 / 2^30 = 12207.03…
    expect(TERMS.pricePerEpoch).to.equal(12_208n)
    expect(
      termsFor({ ...REQUEST, size: GIB / 2, pieceSize: GIB }, CIRCUMSTANCES).pricePerEpoch,
    ).to.equal(50_000_000n)
  })

  it('asks a fifth more collateral than the least, rounded up', () => {
    expect(TERMS.providerCollateral).to.equal(1_200_002n)
  })

  it('needs to be told the collateral where the node does not tell its bounds', async () => {
    await refused('TERM_INVALID', () => termsFor(REQUEST, { epoch: NOW }))
    const given = termsFor({ ...REQUEST, providerCollateral: 5n }, { epoch: NOW })
    expect(given.providerCollateral).to.equal(5n)
  })

  it('counts the duration from the start', () => {
    const { startEpoch, endEpoch } = termsFor(
      { ...REQUEST, startEpoch: NOW + 3000n, duration: 518_400n },
      CIRCUMSTANCES,
    )
    expect([startEpoch, endEpoch]).to.deep.equal([NOW + 3000n, NOW + 3000n + 518_400n])
  })

  it('refuses an end and a duration that contradict each other', () =>
    refused('TERM_INVALID', () =>
      termsFor({ ...REQUEST, duration: 518_400n, endEpoch: NOW + 600_000n }, CIRCUMSTANCES),
    ))

  it('takes undefined as not said', () => {
    const request = { ...REQUEST, replicas: undefined, startEpoch: undefined } as unknown as Request
    expect(termsFor(request, CIRCUMSTANCES)).to.deep.equal(TERMS)
  })
})

const start = TERMS.startEpoch

describe('deal/terms: rules', () => {
  const RULES: [ErrorCode, string, Partial<DealTerms>][] = [
    ['CID_INVALID', 'a root CID for a piece CID', { pieceCid: ROOT }],
    ['TERM_INVALID', 'a piece size that is no power of two', { pieceSize: 300_000 }],
    ['TERM_INVALID', 'a piece size below 128', { pieceSize: 64, size: 10 }],
    ['TERM_INVALID', 'a fractional piece size', { pieceSize: 262_144.5 }],
    ['TERM_INVALID', 'a piece size larger than needed', { size: 1000 }],
    ['TERM_INVALID', 'more bytes than the piece holds', { size: 262_144 }],
    ['TERM_INVALID', 'no bytes', { size: 0 }],
    ['PIECE_TOO_LARGE', 'a piece above 64 GiB', { pieceSize: 128 * GIB, size: 100 * GIB }],
    ['LABEL_TOO_LONG', 'a label of 257 bytes', { label: `${'x'.repeat(192)}/ipfs/${ROOT}` }],
    ['TERM_INVALID', 'a label without root', { label: 'pictures' }],
    ['URL_INVALID', 'a URL with a quote', { url: 'https://depot.example/"' }],
    ['EPOCH_PAST', 'a start in the past', { startEpoch: NOW - 1n }],
    ['TERM_INVALID', 'a start sooner than a day', { startEpoch: NOW + 2879n }],
    ['TERM_INVALID', 'a start later than 15 days', { startEpoch: NOW + 43_201n }],
    ['TERM_INVALID', 'less than 180 days', { endEpoch: start + 518_399n }],
    ['TERM_INVALID', 'more than 1278 days', { endEpoch: start + 3_680_641n }],
    ['TERM_INVALID', 'an end more than 1278 days from now', { endEpoch: NOW + 3_680_641n }],
    ['TERM_INVALID', 'an end before the start', { endEpoch: start - 1n }],
    ['TERM_INVALID', 'a negative price', { pricePerEpoch: -1n }],
    ['TERM_INVALID', 'a price above all FIL', { pricePerEpoch: 2n * 10n ** 27n + 1n }],
    ['TERM_INVALID', 'a negative client collateral', { clientCollateral: -1n }],
    ['TERM_INVALID', 'a provider collateral below the least', { providerCollateral: 1_000_000n }],
    ['TERM_INVALID', 'a provider collateral above twice', { providerCollateral: 2_000_003n }],
    ['TERM_INVALID', 'no replica', { replicas: 0 }],
    ['TERM_INVALID', 'half a replica', { replicas: 1.5 }],
    ['TERM_INVALID', 'a provider twice', { providers: [1000n, 1000n] }],
    ['TERM_INVALID', 'fewer providers than replicas', { replicas: 2, providers: [1000n] }],
  ]

  for (const [code, name, change] of RULES)
    it(`${code} for ${name}`, () =>
      refused(code, () => validateTerms({ ...TERMS, ...change }, CIRCUMSTANCES)))

  it('takes the first and the last start of the window', () => {
    for (const startEpoch of [NOW + 2880n, NOW + 43_200n])
      validateTerms({ ...TERMS, startEpoch, endEpoch: startEpoch + 518_400n }, CIRCUMSTANCES)
  })

  it('takes the shortest and the longest duration', () => {
    const startEpoch = NOW + 2880n
    validateTerms({ ...TERMS, startEpoch, endEpoch: startEpoch + 518_400n }, CIRCUMSTANCES)
    validateTerms({ ...TERMS, startEpoch, endEpoch: NOW + 3_680_640n }, CIRCUMSTANCES)
  })

  it('takes another window and sector size of the network', async () => {
    const startWindow = { minLead: 4n, maxLead: 10n }
    validateTerms({ ...TERMS, startEpoch: NOW + 4n }, { ...CIRCUMSTANCES, startWindow })
    await refused('TERM_INVALID', () => validateTerms(TERMS, { ...CIRCUMSTANCES, startWindow }))
    await refused('PIECE_TOO_LARGE', () =>
      validateTerms(TERMS, { ...CIRCUMSTANCES, sectorSize: 2048n }),
    )
  })

  it('names the epochs that would do', async () => {
    const error = await refused('EPOCH_PAST', () =>
      validateTerms({ ...TERMS, startEpoch: 5n }, CIRCUMSTANCES),
    )
    expect(error.message)
      .to.contain(`${NOW + 2880n}`)
      .and.contain('got 5')
    expect(error.hint).to.contain('2 d')
  })
})

describe('deal/cost', () => {
  it('is price times duration plus collateral, for every replica', () => {
    const cost = costOf({
      startEpoch: 100n,
      endEpoch: 600n,
      pricePerEpoch: 7n,
      clientCollateral: 11n,
      replicas: 3,
    })
    expect(cost).to.deep.equal({
      payment: 3500n,
      clientCollateral: 11n,
      perReplica: 3511n,
      replicas: 3,
      total: 10_533n,
    })
  })

  it('misses what neither the free escrow nor the balance covers', () => {
    expect(missingFunds(100n, { available: 30n, balance: 50n })).to.equal(20n)
    expect(missingFunds(100n, { available: 60n, balance: 50n })).to.equal(0n)
  })
})
