import { expect } from 'chai'
import { NETWORKS } from '../../../src/chain/networks.ts'
import type { Candidates, GatherContext } from '../../../src/flow/gather-providers.ts'
import { compareProviders } from '../../../src/flow/rank-providers.ts'
import { FakeClient } from './fake-client.ts'

const ANY = { pieceSize: undefined, price: undefined }
const NOBODY: Candidates = { named: [], lists: [] }

/** A proposal of the fake client, with the fields that are looked at. */
function proposal(id: number, change: object) {
  return {
    proposalId: `0x${String(id).padStart(64, '0')}`,
    pieceCid: 'p',
    url: 'u',
    label: 'l',
    size: 127,
    pieceSize: 128,
    startEpoch: 5000n,
    endEpoch: 600_000n,
    pricePerEpoch: 1n,
    providerCollateral: 0n,
    clientCollateral: 0n,
    replicas: 1,
    providers: [],
    skipIpniAnnounce: false,
    removeUnsealedCopy: false,
    published: 0,
    dealIds: [],
    state: 'open' as const,
    ...change,
  }
}

const askOf: GatherContext['askOf'] = async (id) =>
  id === 1000n
    ? { pricePerGib: 5n, minPieceSize: 256n, maxPieceSize: 1024n, source: 'a test' }
    : undefined

describe('compareProviders', () => {
  let client: FakeClient
  beforeEach(() => {
    client = new FakeClient()
  })

  function context(change: Partial<GatherContext> = {}): GatherContext {
    return {
      network: NETWORKS.localnet,
      provider: client.node.provider,
      askOf: async () => undefined,
      client: Object.assign(client, { since: undefined }),
      pushes: [],
      ...change,
    }
  }

  it('finds the miners of a localnet, and on other networks none that nobody told of', async () => {
    client.node.rpc['localnet_describe'] = () => ({ version: 1, miners: ['1001', '1000'] })
    const { providers } = await compareProviders(NOBODY, ANY, context())
    expect(providers.map(({ provider, sources }) => [provider, sources])).to.deep.equal([
      ['f01000', ['miner of the localnet']],
      ['f01001', ['miner of the localnet']],
    ])
    const elsewhere = context({ network: NETWORKS.calibration, client: undefined })
    const none = await compareProviders(NOBODY, ANY, elsewhere)
    expect(none.providers).to.deep.equal([])
    expect(none.client).to.equal(null)
    expect(none.notes[0]).to.include('no client of yours is deployed here')
  })

  it('joins what names, a list, the chain and the relay tell of a provider', async () => {
    client.announced.set('t01000', 9000)
    client.known = [
      proposal(1, { state: 'filled', published: 1, dealIds: [7n] }),
      proposal(2, { state: 'lapsed', providers: [1002n] }),
    ]
    client.deal = [
      {
        dealId: 7n,
        proposalId: proposal(1, {}).proposalId,
        provider: 1000n,
        publishedAt: 110n,
        activatedAt: 150n,
        startEpoch: 5000n,
        endEpoch: 600_000n,
        state: 'active',
      },
    ]
    const lists = [
      { name: 'mine', providers: [{ id: 1003n, source: 'a mail of 2026-11-01', note: 'slow' }] },
    ]
    const pushes = [
      { proposalId: 'x', provider: 1003n, at: 1, outcome: 'refused', reason: 'no' } as const,
    ]
    const found = await compareProviders({ named: [], lists }, ANY, context({ askOf, pushes }))
    expect(found.providers.map(({ provider, verdict }) => [provider, verdict])).to.deep.equal([
      ['f01000', 'usable'],
      ['f01002', 'unknown'],
      ['f01003', 'unknown'],
    ])
    const [first, second, third] = found.providers
    expect(first?.urls).to.deep.equal(['http://127.0.0.1:9000'])
    expect(first?.experience).to.deep.include({ kept: 1, toActive: { median: 40, n: 1 } })
    // When the proposal was made stands in the logs alone.
    expect(first?.experience.toPublish).to.equal(null)
    expect(found.notes[0]).to.include('times to publish are not known')
    expect(second?.experience.ignored).to.equal(1)
    expect(third?.sources).to.deep.equal(['mine: a mail of 2026-11-01', 'pushes of the relay'])
    expect(third?.experience).to.include({ refused: 1, lastRefusal: 'no' })
    expect(third?.reasons.at(-1)?.text).to.equal('the list says: slow')
  })

  it('shows those that are named and no others, also one that is no miner', async () => {
    client.node.rpc['localnet_describe'] = () => ({ version: 1, miners: ['1000', '1001'] })
    client.node.rpc['Filecoin.StateMinerInfo'] = ([id]) => {
      if (id === 't07') throw new Error('actor not found')
      return { PeerId: null, Multiaddrs: [] }
    }
    const named = { named: [7n, 1001n], lists: [] }
    const { providers } = await compareProviders(named, ANY, context())
    expect(providers.map(({ provider, isMiner }) => [provider, isMiner])).to.deep.equal([
      ['f01001', true],
      ['f07', false],
    ])
    expect(providers[0]?.sources).to.deep.equal(['named', 'miner of the localnet'])
  })

  it('says what is not known where the node offers no method of Filecoin', async () => {
    delete client.node.rpc['Filecoin.StateMinerInfo']
    const { providers } = await compareProviders({ named: [5n], lists: [] }, ANY, context())
    expect(providers[0]).to.include({ isMiner: null, urls: null, ask: null, verdict: 'unknown' })
  })

  it('goes on without times when the logs cannot be read', async () => {
    // Proposals without the creation of the client are not its whole history.
    client.node.chainLogs = [{ block: 3, address: client.address, id: `0x${'1'.repeat(64)}` }]
    const known = { ...context(), client: Object.assign(client, { since: 0n }) }
    const { notes } = await compareProviders(NOBODY, ANY, known)
    expect(notes[0]).to.match(/times to publish are not known: the client's logs cannot be read/)
  })
})
