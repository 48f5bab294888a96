/** From what a user asked for to the terms of one proposal, and whether an earlier proposal already says the same. */
import { labelFor } from '../deal/label.ts'
import { type Price, pricePerEpoch } from '../deal/price.ts'
import { type Circumstances, type DealTerms, termsFor } from '../deal/terms.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import type { Observation, ObservedProposal } from '../watch/observe.ts'

/** What a user may say of the terms; the rest has defaults. Amounts in attoFIL, for one replica. */
export interface Wishes {
  readonly replicas?: number | undefined
  /** Actor ids that may publish; none: any. */
  readonly providers?: readonly bigint[] | undefined
  readonly durationEpochs?: bigint | undefined
  readonly startEpoch?: bigint | undefined
  /** Instead of `startEpoch`: from the newest epoch on. */
  readonly startInEpochs?: bigint | undefined
  readonly endEpoch?: bigint | undefined
  /** For the whole piece. */
  readonly pricePerEpoch?: bigint | undefined
  /** Instead of `pricePerEpoch`: by size and time. */
  readonly price?: Price | undefined
  readonly providerCollateral?: bigint | undefined
  readonly clientCollateral?: bigint | undefined
  readonly label?: string | undefined
  readonly skipIpniAnnounce?: boolean | undefined
  readonly removeUnsealedCopy?: boolean | undefined
}

/** Characters of the piece CID that tell requests apart in a label; its end is the commitment's, its start is not. */
const REQUEST_LENGTH = 12

/**
 * The next attempt at storing a piece: a provider refuses a proposal that is identical to one it has seen, so the
 * label counts. Of a piece without a root, such as an aggregate, providers read the piece CID: they want some CID there.
 */
function nextLabel(piece: StoredPiece, earlier: readonly ObservedProposal[]): string {
  const request = piece.pieceCid.slice(-REQUEST_LENGTH)
  const attempts = earlier.filter(({ label }) => label.startsWith(`${request}-`)).length
  return labelFor(piece.root === '' ? piece.pieceCid : piece.root, request, attempts + 1)
}

/** attoFIL per epoch for the piece; undefined where nothing was said. */
export function wishedPrice(
  { price, pricePerEpoch: stated }: Wishes,
  pieceSize: number,
): bigint | undefined {
  return stated ?? (price === undefined ? undefined : pricePerEpoch(price, BigInt(pieceSize)))
}

/** @throws as `termsFor` */
export function offerFor(
  piece: StoredPiece,
  url: string,
  wishes: Wishes,
  earlier: readonly ObservedProposal[],
  circumstances: Circumstances,
): DealTerms {
  const { durationEpochs, startInEpochs, label, price: _, ...given } = wishes
  return termsFor(
    {
      ...(startInEpochs === undefined ? {} : { startEpoch: circumstances.epoch + startInEpochs }),
      ...withoutUndefined({ ...given, pricePerEpoch: wishedPrice(wishes, piece.pieceSize) }),
      ...(durationEpochs === undefined ? {} : { duration: durationEpochs }),
      pieceCid: piece.pieceCid,
      size: piece.size,
      pieceSize: piece.pieceSize,
      label: label ?? nextLabel(piece, earlier),
      url,
    },
    circumstances,
  )
}

/**
 * An earlier proposal that still waits for, or has got, the copies that are asked for now. Proposing again would pay
 * twice, so a repeated call (after a crash, or by habit) finds the first one. What was not asked for is not compared;
 * a start counted from now is later at each call, so one that starts by then is the same.
 */
export function sameOffer(
  piece: StoredPiece,
  url: string,
  wishes: Wishes,
  { epoch, proposals }: Observation,
): ObservedProposal | undefined {
  const { startInEpochs } = wishes
  return proposals.find(
    (one) =>
      isAlive(one) &&
      one.pieceCid === piece.pieceCid &&
      one.url === url &&
      one.replicas === (wishes.replicas ?? 1) &&
      String(one.providers) === String(wishes.providers ?? []) &&
      same(wishes.durationEpochs, one.endEpoch - one.startEpoch) &&
      same(wishes.startEpoch, one.startEpoch) &&
      (startInEpochs === undefined || one.startEpoch <= epoch + startInEpochs) &&
      same(wishes.endEpoch, one.endEpoch) &&
      same(wishedPrice(wishes, piece.pieceSize), one.pricePerEpoch) &&
      same(wishes.providerCollateral, one.providerCollateral) &&
      same(wishes.clientCollateral, one.clientCollateral) &&
      same(wishes.label, one.label) &&
      same(wishes.skipIpniAnnounce, one.skipIpniAnnounce) &&
      same(wishes.removeUnsealedCopy, one.removeUnsealedCopy),
  )
}

function same<T>(wish: T | undefined, value: T): boolean {
  return wish === undefined || wish === value
}

function isAlive({ state, deals }: ObservedProposal): boolean {
  const lost = deals.some((deal) => deal.state !== 'published' && deal.state !== 'active')
  return state === 'open' || (state === 'filled' && !lost)
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T
}
