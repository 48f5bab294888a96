import { expect } from 'chai'
import { f410FromEth, idAddress } from '../../src/bytes/address.ts'
import { fromHex } from '../../src/bytes/hex.ts'
import { NETWORKS } from '../../src/chain/networks.ts'
import { type GetDealProposalPorts, showProposal } from '../../tasks/get-deal-proposal.ts'
import { actJson, actPlain } from './support/act.ts'
import { CLIENT, PIECE, PROPOSAL_ID, ROOT } from './support/documents.ts'

const BYTES = '0181e2039220203731bb99ac689f66eef5973e4a94da188f4ddcae580724fc6f3fd60dfd488333'

const ports: GetDealProposalPorts = {
  network: NETWORKS.localnet,
  client: {
    getDealProposal: async () => ({
      pieceCid: fromHex(`0x${BYTES}`),
      pieceSize: 128n,
      verifiedDeal: false,
      client: f410FromEth(CLIENT.address),
      provider: idAddress(0n),
      label: ROOT,
      startEpoch: 9_000n,
      endEpoch: 1_000_000n,
      storagePricePerEpoch: 10n ** 19n,
      providerCollateral: 1_200n,
      clientCollateral: 0n,
    }),
    getExtraParams: async () => ({
      locationRef: 'https://depot.example/a.car',
      carSize: 127n,
      skipIpniAnnounce: true,
      removeUnsealedCopy: false,
    }),
  },
}

describe('tasks/get-deal-proposal', () => {
  it('prints what providers read, decoded, amounts exact', async () => {
    const { document } = await actJson(() => showProposal(PROPOSAL_ID, ports))
    expect(document).to.deep.equal({
      version: 1,
      kind: 'deal-proposal',
      network: 'localnet',
      proposalId: PROPOSAL_ID,
      pieceCid: PIECE,
      pieceSize: 128,
      verifiedDeal: false,
      client: CLIENT.f4,
      provider: 't00',
      label: ROOT,
      startEpoch: 9_000,
      endEpoch: 1_000_000,
      pricePerEpoch: '10000000000000000000',
      providerCollateral: '1200',
      clientCollateral: '0',
      url: 'https://depot.example/a.car',
      size: 127,
      skipIpniAnnounce: true,
      removeUnsealedCopy: false,
    })
  })

  it('tells a person the same in units', async () => {
    const io = await actPlain(() => showProposal(PROPOSAL_ID, ports))
    for (const part of ['10 FIL per epoch', '128 bytes', 'not to the indexer', 'a copy is kept']) {
      expect(io.out()).to.include(part)
    }
  })
})
