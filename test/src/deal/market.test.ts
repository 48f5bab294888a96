import { expect } from 'chai'
import { fromHex } from '../../../src/bytes/hex.ts'
import type { Codec } from '../../../src/deal/cbor.ts'
import * as market from '../../../src/deal/market.ts'
import { METHODS } from '../../../src/deal/methods.ts'
import {
  publishStorageDealsParams,
  publishStorageDealsReturn,
  type SignedProposal,
} from '../../../src/deal/params.ts'
import * as sector from '../../../src/deal/sector.ts'
import { vectors } from '../../support/vectors.ts'
import { type Label, labelOf, named } from './vector-proposals.ts'
import { agrees } from './wire.ts'

interface Call {
  name: string
  method: string
  direction: 'params' | 'return'
  case: string
  cbor: string
  decoded: Record<string, unknown>
}

const { actorCalls, methodNumbers } = vectors<{
  actorCalls: Call[]
  methodNumbers: Record<string, string>
}>('f05-cbor')

/** A codec with its value made from the vector's JSON. */
function check<T>(codec: Codec<T>, valueOf: (decoded: Record<string, unknown>) => T) {
  return ({ cbor, decoded }: Call): void => agrees(codec, cbor, valueOf(decoded))
}

const big = (value: unknown): bigint => BigInt(value as string)
const bytes = (value: unknown): Uint8Array => fromHex(value as string)
const address = (decoded: Record<string, unknown>): Uint8Array =>
  bytes((decoded['address'] as { bytes: string }).bytes)
const bigs = (value: unknown): bigint[] => (value as string[]).map(BigInt)

const CHECKS: Record<string, (call: Call) => void> = {
  'AddBalance params': check(market.escrowAddress, address),
  'GetBalance params': check(market.escrowAddress, address),
  'GetBalance return': check(market.getBalanceReturn, ({ balance, locked }) => ({
    balance: big(balance),
    locked: big(locked),
  })),
  'WithdrawBalance params': check(market.withdrawBalanceParams, (d) => ({
    address: address(d),
    amount: big(d['amount']),
  })),
  'WithdrawBalance return': check(market.amountReturn, (d) => big(d['amountWithdrawn'])),
  'GetDealActivation params': check(market.dealIdParams, ({ dealId }) => big(dealId)),
  'GetDealActivation return': check(
    market.getDealActivationReturn,
    ({ activated, terminated }) => ({ activated: big(activated), terminated: big(terminated) }),
  ),
  'GetDealTerm return': check(market.getDealTermReturn, ({ start, duration }) => ({
    start: big(start),
    duration: big(duration),
  })),
  'GetDealDataCommitment return': check(market.getDealDataCommitmentReturn, (d) => ({
    pieceCid: bytes(d['pieceCid']),
    size: big(d['size']),
  })),
  'GetDealClient return': check(market.idReturn, ({ actorId }) => big(actorId)),
  'GetDealProvider return': check(market.idReturn, ({ actorId }) => big(actorId)),
  'GetDealLabel return': check(market.getDealLabelReturn, ({ label }) => labelOf(label as Label)),
  'GetDealTotalPrice return': check(market.amountReturn, (d) => big(d['amount'])),
  'GetDealClientCollateral return': check(market.amountReturn, (d) => big(d['amount'])),
  'GetDealProviderCollateral return': check(market.amountReturn, (d) => big(d['amount'])),
  'GetDealVerified return': check(
    market.getDealVerifiedReturn,
    ({ verified }) => verified as boolean,
  ),
  'GetDealSector return': check(market.idReturn, (d) => big(d['sector'])),
  'SettleDealPayments params': check(market.settleDealPaymentsParams, ({ dealIds }) =>
    bigs(dealIds),
  ),
  'SettleDealPayments return': check(market.settleDealPaymentsReturn, (d) => ({
    results: {
      successCount: big(d['successCount']),
      failCodes: (d['failCodes'] as { index: string; code: string }[]).map(({ index, code }) => ({
        index: big(index),
        code: big(code),
      })),
    },
    settlements: (d['settlements'] as { payment: string; completed: boolean }[]).map(
      ({ payment, completed }) => ({ payment: big(payment), completed }),
    ),
  })),
  'PublishStorageDeals params': check(publishStorageDealsParams, ({ deals }) => ({
    deals: (deals as { proposal: string; signature: string }[]).map(
      ({ proposal, signature }): SignedProposal => ({
        proposal: named(proposal),
        signature: fromHex(signature),
      }),
    ),
  })),
  'PublishStorageDeals return': check(publishStorageDealsReturn, ({ ids, validDeals }) => ({
    ids: bigs(ids),
    validDeals: bigs(validDeals),
  })),
  'MinerRawPower params': check(sector.idParams, ({ actorId }) => big(actorId)),
  'MinerRawPower return': check(sector.minerRawPowerReturn, (d) => ({
    rawBytePower: big(d['rawBytePower']),
    meetsConsensusMinimum: d['meetsConsensusMinimum'] as boolean,
  })),
  'MinerPower params': check(sector.idParams, ({ actorId }) => big(actorId)),
  'MinerPower return': check(sector.minerPowerReturn, ({ rawBytePower, qualityAdjPower }) => ({
    rawBytePower: big(rawBytePower),
    qualityAdjPower: big(qualityAdjPower),
  })),
  'GenerateSectorLocation params': check(sector.generateSectorLocationParams, (d) => ({
    sector: big(d['sector']),
  })),
  'GenerateSectorLocation return': (call) => {
    const { status, auxData, location } = call.decoded
    const { deadline, partition } = location as { deadline: string; partition: string }
    agrees(sector.generateSectorLocationReturn, call.cbor, {
      status: BigInt(status as number),
      auxData: bytes(auxData),
    })
    agrees(sector.sectorPosition, auxData as string, {
      deadline: big(deadline),
      partition: big(partition),
    })
  },
  'ValidateSectorStatus params': check(sector.validateSectorStatusParams, (d) => ({
    sector: big(d['sector']),
    status: BigInt(d['status'] as number),
    auxData: bytes(d['auxData']),
  })),
  'ValidateSectorStatus return': check(
    sector.validateSectorStatusReturn,
    ({ valid }) => valid as boolean,
  ),
  'GetNominalSectorExpiration params': check(sector.idParams, (d) => big(d['sector'])),
  'GetNominalSectorExpiration return': check(sector.sectorExpirationReturn, ({ expiration }) =>
    big(expiration),
  ),
}

describe('deal/market and deal/sector', () => {
  for (const call of actorCalls) {
    const key = `${call.name} ${call.direction}`
    it(`writes and reads ${key}: ${call.case}`, () => {
      const run = CHECKS[key]
      if (run === undefined) expect.fail(`no codec is checked against ${key}`)
      run(call)
    })
  }
})

describe('deal/methods', () => {
  it('has the FRC-0042 numbers', () => {
    expect(
      Object.fromEntries(Object.entries(METHODS).map(([n, v]) => [n, String(v)])),
    ).to.deep.equal(methodNumbers)
  })
})
