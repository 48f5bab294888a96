/**
 * Finds deals in f05 by what they are, through its exported methods alone: ids are given out in order, so the next one
 * is the lowest that f05 does not know.
 */
import { type Codec } from '../deal/cbor.ts'
import {
  amountReturn,
  dealIdParams,
  getDealDataCommitmentReturn,
  getDealLabelReturn,
  getDealTermReturn,
  getDealVerifiedReturn,
  idReturn,
} from '../deal/market.ts'
import { actorIdOf } from '../bytes/address.ts'
import { toHex } from '../bytes/hex.ts'
import { MARKET_ACTOR_ID, METHODS } from '../deal/methods.ts'
import type { DealProposal } from '../deal/proposal.ts'
import { type Door, exitCodeOf } from './native-door.ts'

/** builtin-actors: no such deal yet, and a deal that is over. */
export const USR_NOT_FOUND = 17
export const EX_DEAL_EXPIRED = 32

interface MarketDeals {
  nextId(): Promise<bigint>
  /** The lowest id from `from` on whose deal has every field of `proposal`, client and provider by actor id. */
  find(proposal: DealProposal, client: bigint, from: bigint): Promise<bigint | undefined>
}

export function openMarketDeals(door: Door): MarketDeals {
  /** All ids below are given out. */
  let known = 0n

  async function read<T>(method: bigint, codec: Codec<T>, dealId: bigint): Promise<T> {
    const params = dealIdParams.encode(dealId)
    return codec.decode(await door.ask({ to: MARKET_ACTOR_ID, method, params }))
  }

  async function isGivenOut(dealId: bigint): Promise<boolean> {
    try {
      await read(METHODS.GetDealProvider, idReturn, dealId)
      return true
    } catch (error) {
      const code = exitCodeOf(error)
      if (code === EX_DEAL_EXPIRED) return true
      if (code === USR_NOT_FOUND) return false
      throw error
    }
  }

  async function isDealOf(
    dealId: bigint,
    proposal: DealProposal,
    client: bigint,
  ): Promise<boolean> {
    const duration = proposal.endEpoch - proposal.startEpoch
    const of = <T>(method: bigint, codec: Codec<T>): Promise<T> => read(method, codec, dealId)
    try {
      if ((await of(METHODS.GetDealProvider, idReturn)) !== actorIdOf(proposal.provider))
        return false
      if ((await of(METHODS.GetDealClient, idReturn)) !== client) return false
      const piece = await of(METHODS.GetDealDataCommitment, getDealDataCommitmentReturn)
      const term = await of(METHODS.GetDealTerm, getDealTermReturn)
      return (
        toHex(piece.pieceCid) === toHex(proposal.pieceCid) &&
        piece.size === proposal.pieceSize &&
        term.start === proposal.startEpoch &&
        term.duration === duration &&
        isSameLabel(await of(METHODS.GetDealLabel, getDealLabelReturn), proposal.label) &&
        (await of(METHODS.GetDealTotalPrice, amountReturn)) ===
          proposal.storagePricePerEpoch * duration &&
        (await of(METHODS.GetDealProviderCollateral, amountReturn)) ===
          proposal.providerCollateral &&
        (await of(METHODS.GetDealClientCollateral, amountReturn)) === proposal.clientCollateral &&
        (await of(METHODS.GetDealVerified, getDealVerifiedReturn)) === proposal.verifiedDeal
      )
    } catch (error) {
      if (exitCodeOf(error) === EX_DEAL_EXPIRED) return false
      throw error
    }
  }

  async function nextId(): Promise<bigint> {
    if (!(await isGivenOut(known))) return known
    let reach = 1n
    while (await isGivenOut(known + reach)) reach *= 2n
    let given = known + reach / 2n
    let free = known + reach
    while (free - given > 1n) {
      const middle = (given + free) / 2n
      if (await isGivenOut(middle)) given = middle
      else free = middle
    }
    known = free
    return free
  }

  return {
    nextId,
    find: async (proposal, client, from) => {
      const end = await nextId()
      for (let id = from; id < end; id++) if (await isDealOf(id, proposal, client)) return id
      return undefined
    },
  }
}

function isSameLabel(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : toHex(a) === toHex(b)
}
