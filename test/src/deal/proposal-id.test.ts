import { expect } from 'chai'
import { proposalIdOf } from '../../../src/deal/proposal-id.ts'
import { parsePieceCid, pieceCidV1Bytes } from '../../../src/piece/piece-cid.ts'
import { refused } from '../../support/refused.ts'

const ROOT = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const OWNER = '0x74A5bBC8bD5C83090D485dcA0406A6A78D0b65D2'

/** What a client contract at OWNER announced for these terms on the localnet. */
const ANNOUNCED = [
  {
    pieceCid: 'baga6ea4seaqaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    pieceSize: 128n,
    label: `x-1/ipfs/${ROOT}`,
    startEpoch: 1_005_003n,
    endEpoch: 1_605_003n,
    storagePricePerEpoch: 0n,
    providerCollateral: 35_200_000n,
    clientCollateral: 0n,
    id: '0xd14ec20a34bd476bc7f6823aa0a9bb9f3072b8c144f8de7eb483dc17c1a9ce64',
  },
  {
    pieceCid: 'baga6ea4seaqcojzhe4tsojzhe4tsojzhe4tsojzhe4tsojzhe4tsojzhe4tsojy',
    pieceSize: 34_359_738_368n,
    label: `größer-1/ipfs/${ROOT}`,
    startEpoch: 1_005_004n,
    endEpoch: 2_005_004n,
    storagePricePerEpoch: 1_234_567_890_123_456n,
    providerCollateral: 9_448_928_051_200_000n,
    clientCollateral: 0n,
    id: '0x9c5548fb60c0f862b03f5833e20b0bdb571a9b9492da2b5a94fca2dfcb143bd1',
  },
  {
    pieceCid: 'baga6ea4seaqc6lzpf4xs6lzpf4xs6lzpf4xs6lzpf4xs6lzpf4xs6lzpf4xs6ly',
    pieceSize: 2_097_152n,
    label: `${'a'.repeat(190)}/ipfs/${ROOT}`,
    startEpoch: 1_005_005n,
    endEpoch: 1_535_005n,
    storagePricePerEpoch: 128n,
    providerCollateral: 576_716_800_000n,
    clientCollateral: 256n,
    id: '0x323cb379c3fa03a00a7d6ce616c8cdb1650ecb1f6063c71e579d62361456015e',
  },
].map(({ id, pieceCid, ...terms }) => ({
  id,
  terms: {
    ...terms,
    pieceCid: pieceCidV1Bytes(parsePieceCid(pieceCid).root),
    verifiedDeal: false,
  },
}))

describe('proposalIdOf', () => {
  it('is what the client contract announced', () => {
    for (const { id, terms } of ANNOUNCED) {
      expect(proposalIdOf(terms, OWNER)).to.equal(id)
      expect(proposalIdOf(terms, OWNER.toLowerCase())).to.equal(id)
    }
  })

  it('is another one for other terms and another client', () => {
    const [first] = ANNOUNCED as [(typeof ANNOUNCED)[0]]
    const { terms, id } = first
    const others = [
      { ...terms, pieceSize: 256n },
      { ...terms, verifiedDeal: true },
      { ...terms, label: `${terms.label} ` },
      { ...terms, startEpoch: terms.startEpoch + 1n },
      { ...terms, endEpoch: terms.endEpoch + 1n },
      { ...terms, storagePricePerEpoch: 1n },
      { ...terms, providerCollateral: 1n },
      { ...terms, clientCollateral: 1n },
    ].map((other) => proposalIdOf(other, OWNER))
    expect(new Set([...others, id, proposalIdOf(terms, `0x${'11'.repeat(20)}`)]).size).to.equal(10)
  })

  it('has no id for a client that is no contract', async () => {
    const { terms } = ANNOUNCED[0] as (typeof ANNOUNCED)[0]
    await refused('ADDRESS_INVALID', () => proposalIdOf(terms, `0xff${'00'.repeat(19)}`))
    await refused('ADDRESS_INVALID', () => proposalIdOf(terms, 'f01000'))
  })
})
