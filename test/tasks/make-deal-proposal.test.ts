import { expect } from 'chai'
import type { TransactionReceipt } from 'ethers'
import { NETWORKS } from '../../src/chain/networks.ts'
import type { DealTerms } from '../../src/deal/terms.ts'
import {
  type MakeDealProposalArguments,
  type MakeDealProposalPorts,
  proposeByHand,
  readRequest,
} from '../../tasks/make-deal-proposal.ts'
import { refused } from '../support/refused.ts'
import { actJson, actPlain } from './support/act.ts'
import { CLIENT, OTHER_ID, PIECE, PIECE_V2, PROPOSAL_ID, ROOT } from './support/documents.ts'

const NOTHING: MakeDealProposalArguments = {
  pieceCid: undefined,
  pieceSize: undefined,
  verifiedDeal: 'false',
  label: undefined,
  startEpoch: undefined,
  endEpoch: undefined,
  storagePricePerEpoch: undefined,
  providerCollateral: undefined,
  clientCollateral: undefined,
  locationRef: undefined,
  carSize: undefined,
  skipIpniAnnounce: 'false',
  removeUnsealedCopy: 'false',
  contract: undefined,
  skipDoctor: false,
  yes: false,
  json: true,
}
const WELL: MakeDealProposalArguments = {
  ...NOTHING,
  pieceCid: PIECE,
  pieceSize: '128',
  label: ROOT,
  startEpoch: '9000',
  endEpoch: '1000000',
  storagePricePerEpoch: '10',
  providerCollateral: '1200',
  clientCollateral: '5',
  locationRef: 'https://depot.example/a.car',
  carSize: '127',
  removeUnsealedCopy: 'true',
}
const BYTES = '0181e2039220203731bb99ac689f66eef5973e4a94da188f4ddcae580724fc6f3fd60dfd488333'

function rig(change: Partial<MakeDealProposalPorts> = {}) {
  const sent: { terms: DealTerms; value: bigint | undefined }[] = []
  const ids = [PROPOSAL_ID, OTHER_ID]
  const ports: MakeDealProposalPorts = {
    network: NETWORKS.localnet,
    name: 'localnet',
    client: {
      propose: async (terms, options) => {
        options?.onSent?.('0xabc')
        sent.push({ terms, value: options?.value })
        const proposalId = ids[sent.length - 1] ?? ''
        // The receipt is not looked at.
        return { proposalId, tx: '0xabc', block: 7n, receipt: {} as TransactionReceipt }
      },
      funds: async () => ({
        escrow: 0n,
        locked: 0n,
        reserved: 0n,
        available: 100n,
        balance: 15n,
      }),
    },
    describeClient: async () => CLIENT,
    circumstances: async () => ({
      epoch: 100n,
      startWindow: NETWORKS.localnet.startWindow,
      collateralBounds: { min: 1_000n, max: 10n ** 18n },
    }),
    ...change,
  }
  return { sent, ports }
}

