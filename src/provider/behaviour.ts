/** How a pocket provider behaves: honestly, or wrong in one way on request, so that clients can be tested against it. */
import type { DealProposal } from '../deal/proposal.ts'

export const ALTERABLE_FIELDS = [
  'pieceCid',
  'pieceSize',
  'client',
  'label',
  'startEpoch',
  'endEpoch',
  'price',
  'collateral',
  'providerCollateral',
] as const

/** `price`: per epoch; `collateral`: the client's. */
export type AlterableField = (typeof ALTERABLE_FIELDS)[number]

export type Behaviour =
  | { readonly kind: 'honest' }
  /** Takes, downloads and serves; what is published and proven in its name is for others to send. */
  | { readonly kind: 'manual' }
  /** Proves only after the deal's start epoch has passed. */
  | { readonly kind: 'late' }
  /** Stores the right bytes and serves wrong ones. */
  | { readonly kind: 'wrong-bytes' }
  /** Publishes the proposal with one field changed. */
  | { readonly kind: 'altered-terms'; readonly field: AlterableField }
  /** Publishes what it has published again: at once, and again when the deal is active. */
  | { readonly kind: 'double-publish' }
  /** Publishes and never proves. */
  | { readonly kind: 'never-activate' }
  /** Loses the data, or gives the sector up, this many epochs after activation. */
  | { readonly kind: 'fault' | 'terminate'; readonly afterEpochs: bigint }

export type Misfortune = Extract<Behaviour, { readonly kind: 'fault' | 'terminate' }>

/** The proposal with exactly `field` changed, in the direction that would favour the provider where there is one. */
export function alterProposal(proposal: DealProposal, field: AlterableField): DealProposal {
  switch (field) {
    case 'pieceCid':
      return { ...proposal, pieceCid: withLastByteFlipped(proposal.pieceCid) }
    case 'pieceSize':
      return { ...proposal, pieceSize: proposal.pieceSize * 2n }
    case 'client':
      return { ...proposal, client: withLastByteFlipped(proposal.client) }
    case 'label':
      return { ...proposal, label: 'altered' }
    case 'startEpoch':
      return { ...proposal, startEpoch: proposal.startEpoch + 1n }
    case 'endEpoch':
      return { ...proposal, endEpoch: proposal.endEpoch + 1n }
    case 'price':
      return { ...proposal, storagePricePerEpoch: proposal.storagePricePerEpoch + 1n }
    case 'collateral':
      return { ...proposal, clientCollateral: proposal.clientCollateral + 1n }
    case 'providerCollateral':
      return { ...proposal, providerCollateral: proposal.providerCollateral + 1n }
    default:
      return field satisfies never
  }
}

function withLastByteFlipped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  const last = copy.length - 1
  copy[last] = (copy[last] ?? 0) ^ 1
  return copy
}
