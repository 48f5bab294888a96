import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import { type DealsPorts, showDeals } from '../../tasks/deals.ts'
import { readId } from '../../tasks/get-deal-status.ts'
import { refused } from '../support/refused.ts'
import { actJson, actPlain } from './support/act.ts'
import {
  DEALS,
  OTHER_ID,
  OTHER_PIECE,
  OTHER_ROOT,
  PIECE,
  PIECE_V2,
  PROPOSAL_ID,
  ROOT,
} from './support/documents.ts'

function rig() {
  const asked: (string | undefined)[] = []
  const ports: DealsPorts = {
    network: NETWORKS.localnet,
    name: 'localnet',
    listDeals: async (id) => {
      asked.push(id)
      return DEALS
    },
  }
  const found = async (id: string | undefined) => {
    const { document } = await actJson(() => showDeals({ id }, ports))
    const { proposals } = document as unknown as typeof DEALS
    return proposals.map(({ proposalId }) => proposalId)
  }
  return { asked, ports, found }
}

describe('tasks/deals', () => {
  it('prints the deals document', async () => {
    const { ports } = rig()
    const { document } = await actJson(() => showDeals({ id: undefined }, ports))
    expect(document).to.deep.equal(JSON.parse(JSON.stringify(DEALS)))
  })

  it('asks the contract for one proposal when the id is one', async () => {
    const { asked, found } = rig()
    await found(PROPOSAL_ID.slice(2).toUpperCase())
    expect(asked).to.deep.equal([PROPOSAL_ID])
  })

  const ids: [string, string, string[]][] = [
    ['a root CID in a label', ROOT, [PROPOSAL_ID]],
    ['a root CID that is the label', OTHER_ROOT, [OTHER_ID]],
    ['a piece CID', OTHER_PIECE, [OTHER_ID]],
    ['a piece CID of version 2', PIECE_V2, [PROPOSAL_ID]],
    ['a deal number', '8', [PROPOSAL_ID]],
  ]
  for (const [what, id, expected] of ids) {
    it(`finds proposals by ${what}`, async () => {
      expect(await rig().found(id)).to.deep.equal(expected)
    })
  }

  it('shows of a proposal only the deal that was asked for', async () => {
    const { ports } = rig()
    const { document } = await actJson(() => showDeals({ id: '8' }, ports))
    const { proposals } = document as unknown as typeof DEALS
    expect(proposals[0]?.deals.map(({ dealId }) => dealId)).to.deep.equal([8])
  })

  it('says so when nothing is meant', async () => {
    for (const id of ['9', 'nonsense', 'bafkqaaa']) {
      await refused('PROPOSAL_NOT_FOUND', showDeals({ id }, rig().ports))
    }
  })

  it('tells a person the states and why', async () => {
    const io = await actPlain(() => showDeals({ id: undefined }, rig().ports))
    expect(io.out()).to.match(/^localnet, epoch 100\n/)
    expect(io.out()).to.include('filled: every replica is published')
    expect(io.out()).to.include('  deal  7  f01000  active     active since epoch 90\n')
    expect(io.out()).to.include('  deal  8  f01001  published  waits for its sector\n')
  })

  it('gives every epoch its date where the genesis is known', async () => {
    const network = { ...NETWORKS.localnet, genesis: 0 }
    const io = await actPlain(() => showDeals({ id: undefined }, { ...rig().ports, network }))
    expect(io.out()).to.match(/^localnet, epoch 100 \(1970-01-01 00:50 UTC\)\n/)
    expect(io.out()).to.include('active since epoch 90 (1970-01-01 00:45 UTC)\n')
  })

  it('names the next command when there are no proposals', async () => {
    const ports = { ...rig().ports, listDeals: async () => ({ ...DEALS, proposals: [] }) }
    const io = await actPlain(() => showDeals({ id: undefined }, ports))
    expect(io.out()).to.include('Next: npx hardhat make-deal --file PATH --network localnet\n')
  })
})

describe('tasks/get-deal-status', () => {
  const none = { pieceCid: undefined, proposalId: undefined, dealId: undefined }
  it('takes exactly one of piece CID, proposal and deal', async () => {
    expect(readId({ ...none, pieceCid: PIECE })).to.equal(PIECE)
    expect(readId({ ...none, proposalId: PROPOSAL_ID.slice(2) })).to.equal(PROPOSAL_ID)
    expect(readId({ ...none, dealId: '8' })).to.equal('8')
    await refused('ARGUMENT_INVALID', () => readId(none))
    await refused('ARGUMENT_INVALID', () => readId({ ...none, pieceCid: PIECE, dealId: '8' }))
    await refused('ARGUMENT_INVALID', () => readId({ ...none, dealId: 'f08' }))
    await refused('ARGUMENT_INVALID', () => readId({ ...none, proposalId: '0x12' }))
  })
})
