import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import type { ProvidersDocument, RankedProviderDocument } from '../../src/flow/documents.ts'
import type { Candidates } from '../../src/flow/gather-providers.ts'
import type { RankWish } from '../../src/rank/obstacles.ts'
import { type ProvidersPorts, readList, showProviders } from '../../tasks/providers.ts'
import { refused } from '../support/refused.ts'
import { actJson, actPlain } from './support/act.ts'

const NOTHING = { ids: [], list: undefined, pieceSize: undefined, price: undefined }

const PROVIDER: RankedProviderDocument = {
  place: 1,
  provider: 'f012345678',
  verdict: 'usable',
  reasons: [
    { sign: '+', text: 'kept 12 of 13 deals of yours' },
    {
      sign: '-',
      text: `refused 3 of 12 proposals offered directly, last: ${'deal proposal is identical to one seen before '.repeat(3)}`,
    },
  ],
  sources: ['named'],
  isMiner: true,
  urls: ['http://provider.example'],
  ask: {
    pricePerGib: '50000000',
    minPieceSize: 256,
    maxPieceSize: 34_359_738_368,
    source: 'a test',
  },
  experience: {
    kept: 12,
    lost: 1,
    pending: 0,
    accepted: 9,
    refused: 3,
    unreachable: 0,
    ignored: 0,
    lastRefusal: 'deal proposal is identical to one seen before',
    toPublish: { median: 4320, n: 13 },
    toActive: { median: 7200, n: 12 },
  },
}

const DOCUMENT: ProvidersDocument = {
  version: 1,
  kind: 'providers',
  network: 'localnet',
  client: null,
  providers: [PROVIDER, { ...PROVIDER, place: 2, provider: 'f01', verdict: 'unusable' }],
  notes: ['no client of yours is deployed here, so there is no experience to rank by'],
}

function rig(document = DOCUMENT) {
  const asked: { candidates: Candidates; wish: RankWish }[] = []
  const lists: Record<string, string> = {
    shipped: '{"version":1,"providers":[]}',
    'my.json': '{"version":1,"providers":[{"network":"localnet","id":"f01002","source":"me"}]}',
    'bad.json': '[]',
  }
  const ports: ProvidersPorts = {
    name: 'localnet',
    network: NETWORKS.localnet,
    readList: async (path = 'shipped') => lists[path] ?? '',
    compare: async (candidates, wish) => {
      asked.push({ candidates, wish })
      return document
    },
  }
  return { asked, ports }
}

describe('tasks/providers', () => {
  it('prints the document', async () => {
    const { ports } = rig()
    const { document, io } = await actJson(() => showProviders(NOTHING, ports))
    expect(document).to.deep.equal(JSON.parse(JSON.stringify(DOCUMENT)))
    expect(io.exitCode()).to.equal(0)
  })

  it('fits 80 columns, with the reasons for each place and the next command', async () => {
    const { ports } = rig()
    const io = await actPlain(() => showProviders(NOTHING, ports))
    for (const line of io.out().split('\n')) expect(line.length, line).to.be.at.most(80)
    expect(io.out()).to.match(
      /^1  f012345678  yes  50 picoFIL     12 of 13  3 of 12  1 d 12 h    2 d 12 h$/m,
    )
    expect(io.out()).to.match(/^2  f01 {9}no /m)
    expect(io.out()).to.include('\n   + kept 12 of 13 deals of yours\n   - refused 3 of 12')
    expect(io.out()).to.include(
      'Next: npx hardhat make-deal --file PATH --provider f012345678 --network localnet',
    )
  })

  it('says that nobody is known, and how to name some', async () => {
    const { ports } = rig({ ...DOCUMENT, providers: [], notes: [] })
    const io = await actPlain(() => showProviders(NOTHING, ports))
    expect(io.out()).to.include('The list that Sealift ships is empty for it')
    expect(io.out()).to.include('Next: npx hardhat providers f01234 --network localnet')
  })

  it('reads ids, each once, a list, a piece size and a price', async () => {
    const { asked, ports } = rig()
    await actJson(() =>
      showProviders(
        {
          ids: ['f01000', 't01001', '1000'],
          list: 'my.json',
          pieceSize: '32GiB',
          price: '5nanoFIL',
        },
        ports,
      ),
    )
    expect(asked).to.deep.equal([
      {
        candidates: {
          named: [1000n, 1001n],
          lists: [
            { name: 'list of Sealift', providers: [] },
            { name: 'my.json', providers: [{ id: 1002n, source: 'me', note: undefined }] },
          ],
        },
        wish: {
          pieceSize: 2 ** 35,
          price: { attoFil: 5_000_000_000n, bytes: undefined, seconds: 30n },
        },
      },
    ])
  })

  it('says which list is not there', async () => {
    const error = await refused('INPUT_NOT_FOUND', readList('/nowhere/list.json'))
    expect(error.message).to.include('/nowhere/list.json')
  })

  const bad: [string, Partial<Parameters<typeof showProviders>[0]>][] = [
    ['an id that is none', { ids: ['alice'] }],
    ['a list that is none', { list: 'bad.json' }],
    ['a price of a piece of no size', { price: '5nanoFIL' }],
    ['a size that no piece has', { pieceSize: '3GiB' }],
  ]
  for (const [what, args] of bad)
    it(`refuses ${what} with exit code 1`, async () => {
      const { asked, ports } = rig()
      const { document, io } = await actJson(() => showProviders({ ...NOTHING, ...args }, ports))
      expect(document).to.include({ kind: 'error', code: 'ARGUMENT_INVALID' })
      expect(io.exitCode()).to.equal(1)
      expect(asked).to.deep.equal([])
    })
})
