/**
 * The receipt of a file in a deal, version 1: it joins file, piece, segment, aggregate, proposal and deal, so that each link
 * can be checked by itself. Sizes, offsets and epochs are numbers, amounts decimal strings of attoFIL, hashes `0x…`.
 */
import { z } from 'zod/v4'

const count = z.number().int().nonnegative()
const epoch = count.max(2 ** 31)
const amount = z.string().regex(/^(0|[1-9]\d{0,77})$/)
const hash = z.string().regex(/^0x[0-9a-f]{64}$/)

const path = z.strictObject({ index: count, path: z.array(hash).max(64).readonly() })

const piece = z.strictObject({
  /** Version 1. */
  pieceCid: z.string(),
  /** Version 2. */
  pieceCidV2: z.string(),
  /** Raw bytes. */
  size: count.min(1),
  /** Padded bytes. */
  pieceSize: count,
})

export const receiptShape = z.strictObject({
  version: z.literal(1),
  kind: z.literal('receipt'),
  network: z.strictObject({
    name: z.string(),
    chainId: count,
    /** Unix seconds of epoch 0; where it is not fixed, as the chain's clock stood when the receipt was made. */
    genesis: z
      .number()
      .int()
      .min(-(2 ** 33))
      .max(2 ** 33),
  }),
  file: z.strictObject({
    name: z.string(),
    /** CIDv1 in base32; null for a piece that is no CAR. */
    root: z.string().nullable(),
  }),
  /** What the segment holds. */
  piece,
  segment: z.strictObject({
    /** Padded bytes from the start of the aggregate. */
    offset: count,
    /** The same in raw bytes, as a Range takes them. */
    rawOffset: count,
    /** Number of the entry in the aggregate's index. */
    slot: count,
  }),
  aggregate: piece,
  /** That segment and entry are in the aggregate. */
  proof: z.strictObject({ proofSubtree: path, proofIndex: path }),
  client: z.strictObject({
    /** The client contract, 0x and lower case. */
    address: z.string().regex(/^0x[0-9a-f]{40}$/),
    /** f0… or t0…; null where the node did not tell. */
    id: z
      .string()
      .regex(/^[ft]0(0|[1-9]\d{0,19})$/)
      .nullable(),
  }),
  /** The fields that, with client and aggregate, hash to its id. */
  proposal: z.strictObject({
    proposalId: hash,
    verifiedDeal: z.literal(false),
    label: z.string(),
    startEpoch: epoch,
    endEpoch: epoch,
    /** For the whole piece. */
    pricePerEpoch: amount,
    providerCollateral: amount,
    clientCollateral: amount,
  }),
  deal: z.strictObject({
    dealId: count,
    /** f0… */
    provider: z.string().regex(/^f0(0|[1-9]\d{0,19})$/),
    startEpoch: epoch,
    endEpoch: epoch,
    /** Epoch; null while it was not active. */
    activatedAt: epoch.nullable(),
  }),
  /** What all this says, in words. */
  sentence: z.string(),
  /** SHA-256 of the canonical JSON of everything else. */
  digest: hash,
})

export type Receipt = Readonly<z.infer<typeof receiptShape>>
/** What of a piece a receipt says. */
export type ReceiptPiece = Receipt['piece']
