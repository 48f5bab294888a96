/** The proposal that a receipt speaks of, by its id. */
import { proposalIdOf } from '../deal/proposal-id.ts'
import { parsePieceCid, pieceCidV1Bytes } from '../piece/piece-cid.ts'
import type { Receipt } from './schema.ts'

/**
 * The id that client, aggregate and terms hash to.
 * @throws CID_INVALID, ADDRESS_INVALID for what cannot stand in a proposal
 */
export function idOfReceipt({
  aggregate,
  client,
  proposal,
}: {
  readonly aggregate: Pick<Receipt['aggregate'], 'pieceCid' | 'pieceSize'>
  readonly client: Pick<Receipt['client'], 'address'>
  readonly proposal: Omit<Receipt['proposal'], 'proposalId'>
}): string {
  return proposalIdOf(
    {
      pieceCid: pieceCidV1Bytes(parsePieceCid(aggregate.pieceCid).root),
      pieceSize: BigInt(aggregate.pieceSize),
      verifiedDeal: proposal.verifiedDeal,
      label: proposal.label,
      startEpoch: BigInt(proposal.startEpoch),
      endEpoch: BigInt(proposal.endEpoch),
      storagePricePerEpoch: BigInt(proposal.pricePerEpoch),
      providerCollateral: BigInt(proposal.providerCollateral),
      clientCollateral: BigInt(proposal.clientCollateral),
    },
    client.address,
  )
}
