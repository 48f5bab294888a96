/**
 * Checks a receipt without asking anybody: its shape, and everything that its fields have to do with each other. What it
 * cannot know is listed with the result. Any change to a sound receipt is noticed.
 */
import { inclusionOf, type Inclusion } from '../aggregate/proof.ts'
import { proofIn } from '../aggregate/proof-form.ts'
import { rawOffset } from '../aggregate/size.ts'
import { isStorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1, pieceCidV2 } from '../piece/piece-cid.ts'
import { unpaddedCapacity } from '../piece/size.ts'
import { receiptDigest } from './digest.ts'
import { invalidReceipt, requireEqual } from './invalid.ts'
import { idOfReceipt } from './proposal-id.ts'
import { type Receipt, type ReceiptPiece } from './schema.ts'
import { sentenceOf } from './sentence.ts'
import { requireRoot, shapedReceipt } from './shape.ts'

/** Something that was found to be true, and by what. */
export interface Claim {
  readonly claim: string
  readonly how: string
}

export interface Unchecked {
  readonly what: string
  readonly needs: 'file' | 'chain'
}

export interface CheckedReceipt {
  readonly receipt: Receipt
  readonly claims: readonly Claim[]
  /** What the receipt says and nobody was asked about. */
  readonly unchecked: readonly Unchecked[]
}

/** @throws RECEIPT_INVALID naming the field */
export function checkReceipt(value: unknown): CheckedReceipt {
  const receipt = shapedReceipt(value)
  requireRoot(receipt.file.root)
  requirePiece('piece', receipt.piece)
  requirePiece('aggregate', receipt.aggregate)
  requirePlace(receipt)
  requireDeal(receipt)
  requireEqual('sentence', sentenceOf(receipt), receipt.sentence)
  requireEqual('digest', receiptDigest(receipt), receipt.digest)
  return { receipt, claims: CLAIMS, unchecked: UNCHECKED }
}

const CLAIMS: readonly Claim[] = [
  {
    claim: 'the piece CIDs name one commitment of the stated sizes',
    how: 'both versions compared',
  },
  {
    claim: 'the segment is in the aggregate, at its offset and in its slot of the index',
    how: 'both paths of the proof computed',
  },
  {
    claim: 'the proposal id is the one of this client, this aggregate and these terms',
    how: 'computed from them',
  },
  { claim: 'the deal has the epochs of the proposal', how: 'compared' },
  { claim: 'the sentence says what the fields say', how: 'written anew' },
  { claim: 'the receipt is as it was made', how: 'its digest computed' },
]

const UNCHECKED: readonly Unchecked[] = [
  { what: 'that the root is in the piece: needs the bytes of the file', needs: 'file' },
  {
    what: 'that the deal exists, is of this proposal, and is not over: needs the chain',
    needs: 'chain',
  },
]

function requirePiece(name: 'piece' | 'aggregate', said: ReceiptPiece): void {
  const cid = `${name}.pieceCidV2`
  const parsed = within(cid, said.pieceCidV2, () => parsePieceCid(said.pieceCidV2))
  if (parsed.version !== 2)
    throw invalidReceipt(cid, { expected: 'a piece CID of version 2', got: said.pieceCidV2 })
  requireEqual(cid, pieceCidV2(parsed), said.pieceCidV2)
  requireEqual(`${name}.pieceCid`, pieceCidV1(parsed), said.pieceCid)
  requireEqual(`${name}.size`, parsed.size, said.size)
  requireEqual(`${name}.pieceSize`, parsed.pieceSize, said.pieceSize)
}

/** That the proof leads from the piece to the aggregate, at that offset and slot. */
function requirePlace({ piece, segment, aggregate, proof }: Receipt): void {
  const { root } = parsePieceCid(piece.pieceCidV2)
  const found: Inclusion = within('proof', undefined, () =>
    inclusionOf(proofIn(proof), { root, pieceSize: piece.pieceSize }),
  )
  requireEqual('aggregate.pieceCid', pieceCidV1(found.aggregate), aggregate.pieceCid)
  requireEqual('aggregate.pieceSize', found.aggregate.pieceSize, aggregate.pieceSize)
  // The index is at the end of the piece, so an aggregate fills it.
  requireEqual('aggregate.size', unpaddedCapacity(aggregate.pieceSize), aggregate.size)
  requireEqual('segment.offset', found.segment.offset, segment.offset)
  requireEqual('segment.rawOffset', rawOffset(segment.offset), segment.rawOffset)
  requireEqual('segment.slot', found.slot, segment.slot)
}

function requireDeal(receipt: Receipt): void {
  const { proposal, deal } = receipt
  requireEqual(
    'proposal.proposalId',
    within('client.address', receipt.client.address, () => idOfReceipt(receipt)),
    proposal.proposalId,
  )
  requireEqual('deal.startEpoch', proposal.startEpoch, deal.startEpoch)
  requireEqual('deal.endEpoch', proposal.endEpoch, deal.endEpoch)
  // f05 activates at the start epoch at the latest.
  if (deal.activatedAt !== null && deal.activatedAt > deal.startEpoch)
    throw invalidReceipt('deal.activatedAt', {
      expected: `at most the start epoch ${deal.startEpoch}`,
      got: deal.activatedAt,
    })
}

function within<T>(field: string, got: string | undefined, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    if (!isStorageError(cause)) throw cause
    throw invalidReceipt(field, {
      why: cause.message,
      ...(got === undefined ? {} : { got }),
      cause,
    })
  }
}
