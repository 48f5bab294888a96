/** Deal proposals as go-state-types writes them from the same fields, and their CIDs (SOURCES.md §7). */
import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import {
  type DealProposal,
  decodeProposal,
  encodeProposal,
  proposalCid,
} from '../../../src/deal/proposal.ts'
import { vectors } from '../../support/vectors.ts'

interface PeerProposal {
  cbor: string
  proposalCid: string
  pieceCid: string
  pieceSize: string
  verifiedDeal: boolean
  client: string
  provider: string
  /** UTF-8 or bytes, in hexadecimal. */
  label: { text: string } | { bytes: string }
  startEpoch: string
  endEpoch: string
  storagePricePerEpoch: string
  providerCollateral: string
  clientCollateral: string
}

const { proposals } = vectors<{ proposals: PeerProposal[] }>('peer-wire')

function proposalOf(peer: PeerProposal): DealProposal {
  const { label } = peer
  return {
    pieceCid: fromHex(peer.pieceCid),
    pieceSize: BigInt(peer.pieceSize),
    verifiedDeal: peer.verifiedDeal,
    client: fromHex(peer.client),
    provider: fromHex(peer.provider),
    label: 'text' in label ? Buffer.from(fromHex(label.text)).toString() : fromHex(label.bytes),
    startEpoch: BigInt(peer.startEpoch),
    endEpoch: BigInt(peer.endEpoch),
    storagePricePerEpoch: BigInt(peer.storagePricePerEpoch),
    providerCollateral: BigInt(peer.providerCollateral),
    clientCollateral: BigInt(peer.clientCollateral),
  }
}

describe('deal proposals: the same as go-state-types', () => {
  it(`${proposals.length} proposals: bytes, CID and fields`, () => {
    for (const peer of proposals) {
      const proposal = proposalOf(peer)
      expect(toHex(encodeProposal(proposal))).to.equal(peer.cbor)
      expect(proposalCid(fromHex(peer.cbor))).to.equal(peer.proposalCid)
      expect(decodeProposal(fromHex(peer.cbor))).to.deep.equal(proposal)
    }
  })
})
