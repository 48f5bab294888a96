/** Documents as the flow returns them, for tasks that only show them. */
import type { DealsDocument, PlanDocument, ProposedDocument } from '../../../src/flow/documents.ts'

export const CLIENT = {
  address: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
  f4: 't410fl663emkwpcx6zm3h6aznsp3ef5sbqcvdf5mfrna',
  id: 't01004',
} as const

export const ROOT = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
export const OTHER_ROOT = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
/** test/vectors/known-piece-cids.json, lotus-zero zero-127 and lotus-0xcc cc-127. */
export const PIECE = 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy'
export const PIECE_V2 = 'bafkzcibcaabdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy'
export const OTHER_PIECE = 'baga6ea4seaqmfldjtozgne6adk7eve2vdxte7vzlivae7nzsbrawobo546zkijq'
export const PROPOSAL_ID = `0x${'1a'.repeat(32)}`
export const OTHER_ID = `0x${'2b'.repeat(32)}`

const offered = {
  proposalId: PROPOSAL_ID,
  pieceCid: PIECE,
  pieceSize: 128,
  label: `abc-1/ipfs/${ROOT}`,
  url: `http://127.0.0.1:3300/piece/${PIECE}`,
  startEpoch: 5_760,
  endEpoch: 1_056_960,
  pricePerEpoch: '50000000',
  providerCollateral: '1200000000000000',
  clientCollateral: '0',
  replicas: 2,
  deals: [
    {
      dealId: 7,
      provider: 'f01000',
      state: 'active',
      activatedAt: 90,
      endEpoch: 1_056_960,
      why: 'active since epoch 90',
    },
    {
      dealId: 8,
      provider: 'f01001',
      state: 'published',
      activatedAt: null,
      endEpoch: 1_056_960,
      why: 'waits for its sector',
    },
  ],
} as const

export const PROPOSED: ProposedDocument = {
  version: 1,
  kind: 'proposed',
  network: 'localnet',
  client: CLIENT,
  proposals: [{ ...offered, tx: `0x${'cd'.repeat(32)}` }],
}

export const DEALS: DealsDocument = {
  version: 1,
  kind: 'deals',
  network: 'localnet',
  epoch: 100,
  proposals: [
    { ...offered, state: 'filled', why: 'every replica is published' },
    {
      ...offered,
      proposalId: OTHER_ID,
      pieceCid: OTHER_PIECE,
      label: OTHER_ROOT,
      deals: [],
      state: 'open',
      why: 'waits for providers',
    },
  ],
  timelines: [
    {
      proposalId: PROPOSAL_ID,
      pieceCid: PIECE,
      state: 'filled',
      steps: [],
      replicas: [
        {
          replica: 1,
          provider: 'f01000',
          dealId: 7,
          steps: [
            {
              id: `${PROPOSAL_ID}:published:7`,
              step: 'published',
              epoch: 80,
              at: null,
              text: 'published by f01000 as deal 7',
              source: 'event DealPublished of 0x5fbd, transaction 0x12',
              link: 'https://explorer.example/tx/0x12',
            },
            {
              id: `${PROPOSAL_ID}:active:7`,
              step: 'active',
              epoch: 90,
              at: null,
              text: 'active: f01000 has sealed and proven it',
              source: 'getDeal of 0x5fbd, which asks f05',
            },
          ],
          waiting: null,
          daysLeft: 366.9,
        },
        {
          replica: 2,
          provider: 'f01001',
          dealId: 8,
          steps: [],
          waiting: {
            for: 'active',
            why: 'f01001 seals it, of which the chain shows nothing before it is done',
            usual: 'Boost plans 24 h',
            since: 80,
            until: 5_760,
          },
          daysLeft: null,
        },
      ],
      fetches: [],
    },
    {
      proposalId: OTHER_ID,
      pieceCid: OTHER_PIECE,
      state: 'open',
      steps: [],
      replicas: [],
      fetches: [],
    },
  ],
}

export const PLAN: PlanDocument = {
  version: 1,
  kind: 'plan',
  network: 'localnet',
  epoch: 100,
  client: CLIENT,
  owner: { address: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266', balance: '9000000000000000000' },
  funds: { available: '0', balance: '7120000000000' },
  asks: [
    {
      provider: 'f01000',
      pricePerGib: '50000000',
      minPieceSize: 128,
      maxPieceSize: 34_359_738_368,
      source: 'a test',
    },
  ],
  pieces: [
    {
      piece: {
        name: 'a',
        root: ROOT,
        pieceCid: PIECE,
        pieceCidV2: PIECE_V2,
        size: 127,
        pieceSize: 128,
      },
      found: null,
      offer: {
        proposal: {
          pieceCid: PIECE,
          pieceSize: 128,
          verifiedDeal: false,
          client: CLIENT.f4,
          provider: null,
          label: offered.label,
          startEpoch: 5_860,
          endEpoch: 1_057_060,
          storagePricePerEpoch: '50000000',
          providerCollateral: '5000000000',
          clientCollateral: '1000000000',
        },
        startsBy: null,
        ends: null,
        transfer: {
          url: offered.url,
          size: 127,
          skipIpniAnnounce: false,
          removeUnsealedCopy: false,
        },
        replicas: 2,
        providers: ['f01000', 'f01001'],
        collateralBounds: { min: '4000000000', max: '8000000000' },
        cost: {
          payment: '53559000000000',
          clientCollateral: '1000000000',
          perReplica: '53560000000000',
          total: '107120000000000',
        },
        transaction: {
          from: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
          to: CLIENT.address,
          value: '100000000000000',
          method: 'propose(DealRequest,uint16,uint64[])',
          data: '0x8e33dbc9',
          gas: { limit: '550000', maxFeePerGas: '1000000000', maxFee: '550000000000000' },
          gasUnknown: null,
        },
      },
      pushes: [
        { provider: 'f01000', url: 'http://provider.example/market/mk12/store' },
        { provider: 'f01001', url: null },
      ],
    },
  ],
  total: {
    cost: '107120000000000',
    value: '100000000000000',
    gas: '550000000000000',
    max: '1000000000000000000',
  },
  notes: ['f01000 asks for more'],
  refusal: null,
}
