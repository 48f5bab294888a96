import { fromHex } from '../../../src/bytes/hex.ts'
import {
  authenticateMessageParams,
  authenticateMessageReturn,
  extraParams,
  marketNotifyDealParams,
} from '../../../src/deal/params.ts'
import { validateProposal } from '../../../src/deal/rules.ts'
import { checkUrl } from '../../../src/deal/url.ts'
import { refused } from '../../support/refused.ts'
import { vectors } from '../../support/vectors.ts'
import { named } from './vector-proposals.ts'
import { agrees, isRefused } from './wire.ts'

interface Invalid {
  name: string
  layer: string
  reason: string
  params: string
}

interface Vectors {
  authenticateMessage: {
    acceptReturn: { cbor: string }
    valid: { name: string; proposal: string; signature: string; params: string }[]
    invalid: Invalid[]
  }
  marketNotifyDeal: {
    valid: { name: string; proposal: string; dealId: string; params: string }[]
    invalid: Invalid[]
  }
  extraParams: {
    valid: {
      name: string
      cbor: string
      decoded: {
        locationRef: string
        carSize: string
        skipIpniAnnounce: boolean
        removeUnsealedCopy: boolean
      }
    }[]
    invalid: { name: string; reason: string; cbor: string }[]
    refuse: { name: string; locationRef: string; reason: string; cbor: string }[]
  }
}

const f05 = vectors<Vectors>('f05-cbor')

describe('deal/params: AuthenticateMessage', () => {
  for (const { name, proposal, signature, params } of f05.authenticateMessage.valid)
    it(`writes and reads ${name}`, () =>
      agrees(authenticateMessageParams, params, {
        signature: fromHex(signature),
        proposal: named(proposal),
      }))

  for (const { name, layer, reason, params } of f05.authenticateMessage.invalid)
    if (layer === 'semantic')
      it(`reads, for the rules to refuse, ${name}: ${reason}`, async () => {
        const { proposal } = authenticateMessageParams.decode(fromHex(params))
        await refused('LABEL_TOO_LONG', () => validateProposal(proposal))
      })
    else
      it(`refuses ${name}: ${reason}`, () => isRefused(authenticateMessageParams, fromHex(params)))

  it('answers with a CBOR bool', () =>
    agrees(authenticateMessageReturn, f05.authenticateMessage.acceptReturn.cbor, true))
})

describe('deal/params: MarketNotifyDeal', () => {
  for (const { name, proposal, dealId, params } of f05.marketNotifyDeal.valid)
    it(`writes and reads ${name}`, () =>
      agrees(marketNotifyDealParams, params, { proposal: named(proposal), dealId: BigInt(dealId) }))

  for (const { name, reason, params } of f05.marketNotifyDeal.invalid)
    it(`refuses ${name}: ${reason}`, () => isRefused(marketNotifyDealParams, fromHex(params)))
})

describe('deal/params: extra params', () => {
  for (const { name, cbor, decoded } of f05.extraParams.valid)
    it(`writes and reads ${name}`, () =>
      agrees(extraParams, cbor, { ...decoded, carSize: BigInt(decoded.carSize) }))

  for (const { name, reason, cbor } of f05.extraParams.invalid)
    it(`refuses ${name}: ${reason}`, () => isRefused(extraParams, fromHex(cbor)))

  for (const { name, reason, cbor } of f05.extraParams.refuse)
    it(`reads ${name}, and the URL is refused: ${reason}`, async () => {
      const { locationRef } = extraParams.decode(fromHex(cbor))
      await refused('URL_INVALID', () => checkUrl(locationRef))
    })
})
