/** A client with proposals in each state, written by hand. */
import { NETWORKS } from '../../../../src/chain/networks.ts'
import type { ChainFacts, Facts, Known } from '../../../../src/dashboard/facts.ts'
import type { ListedProposal } from '../../../../src/dashboard/standing.ts'
import type { DealDocument } from '../../../../src/flow/documents.ts'
import type { PieceRecord } from '../../../../src/prepare/sink.ts'
import type { ProposalTimeline } from '../../../../src/timeline/timeline.ts'

export const ADDRESS = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const ROOT = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
/** test/vectors/known-piece-cids.json, lotus-zero zero-127 and lotus-0xcc cc-127. */
export const PIECE = 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy'
const PIECE_V2 = 'bafkzcibcaabdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy'
export const OTHER_PIECE = 'baga6ea4seaqmfldjtozgne6adk7eve2vdxte7vzlivae7nzsbrawobo546zkijq'

const EPOCH = 1_000_000
/** 2026-03-01 12:00:00 UTC. */
const EPOCH_TIME = 1_772_366_400

export const proposalId = (number: number): string => `0x${number.toString(16).padStart(64, '0')}`

export function deal(dealId: number, state: DealDocument['state']): DealDocument {
  return {
    dealId,
    provider: `f0${1000 + dealId}`,
    state,
    activatedAt: state === 'active' ? EPOCH - 10 : null,
    endEpoch: EPOCH + 1_000_000,
    why: `it is ${state}`,
  }
}

export function proposal(number: number, more: Partial<ListedProposal> = {}): ListedProposal {
  return {
    proposalId: proposalId(number),
    pieceCid: OTHER_PIECE,
    pieceSize: 131_072,
    label: `sample-${number}/ipfs/${ROOT}`,
    url: `https://depot.example/piece/${OTHER_PIECE}`,
    startEpoch: EPOCH + 5760,
    endEpoch: EPOCH + 1_000_000,
    pricePerEpoch: '50000000',
    providerCollateral: '1200000000000000',
    clientCollateral: '0',
    replicas: 2,
    deals: [],
    state: 'open',
    why: '0 of 2 replicas published; providers have 2 d left to publish',
    ...more,
  }
}

export const piece: PieceRecord = {
  name: 'tides of the year',
  root: ROOT,
  pieceCid: PIECE,
  pieceCidV2: PIECE_V2,
  size: 89_912,
  pieceSize: 131_072,
  files: 16,
}

export function known<T>(value: T): Known<T> {
  return { value, at: EPOCH_TIME * 1000, problem: undefined }
}

export function chainFacts(proposals: readonly ListedProposal[]): ChainFacts {
  return {
    address: ADDRESS,
    anchor: { epoch: BigInt(EPOCH), time: EPOCH_TIME },
    funds: {
      escrow: 12_833_049_600n,
      locked: 10_000_000_000n,
      reserved: 2_000_000_000n,
      available: 833_049_600n,
      balance: 10n ** 18n,
    },
    deals: {
      version: 1,
      kind: 'deals',
      network: 'calibration',
      epoch: EPOCH,
      proposals,
      timelines: [],
    },
  }
}

export function facts(proposals: readonly ListedProposal[], more: Partial<Facts> = {}): Facts {
  return {
    network: NETWORKS.calibration,
    chain: known(chainFacts(proposals)),
    depot: known([piece]),
    actions: undefined,
    ...more,
  }
}

export function timeline(id: string): ProposalTimeline {
  const chain = { at: null, source: `event DealPublished of ${ADDRESS}, transaction 0x12` } as const
  return {
    proposalId: id,
    pieceCid: PIECE,
    state: 'open',
    steps: [
      {
        ...chain,
        id: 'a',
        step: 'proposed',
        epoch: EPOCH - 120,
        text: 'proposed by 0xf39F…2266, for 2 replicas',
        link: 'https://filecoin-testnet.blockscout.com/tx/0x12',
      },
    ],
    replicas: [
      {
        replica: 1,
        provider: 'f01001',
        dealId: 1,
        daysLeft: 364.2,
        waiting: null,
        steps: [
          {
            id: 'b',
            step: 'fetched',
            epoch: null,
            at: '2026-03-01T11:12:00.000Z',
            text: 'fetched all of it: 87.8 KiB',
            source: 'log of the depot',
          },
          {
            ...chain,
            id: 'c',
            step: 'published',
            epoch: EPOCH - 60,
            text: 'published by f01001 as deal 1',
          },
          {
            ...chain,
            id: 'd',
            step: 'active',
            epoch: EPOCH - 10,
            text: 'active: f01001 has sealed and proven it',
          },
        ],
      },
      {
        replica: 2,
        provider: 'f01002',
        dealId: null,
        daysLeft: null,
        steps: [
          {
            id: 'e',
            step: 'fetching',
            epoch: null,
            at: '2026-03-01T11:52:00.000Z',
            text: 'fetched 62 %: 54.4 KiB of 87.8 KiB',
            source: 'log of the depot',
          },
          {
            id: 'f',
            step: 'refused',
            epoch: null,
            at: '2026-03-01T11:53:00.000Z',
            text: 'refused by f01002: <b id="injected">price below ask</b>',
            source: 'answer of f01002 over MK12',
          },
        ],
        waiting: {
          for: 'published',
          why: 'another provider may still take this copy',
          usual: 'Boost publishes within 1 h (PublishMsgPeriod)',
          since: EPOCH - 120,
          until: EPOCH + 5760,
        },
      },
    ],
    fetches: [],
  }
}
