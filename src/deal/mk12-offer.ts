/** The MK12 params that offer a contract's proposal to one provider. */
import { idAddress } from '../bytes/address.ts'
import { fetchUrlFor } from './fetch-url.ts'
import { rootOfLabel } from './label.ts'
import type { Mk12DealParams } from './mk12.ts'
import { encodeHttpTransfer } from './mk12-transfer.ts'
import { dealUuidOf } from './mk12-uuid.ts'
import type { ExtraParams } from './params.ts'
import type { DealProposal } from './proposal.ts'
import { pieceCidV1 } from '../piece/piece-cid.ts'

/**
 * A contract signs nothing, the provider asks it instead: the constant that Boost uses, type BLS (2) with the data 0xdead.
 * @see boost storagemarket/contract_deal_monitor.go:161-180; curio market/mk12/mk12_utils.go `verifyContractSignature`
 */
export const CONTRACT_SIGNATURE: Uint8Array = Uint8Array.of(2, 0xde, 0xad)

/** @param proposal As the contract gives it, with any provider. */
export function offerTo(
  provider: bigint,
  proposalId: string,
  proposal: DealProposal,
  extra: ExtraParams,
): Mk12DealParams {
  const url = fetchUrlFor(extra.locationRef, provider)
  return {
    dealUuid: dealUuidOf(proposalId, provider),
    transfer: {
      size: extra.carSize,
      type: 'http',
      params: encodeHttpTransfer({ url, headers: {} }),
      clientId: '',
    },
    isOffline: false,
    dealDataRoot: rootOf(proposal),
    skipIpniAnnounce: extra.skipIpniAnnounce,
    deal: {
      proposal: { ...proposal, provider: idAddress(provider) },
      signature: CONTRACT_SIGNATURE,
    },
    removeUnsealedCopy: extra.removeUnsealedCopy,
  }
}

/** What has no root of its own is named by its piece: the field has to be some CID, and nobody checks it. */
function rootOf({ label, pieceCid }: DealProposal): string {
  const root = typeof label === 'string' ? rootOfLabel(label) : undefined
  return root ?? pieceCidV1({ root: pieceCid.slice(-32) })
}
