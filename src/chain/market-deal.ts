/** A deal as the market f05 has it, by Lotus' JSON-RPC. It tells of a deal from its publication until its end or termination. */
import type { Provider } from 'ethers'
import { z } from 'zod/v4'
import { actorIdOf, addressFromString } from '../bytes/address.ts'
import { isDealUnknown } from './failure.ts'
import { state } from './lotus.ts'
import type { CallOptions } from './node.ts'

export interface MarketDeal {
  /** Version 1. */
  readonly pieceCid: string
  /** Padded bytes. */
  readonly pieceSize: number
  /** Actor ids. */
  readonly client: bigint
  readonly provider: bigint
  readonly label: string
  readonly startEpoch: number
  readonly endEpoch: number
  /** Epoch; null while it is not active. */
  readonly activatedAt: number | null
}

const epoch = z.number().int()
const actor = z.string().transform((text) => actorIdOf(addressFromString(text).bytes))

const shape = z.object({
  Proposal: z.object({
    PieceCID: z.object({ '/': z.string() }),
    PieceSize: z.number().int(),
    Client: actor,
    Provider: actor,
    Label: z.string(),
    StartEpoch: epoch,
    EndEpoch: epoch,
  }),
  State: z.object({ SectorStartEpoch: epoch }),
})

/** `absent`: f05 has no such deal, or no longer. Undefined where the node does not tell. @throws NODE_UNREACHABLE */
export async function marketDeal(
  provider: Provider,
  dealId: bigint,
  options?: CallOptions,
): Promise<MarketDeal | 'absent' | undefined> {
  try {
    const params = [Number(dealId), []]
    const answer = await state(provider, 'StateMarketStorageDeal', params, shape, options)
    if (answer === undefined) return undefined
    const { Proposal: proposal, State: facts } = answer
    return {
      pieceCid: proposal.PieceCID['/'],
      pieceSize: proposal.PieceSize,
      client: proposal.Client ?? -1n,
      provider: proposal.Provider ?? -1n,
      label: proposal.Label,
      startEpoch: proposal.StartEpoch,
      endEpoch: proposal.EndEpoch,
      activatedAt: facts.SectorStartEpoch < 0 ? null : facts.SectorStartEpoch,
    }
  } catch (error) {
    if (isDealUnknown(error)) return 'absent'
    throw error
  }
}
