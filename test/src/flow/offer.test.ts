import { expect } from 'chai'
import { rootOfLabel } from '../../../src/deal/label.ts'
import { offerFor, sameOffer, type Wishes } from '../../../src/flow/offer.ts'
import type { StoredPiece } from '../../../src/prepare/sink.ts'
import type { ObservedDeal, ObservedProposal } from '../../../src/watch/observe.ts'
import { PROPOSAL } from '../watch/fake-chain.ts'

const ROOT = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const URL = PROPOSAL.url
const PIECE: StoredPiece = {
  name: 'folder',
  path: '/nowhere',
  root: ROOT,
  pieceCid: PROPOSAL.pieceCid,
  pieceCidV2: '',
  size: PROPOSAL.size,
  pieceSize: PROPOSAL.pieceSize,
  files: 1,
}
const ONE: ObservedProposal = { ...PROPOSAL, replicas: 1, why: '', deals: [] }
const CIRCUMSTANCES = { epoch: 100n, collateralBounds: { min: 0n, max: 100n } }

function deal(state: ObservedDeal['state']): ObservedDeal {
  return {
    dealId: 7n,
    proposalId: ONE.proposalId,
    provider: 1000n,
    publishedAt: 90n,
    activatedAt: undefined,
    startEpoch: ONE.startEpoch,
    endEpoch: ONE.endEpoch,
    state,
    why: '',
  }
}

function finds(wishes: Wishes, earlier: Partial<ObservedProposal> = {}, epoch = 100n): boolean {
  return sameOffer(PIECE, URL, wishes, { epoch, proposals: [{ ...ONE, ...earlier }] }) !== undefined
}

describe('flow/offer: whether an earlier proposal says the same', () => {
  it('does when only defaults are asked for', () => expect(finds({})).to.equal(true))

  it('does when every wish is one of its terms', () => {
    const { startEpoch, endEpoch, pricePerEpoch, providerCollateral, clientCollateral, label } = ONE
    const wishes: Wishes = {
      replicas: 1,
      providers: [],
      startEpoch,
      endEpoch,
      durationEpochs: endEpoch - startEpoch,
      pricePerEpoch,
      providerCollateral,
      clientCollateral,
      label,
      skipIpniAnnounce: false,
      removeUnsealedCopy: false,
    }
    expect(finds(wishes)).to.equal(true)
  })

  const others: Wishes[] = [
    { replicas: 2 },
    { providers: [1000n] },
    { durationEpochs: 600_000n },
    { startEpoch: ONE.startEpoch + 1n },
    { endEpoch: ONE.endEpoch + 1n },
    { pricePerEpoch: 2n },
    { providerCollateral: 1n },
    { clientCollateral: 1n },
    { label: 'other' },
    { skipIpniAnnounce: true },
    { removeUnsealedCopy: true },
  ]
  for (const wishes of others)
    it(`does not with another ${Object.keys(wishes)[0]}`, () =>
      expect(finds(wishes)).to.equal(false))

  it('does not for another piece or URL', () => {
    expect(finds({}, { pieceCid: 'baga' })).to.equal(false)
    expect(finds({}, { url: `${URL}/other` })).to.equal(false)
  })

  it('does when a start counted from now comes again later, and not when it is to be sooner', () => {
    const startInEpochs = ONE.startEpoch - 100n
    expect(finds({ startInEpochs }, {}, 100n)).to.equal(true)
    expect(finds({ startInEpochs }, {}, 200n)).to.equal(true)
    expect(finds({ startInEpochs: startInEpochs - 1n }, {}, 100n)).to.equal(false)
  })

  it('does while all copies are there or can come, not when one is lost', () => {
    const filled = { state: 'filled' as const }
    expect(finds({}, { ...filled, deals: [deal('active')] })).to.equal(true)
    expect(finds({}, { ...filled, deals: [deal('published')] })).to.equal(true)
    for (const state of ['missed', 'ended', 'terminated'] as const)
      expect(finds({}, { ...filled, deals: [deal(state)] }), state).to.equal(false)
    expect(finds({}, { state: 'lapsed' })).to.equal(false)
    expect(finds({}, { state: 'cancelled' })).to.equal(false)
  })
})

describe('flow/offer: terms', () => {
  it('count the attempts in the label, whose root providers read', () => {
    const request = PIECE.pieceCid.slice(-12)
    const first = offerFor(PIECE, URL, {}, [], CIRCUMSTANCES)
    expect(first.label).to.equal(`${request}-1/ipfs/${ROOT}`)
    const earlier = [{ ...ONE, label: first.label }, ONE]
    const second = offerFor(PIECE, URL, {}, earlier, CIRCUMSTANCES)
    expect(second.label).to.equal(`${request}-2/ipfs/${ROOT}`)
  })

  it('carry the piece CID in the label of a piece without a root, such as an aggregate', () => {
    const piece = { ...PIECE, root: '' }
    const { label } = offerFor(piece, URL, {}, [], CIRCUMSTANCES)
    expect(label).to.equal(`${PIECE.pieceCid.slice(-12)}-1/ipfs/${PIECE.pieceCid}`)
    expect(rootOfLabel(label)).to.equal(PIECE.pieceCid)
    const next = offerFor(piece, URL, {}, [{ ...ONE, label }], CIRCUMSTANCES)
    expect(next.label).to.include('-2/ipfs/')
  })

  it('take a label as it is given', () => {
    const label = `mine/ipfs/${ROOT}`
    expect(offerFor(PIECE, URL, { label }, [], CIRCUMSTANCES).label).to.equal(label)
  })

  it('count a start from the newest epoch', () => {
    const terms = offerFor(PIECE, URL, { startInEpochs: 4000n }, [], CIRCUMSTANCES)
    expect(terms.startEpoch).to.equal(4100n)
  })
})
