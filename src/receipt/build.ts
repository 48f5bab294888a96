/** Makes receipts of what depot and chain say: each is checked before it is given out. */
import type { Aggregate } from '../aggregate/aggregate.ts'
import type { FilledSegment } from '../aggregate/payload.ts'
import { proofDocument } from '../aggregate/proof-form.ts'
import { rawOffset } from '../aggregate/size.ts'
import type { DealTerms } from '../deal/terms.ts'
import { StorageError } from '../errors.ts'
import { type PieceCommitment, pieceCidV1, pieceCidV2 } from '../piece/piece-cid.ts'
import { checkReceipt } from './check.ts'
import { receiptDigest } from './digest.ts'
import type { Receipt, ReceiptPiece } from './schema.ts'
import { sentenceOf } from './sentence.ts'

export interface ReceiptFacts {
  readonly network: Receipt['network']
  /** Root CID v1 in base32; null for a piece that is no CAR. */
  readonly file: Receipt['file']
  readonly aggregate: Aggregate<FilledSegment>
  /** Number of the segment in the aggregate. */
  readonly index: number
  readonly client: Receipt['client']
  readonly proposal: Pick<
    DealTerms,
    | 'label'
    | 'startEpoch'
    | 'endEpoch'
    | 'pricePerEpoch'
    | 'providerCollateral'
    | 'clientCollateral'
  > & { readonly proposalId: string }
  readonly deal: {
    readonly dealId: bigint
    /** Actor id. */
    readonly provider: bigint
    /** Epoch; undefined while it is not active. */
    readonly activatedAt: bigint | undefined
  }
}

/** @throws ARGUMENT_INVALID without such a segment; RECEIPT_INVALID when the facts contradict each other */
export function buildReceipt(facts: ReceiptFacts): Receipt {
  const { aggregate, index, network, file, proposal, deal } = facts
  const segment = segmentAt(aggregate, index)
  const told = {
    network,
    piece: pieceOf(segment),
    segment: { offset: segment.offset, rawOffset: rawOffset(segment.offset), slot: index },
    deal: {
      dealId: Number(deal.dealId),
      provider: `f0${deal.provider}`,
      startEpoch: Number(proposal.startEpoch),
      endEpoch: Number(proposal.endEpoch),
      activatedAt: deal.activatedAt === undefined ? null : Number(deal.activatedAt),
    },
  }
  const undigested: Omit<Receipt, 'digest'> = {
    version: 1,
    kind: 'receipt',
    network,
    file,
    piece: told.piece,
    segment: told.segment,
    aggregate: pieceOf(aggregate),
    proof: proofDocument(aggregate.proof(index)),
    client: { ...facts.client, address: facts.client.address.toLowerCase() },
    proposal: {
      proposalId: proposal.proposalId,
      verifiedDeal: false,
      label: proposal.label,
      startEpoch: Number(proposal.startEpoch),
      endEpoch: Number(proposal.endEpoch),
      pricePerEpoch: proposal.pricePerEpoch.toString(),
      providerCollateral: proposal.providerCollateral.toString(),
      clientCollateral: proposal.clientCollateral.toString(),
    },
    deal: told.deal,
    sentence: sentenceOf(told),
  }
  return checkReceipt({ ...undigested, digest: receiptDigest(undigested) }).receipt
}

function segmentAt(aggregate: Aggregate<FilledSegment>, index: number): FilledSegment {
  const segment = aggregate.segments[index]
  if (segment !== undefined) return segment
  throw new StorageError('ARGUMENT_INVALID', { what: 'the aggregate has no such segment' })
}

function pieceOf(commitment: PieceCommitment): ReceiptPiece {
  const { size, pieceSize } = commitment
  return {
    pieceCid: pieceCidV1(commitment),
    pieceCidV2: pieceCidV2(commitment),
    size,
    pieceSize,
  }
}