describe('tasks/make-deal-proposal', () => {
  describe('readRequest', () => {
    it('reads every flag of the starter kit', () => {
      expect(readRequest(WELL)).to.deep.equal({
        pieceCid: PIECE,
        pieceSize: 128,
        size: 127,
        label: ROOT,
        url: 'https://depot.example/a.car',
        startEpoch: 9_000n,
        endEpoch: 1_000_000n,
        pricePerEpoch: 10n,
        providerCollateral: 1_200n,
        clientCollateral: 5n,
        skipIpniAnnounce: false,
        removeUnsealedCopy: true,
      })
    })

    it('takes the piece CID as text of both versions and as bytes with and without the leading 00', () => {
      for (const pieceCid of [PIECE, PIECE_V2, `0x${BYTES}`, `0x00${BYTES}`]) {
        expect(readRequest({ ...WELL, pieceCid }).pieceCid).to.equal(PIECE)
      }
    })

    it('takes the sizes from a piece CID of version 2', () => {
      const args = { ...WELL, pieceCid: PIECE_V2, pieceSize: undefined, carSize: undefined }
      expect(readRequest(args)).to.include({ size: 127, pieceSize: 128 })
    })

    it('computes the padded size when it is not said', () => {
      expect(readRequest({ ...WELL, pieceSize: undefined, carSize: '128' }).pieceSize).to.equal(256)
    })

    for (const name of ['pieceCid', 'label', 'locationRef', 'carSize'] as const) {
      it(`says that ${name} is missing`, async () => {
        const error = await refused('ARGUMENT_INVALID', () =>
          readRequest({ ...WELL, [name]: undefined }),
        )
        expect(error.message).to.match(/^--[a-z-]+ is missing$/)
      })
    }

    it('refuses a verified deal and says why', async () => {
      const error = await refused('TERM_INVALID', () =>
        readRequest({ ...WELL, verifiedDeal: 'true' }),
      )
      expect(error.message).to.include('FIP-0118')
    })

    it('refuses a truth value that is neither', () =>
      refused('ARGUMENT_INVALID', () => readRequest({ ...WELL, skipIpniAnnounce: 'yes' })))
  })

  it('prints the id that the contract gave, another one for each proposal', async () => {
    const { ports } = rig()
    const propose = async () =>
      (await actJson((run) => proposeByHand({ yes: false }, readRequest(WELL), run, ports)))
        .document
    const ids = [await propose(), await propose()].map(
      (document) => (document['proposals'] as { proposalId: string }[])[0]?.proposalId,
    )
    expect(ids).to.deep.equal([PROPOSAL_ID, OTHER_ID])
  })

  it('prints the proposed document', async () => {
    const { ports } = rig()
    const { document } = await actJson((run) =>
      proposeByHand({ yes: false }, readRequest(WELL), run, ports),
    )
    expect(document).to.deep.equal({
      version: 1,
      kind: 'proposed',
      network: 'localnet',
      client: CLIENT,
      proposals: [
        {
          proposalId: PROPOSAL_ID,
          tx: '0xabc',
          pieceCid: PIECE,
          pieceSize: 128,
          label: ROOT,
          url: 'https://depot.example/a.car',
          startEpoch: 9_000,
          endEpoch: 1_000_000,
          pricePerEpoch: '10',
          providerCollateral: '1200',
          clientCollateral: '5',
          replicas: 1,
          deals: [],
        },
      ],
    })
  })

  it('brings along what escrow and contract lack', async () => {
    const { ports, sent } = rig()
    await actJson((run) => proposeByHand({ yes: false }, readRequest(WELL), run, ports))
    expect(sent[0]?.value).to.equal(10n * 991_000n + 5n - 115n)
  })

  it('names the next command of the kit', async () => {
    const io = await actPlain((run) =>
      proposeByHand({ yes: false }, readRequest(WELL), run, rig().ports),
    )
    const next = `npx hardhat get-deal-proposal --proposal-id ${PROPOSAL_ID} --network localnet`
    expect(io.out()).to.include(`Next: ${next}\n`)
  })

  it('refuses what the market would refuse, before anything is sent', async () => {
    const { ports, sent } = rig()
    const bad: [string, Partial<MakeDealProposalArguments>][] = [
      ['EPOCH_PAST', { startEpoch: '99' }],
      ['TERM_INVALID', { endEpoch: '9001' }],
      ['TERM_INVALID', { label: PIECE.slice(0, 20) }],
      ['LABEL_TOO_LONG', { label: `${'x'.repeat(200)}/ipfs/${ROOT}` }],
      ['URL_INVALID', { locationRef: 'https://depot.example/"a".car' }],
      ['TERM_INVALID', { providerCollateral: '0' }],
      ['PIECE_TOO_LARGE', { carSize: String(2 ** 36), pieceSize: String(2 ** 37) }],
    ]
    for (const [code, args] of bad) {
      const { document, io } = await actJson((run) =>
        proposeByHand({ yes: false }, readRequest({ ...WELL, ...args }), run, ports),
      )
      expect(document).to.include({ kind: 'error', code })
      expect(io.exitCode()).to.equal(1)
    }
    expect(sent).to.deep.equal([])
  })

  it('asks before it sends on the main network', async () => {
    const { ports, sent } = rig({ network: NETWORKS.filecoin, name: 'filecoin' })
    const io = await actPlain((run) => proposeByHand({ yes: false }, readRequest(WELL), run, ports))
    expect(io.exitCode()).to.equal(2)
    expect(sent).to.deep.equal([])
  })
})
