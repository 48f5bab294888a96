/** SL-D22n: what a proposal says of the piece: label, CID, sizes, replicas. */
import { MAX_LABEL_BYTES, rootOfLabel } from '../deal/label.ts'
import { MIN_PIECE_SIZE } from '../deal/rules.ts'
import { paddedSize } from '../piece/size.ts'
import { type Check, must, type Seen } from './check.ts'
import type { Facts, OfferFacts } from './facts.ts'

/** CIDv1, fil-commitment-unsealed, sha2-256-trunc254-padded, 32 bytes. */
const PIECE_CID_PREFIX = [0x01, 0x81, 0xe2, 0x03, 0x92, 0x20, 0x20]
const PIECE_CID_LENGTH = PIECE_CID_PREFIX.length + 32

export const PROPOSAL: readonly Check[] = [
  {
    code: 'SL-D221',
    title: 'The label is text',
    by: ['Boost'],
    source: 'boost storagemarket/contract_deal_monitor.go:134',
    why: 'f05 takes bytes too, Boost does not.',
    fix: 'Propose with a label of text.',
    look: ofOffer(({ label }) =>
      must(typeof label === 'string', typeof label === 'string' ? JSON.stringify(label) : 'bytes'),
    ),
  },
  {
    code: 'SL-D222',
    title: `The label has at most ${MAX_LABEL_BYTES} bytes`,
    by: ['f05', 'Boost', 'Curio'],
    source: 'builtin-actors actors/market/src/policy.rs:18; boost storagemarket/deal_acceptance.go',
    why: 'The market drops a deal with a longer one.',
    fix: 'Shorten what stands before /ipfs/ in the label.',
    look: ofOffer(({ label }) => {
      const length = bytesOf(label).length
      return must(length <= MAX_LABEL_BYTES, `${length} bytes`, {
        expected: `at most ${MAX_LABEL_BYTES}`,
      })
    }),
  },
  {
    code: 'SL-D223',
    title: 'The label is valid UTF-8',
    by: ['f05', 'Lotus'],
    source: 'builtin-actors actors/market/src/deal.rs, Label::String',
    why: 'CBOR text that is no UTF-8 does not decode.',
    fix: 'Remove the half characters (lone surrogates) from the label.',
    look: ofOffer(({ label }) =>
      typeof label === 'string'
        ? must(label.isWellFormed(), label.isWellFormed() ? 'valid' : 'a lone surrogate')
        : undefined,
    ),
  },
  {
    code: 'SL-D224',
    title: 'The label carries a CID',
    by: ['Boost'],
    source: 'boost storagemarket/contract_deal_monitor.go:139; go-cid Parse',
    why: 'Boost parses the label, or what follows /ipfs/ in it, as the root of the data, and drops the proposal when that fails.',
    fix: 'Leave --label out to get one that is made from the root CID, or end it with /ipfs/<root CID>.',
    look: ofOffer(({ label }) => {
      if (typeof label !== 'string') return undefined
      const root = rootOfLabel(label)
      return must(root !== undefined, root ?? JSON.stringify(label), {
        expected: '<text>/ipfs/<root CID>, or a root CID',
      })
    }),
  },
  {
    code: 'SL-D225',
    title: 'The piece CID is a commitment of version 1',
    by: ['f05', 'Boost', 'Curio'],
    source:
      'builtin-actors actors/market/src/deal.rs:19-25; boost storagemarket/deal_acceptance.go:79',
    why: 'The market takes commitments (commP) as CIDv1 alone: not a root CID, and not version 2 (FRC-0069).',
    fix: 'Give the piece CID that `prepare` or `piece-cid` prints.',
    look: ofOffer(({ pieceCid }) => {
      const right =
        pieceCid.length === PIECE_CID_LENGTH &&
        PIECE_CID_PREFIX.every((byte, index) => pieceCid[index] === byte)
      return must(right, `0x${hex(pieceCid.subarray(0, 7))}…, ${pieceCid.length} bytes`, {
        expected: `0x${hex(Uint8Array.from(PIECE_CID_PREFIX))}…, ${PIECE_CID_LENGTH} bytes`,
      })
    }),
  },
  {
    code: 'SL-D226',
    title: 'The piece size is a power of two',
    by: ['f05', 'Boost', 'Curio'],
    source: 'builtin-actors actors/market/src/lib.rs:1616-1688',
    why: 'A commitment is the root of a full tree: of 128 padded bytes or any doubling of it.',
    fix: 'Give the padded size that `prepare` prints.',
    look: ofOffer(({ pieceSize }) =>
      must(isPieceSize(pieceSize), `${pieceSize} bytes`, {
        expected: `a power of two, ${MIN_PIECE_SIZE} or more`,
      }),
    ),
  },
  {
    code: 'SL-D227',
    title: 'The piece fits a sector',
    by: ['Lotus', 'Boost', 'Curio'],
    source: 'f05 has no bound; activation has (builtin-actors actors/miner)',
    why: 'The market publishes a piece that no sector holds: the money is locked and nothing is ever stored.',
    fix: 'Prepare with --piece-size 32GiB, which makes several pieces of what is larger.',
    look: ({ offer, network }) =>
      offer &&
      must(offer.pieceSize <= network.sectorSize, `${offer.pieceSize} padded bytes`, {
        expected: `at most ${network.sectorSize}`,
      }),
  },
  {
    code: 'SL-D228',
    title: 'The piece size is the smallest for the bytes',
    by: ['Curio'],
    source: 'curio market/mk12/mk12.go:515',
    why: 'Boost pads, Curio does not: it refuses any other size than the padded one of the file.',
    fix: 'Give the padded size that `prepare` or `piece-cid` prints.',
    look: ofOffer(({ size, pieceSize }) => {
      const padded = paddedOf(size)
      return must(padded === pieceSize, `${size} bytes in a piece of ${pieceSize}`, {
        expected: padded === undefined ? '1 byte or more' : `a piece of ${padded}`,
      })
    }),
  },
  {
    code: 'SL-D229',
    title: 'Enough providers are listed for the replicas',
    by: ['Sealift'],
    source: 'contracts/client/DealRules.sol',
    why: 'Every replica goes to another provider, so a list shorter than the replicas can never be filled.',
    fix: 'Name more providers, ask for fewer replicas, or name none to let any provider take it.',
    look: ofOffer(({ replicas, providers }) => {
      const distinct = new Set(providers).size
      const enough = replicas >= 1 && (providers.length === 0 || distinct >= replicas)
      return must(
        enough,
        `${replicas} replicas, ${providers.length === 0 ? 'any provider' : `${distinct} providers`}`,
        { expected: 'as many providers as replicas, or none' },
      )
    }),
  },
  {
    code: 'SL-D230',
    title: 'The deal is not one with DataCap',
    by: ['f05', 'Sealift'],
    source: 'FIP-0118',
    why: 'Deals with DataCap ended with network version 29.',
    fix: 'Propose an unverified deal with a price.',
    look: ofOffer(({ verified }) => must(!verified, verified ? 'verified' : 'unverified')),
  },
]

export function ofOffer(look: (offer: OfferFacts) => Seen | undefined) {
  return ({ offer }: Facts): Seen | undefined => (offer === undefined ? undefined : look(offer))
}

function bytesOf(label: string | Uint8Array): Uint8Array {
  return typeof label === 'string' ? new TextEncoder().encode(label) : label
}

function isPieceSize(size: bigint): boolean {
  return size >= MIN_PIECE_SIZE && (size & (size - 1n)) === 0n
}

function paddedOf(size: bigint): bigint | undefined {
  if (size < 1n || size > 1n << 52n) return undefined
  return BigInt(paddedSize(Number(size)))
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
