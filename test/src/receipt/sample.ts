/** An aggregate of five small files, and receipts for them. */
import { Aggregate } from '../../../src/aggregate/aggregate.ts'
import { type Extent, extentsOf, type FilledSegment } from '../../../src/aggregate/payload.ts'
import { placeSegments } from '../../../src/aggregate/segment.ts'
import { PieceHasher } from '../../../src/piece/hasher.ts'
import { pieceCidV1 } from '../../../src/piece/piece-cid.ts'
import { buildReceipt, type ReceiptFacts } from '../../../src/receipt/build.ts'
import { idOfReceipt } from '../../../src/receipt/proposal-id.ts'
import type { Receipt } from '../../../src/receipt/schema.ts'
import { random } from '../../support/random.ts'

export const ROOT = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
export const CLIENT = '0xd4aac4d8fbc7575bdf5c19f900634d6c61a00a79'
const SIZES = [100_000, 8192, 500, 500, 127]

/** Segments of given bytes, in an aggregate that has the room. */
export function aggregateOf(files: readonly Uint8Array[], pieceSize = 2 ** 20) {
  const pieces = files.map((bytes) => new PieceHasher().update(bytes).digest())
  return new Aggregate<FilledSegment>(placeSegments(pieces, pieceSize), pieceSize)
}

/** The raw bytes of an aggregate of `files`. */
export function bytesOf(aggregate: Aggregate<FilledSegment>, files: readonly Uint8Array[]) {
  const part = (extent: Extent): Uint8Array => {
    if (extent.kind === 'bytes') return extent.bytes
    if (extent.kind === 'zeros') return new Uint8Array(extent.length)
    return (files[extent.segment] as Uint8Array).subarray(extent.from, extent.to)
  }
  return Buffer.concat([...extentsOf(aggregate)].map(part))
}

export const files = SIZES.map((size, i) => random(size, `receipt ${i}`))
export const aggregate = aggregateOf(files)

const TERMS = {
  label: `abc-1/ipfs/${ROOT}`,
  startEpoch: 5760n,
  endEpoch: 1_056_960n,
  pricePerEpoch: 50_000_000n,
  providerCollateral: 1_200_000_000_000_000n,
  clientCollateral: 0n,
}

export function facts(index = 2, changes: Partial<ReceiptFacts> = {}): ReceiptFacts {
  const of = changes.aggregate ?? aggregate
  const terms = {
    verifiedDeal: false as const,
    label: TERMS.label,
    startEpoch: Number(TERMS.startEpoch),
    endEpoch: Number(TERMS.endEpoch),
    pricePerEpoch: String(TERMS.pricePerEpoch),
    providerCollateral: String(TERMS.providerCollateral),
    clientCollateral: String(TERMS.clientCollateral),
  }
  const proposalId = idOfReceipt({
    aggregate: { pieceCid: pieceCidV1(of), pieceSize: of.pieceSize },
    client: { address: CLIENT },
    proposal: terms,
  })
  return {
    network: { name: 'calibration', chainId: 314159, genesis: 1667326380 },
    file: { name: 'a.txt', root: ROOT },
    aggregate: of,
    index,
    client: { address: CLIENT, id: 't01004' },
    proposal: { ...TERMS, proposalId },
    deal: { dealId: 123n, provider: 1234n, activatedAt: 4000n },
    ...changes,
  }
}

export function sample(index = 2, changes: Partial<ReceiptFacts> = {}): Receipt {
  return buildReceipt(facts(index, changes))
}
