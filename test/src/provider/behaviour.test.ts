import { expect } from 'chai'
import type { DealProposal } from '../../../src/deal/proposal.ts'
import {
  ALTERABLE_FIELDS,
  type AlterableField,
  alterProposal,
} from '../../../src/provider/behaviour.ts'
import { proposalFor, sampleCar } from './support/proposals.ts'

const FIELD_OF: Record<AlterableField, keyof DealProposal> = {
  pieceCid: 'pieceCid',
  pieceSize: 'pieceSize',
  client: 'client',
  label: 'label',
  startEpoch: 'startEpoch',
  endEpoch: 'endEpoch',
  price: 'storagePricePerEpoch',
  collateral: 'clientCollateral',
  providerCollateral: 'providerCollateral',
}

const proposal = proposalFor(await sampleCar())

describe('alterProposal', () => {
  for (const field of ALTERABLE_FIELDS)
    it(`changes ${field} and nothing else`, () => {
      const altered = alterProposal(proposal, field)
      const { [FIELD_OF[field]]: was, ...othersBefore } = proposal
      const { [FIELD_OF[field]]: is, ...othersAfter } = altered
      expect(othersAfter).to.deep.equal(othersBefore)
      expect(is).to.not.deep.equal(was)
    })

  it('leaves the original as it was', () => {
    const before = proposal.pieceCid.slice()
    alterProposal(proposal, 'pieceCid')
    expect(proposal.pieceCid).to.deep.equal(before)
  })
})
