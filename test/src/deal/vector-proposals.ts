/** The deal proposals of `test/vectors/f05-cbor.json`. */
import { fromHex } from '../../../src/bytes/hex.ts'
import type { DealProposal } from '../../../src/deal/proposal.ts'
import { vectors } from '../../support/vectors.ts'

interface Decoded {
  pieceCid: string
  pieceSize: string
  verifiedDeal: boolean
  client: { bytes: string }
  provider: { bytes: string }
  label: Label
  startEpoch: string
  endEpoch: string
  storagePricePerEpoch: string
  providerCollateral: string
  clientCollateral: string
}

export type Label = { kind: 'text'; text: string } | { kind: 'bytes'; bytes: string }

interface Valid {
  name: string
  legal: boolean
  decoded: Decoded
  cbor: string
  proposalCid: string
}

export interface Refused {
  name: string
  layer: 'codec' | 'non-canonical' | 'semantic'
  reason: string
  cbor: string
}

const { valid, invalid } = vectors<{ dealProposal: { valid: Valid[]; invalid: Refused[] } }>(
  'f05-cbor',
).dealProposal

export const VALID = valid.map(({ decoded, ...rest }) => ({
  name: rest.name,
  legal: rest.legal,
  cbor: rest.cbor,
  proposalCid: rest.proposalCid,
  proposal: proposalOf(decoded),
}))

export const INVALID = invalid

export function named(name: string): DealProposal {
  const found = VALID.find((c) => c.name === name)
  if (found === undefined) throw new Error(`no proposal vector is called ${name}`)
  return found.proposal
}

export function labelOf(label: Label): string | Uint8Array {
  return label.kind === 'text' ? label.text : fromHex(label.bytes)
}

function proposalOf(decoded: Decoded): DealProposal {
  return {
    pieceCid: fromHex(decoded.pieceCid),
    pieceSize: BigInt(decoded.pieceSize),
    verifiedDeal: decoded.verifiedDeal,
    client: fromHex(decoded.client.bytes),
    provider: fromHex(decoded.provider.bytes),
    label: labelOf(decoded.label),
    startEpoch: BigInt(decoded.startEpoch),
    endEpoch: BigInt(decoded.endEpoch),
    storagePricePerEpoch: BigInt(decoded.storagePricePerEpoch),
    providerCollateral: BigInt(decoded.providerCollateral),
    clientCollateral: BigInt(decoded.clientCollateral),
  }
}
