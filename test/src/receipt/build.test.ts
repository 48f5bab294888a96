import { expect } from 'chai'
import { buildReceipt } from '../../../src/receipt/build.ts'
import { sentenceOf } from '../../../src/receipt/sentence.ts'
import { refused } from '../../support/refused.ts'
import { bytesOf, aggregate, facts, files, sample } from './sample.ts'

describe('buildReceipt', () => {
  it('says where the bytes of a file are in the piece of the deal', () => {
    const whole = bytesOf(aggregate, files)
    for (const [index, bytes] of files.entries()) {
      const { segment, piece } = sample(index)
      const there = whole.subarray(segment.rawOffset, segment.rawOffset + piece.size)
      expect(Buffer.compare(there, bytes)).to.equal(0)
    }
  })

  it('writes the sentence: bytes, deal, provider and date', () => {
    expect(sample(1).sentence).to.equal(
      'bytes 130,048 to 138,239 of deal 123 at f01234, active until 2023-11-03',
    )
    const published = { ...facts().deal, activatedAt: undefined }
    expect(sample(1, { deal: published }).sentence).to.equal(
      'bytes 130,048 to 138,239 of deal 123 at f01234, published, not yet active, to start by 2022-11-03 and end on 2023-11-03',
    )
  })

  it('has a sentence for every state that a deal can be in now', () => {
    const told = sample()
    expect(sentenceOf(told, 'ended')).to.match(/ of deal 123 at f01234, ended on 2023-11-03$/)
    expect(sentenceOf(told, 'terminated')).to.match(/, terminated before its end on 2023-11-03$/)
    expect(sentenceOf(told, 'missed')).to.match(/, never active: it should have started by /)
  })

  it('refuses facts that contradict each other', async () => {
    const { proposal } = facts()
    const other = { ...proposal, pricePerEpoch: proposal.pricePerEpoch + 1n }
    const error = await refused('RECEIPT_INVALID', () =>
      buildReceipt(facts(2, { proposal: other })),
    )
    expect(error.message).to.include('proposal.proposalId')
    await refused('ARGUMENT_INVALID', () => buildReceipt(facts(5)))
  })

  it('spells the client in lower case, as the digest wants it', () => {
    const client = { address: '0xD4Aac4D8FBC7575BDF5C19F900634D6C61A00A79', id: null }
    expect(sample(2, { client }).client.address).to.equal(client.address.toLowerCase())
  })
})
