import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import {
  decodeSectorContentChangedReturn,
  encodeSectorContentChangedReturn,
  sectorContentChangedParams,
} from '../../../src/deal/sector.ts'
import { refused } from '../../support/refused.ts'
import { vectors } from '../../support/vectors.ts'

interface Params {
  readonly name: string
  readonly params: string
}

interface Valid extends Params {
  readonly decoded: {
    readonly sectors: readonly {
      readonly sector: string
      readonly minimumCommitmentEpoch: string
      readonly added: readonly {
        readonly pieceCid: string
        readonly size: string
        readonly payload: string
      }[]
    }[]
  }
  readonly acceptAll: string
  readonly rejectAll: string
  readonly alternating: { readonly accepted: boolean[][]; readonly cbor: string }
}

interface File {
  readonly params: {
    readonly valid: readonly Valid[]
    readonly invalid: readonly (Params & { readonly optional?: boolean })[]
  }
  readonly shapeMismatch: readonly {
    readonly base: string
    readonly return: string
    readonly reason: string
  }[]
}

const { params, shapeMismatch } = vectors<File>('sector-content-changed')
const write = (accepted: boolean[][]) => toHex(encodeSectorContentChangedReturn(accepted))
const decode = (text: string) => sectorContentChangedParams.decode(fromHex(text))

describe('deal/sector: the vectors of FIP-0109', () => {
  for (const { name, params: text, decoded, ...answers } of params.valid)
    it(`reads, writes and answers ${name}`, () => {
      const sectors = decode(text)
      expect(
        sectors.map(({ sector, minimumCommitmentEpoch, added }) => ({
          sector: String(sector),
          minimumCommitmentEpoch: String(minimumCommitmentEpoch),
          added: added.map(({ pieceCid, size, payload }) => [
            toHex(pieceCid),
            String(size),
            toHex(payload),
          ]),
        })),
      ).to.deep.equal(
        decoded.sectors.map(({ sector, minimumCommitmentEpoch, added }) => ({
          sector,
          minimumCommitmentEpoch,
          added: added.map(({ pieceCid, size, payload }) => [pieceCid, size, payload]),
        })),
      )
      expect(toHex(sectorContentChangedParams.encode(sectors))).to.equal(text)
      const all = (accepted: boolean) => sectors.map(({ added }) => added.map(() => accepted))
      expect(write(all(true))).to.equal(answers.acceptAll)
      expect(write(all(false))).to.equal(answers.rejectAll)
      expect(write(answers.alternating.accepted)).to.equal(answers.alternating.cbor)
      expect(
        decodeSectorContentChangedReturn(fromHex(answers.alternating.cbor), sectors),
      ).to.deep.equal(answers.alternating.accepted)
    })

  // What is optional may be left to the caller of the decoder.
  for (const { name, params: text } of params.invalid.filter(({ optional }) => optional !== true))
    it(`refuses ${name}`, () => refused('CBOR_INVALID', () => decode(text)))

  for (const { base, return: answer, reason } of shapeMismatch)
    it(`refuses an answer of another shape: ${reason}`, async () => {
      const asked = decode(params.valid.find(({ name }) => name === base)?.params ?? '')
      await refused('CBOR_INVALID', () => decodeSectorContentChangedReturn(fromHex(answer), asked))
    })
})
