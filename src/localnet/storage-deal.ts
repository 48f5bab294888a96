/**
 * A deal as Lotus tells of it: what f05 answers about it, put together. A deal that f05 never had and one that it has removed
 * are the same to Lotus (chain/stmgr/actors.go, GetStorageDeal).
 */
import { decode, encode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { formatAddress, idAddress } from './address.ts'
import {
  decodeAmount,
  GET_DEAL_CLIENT_COLLATERAL,
  GET_DEAL_LABEL,
  GET_DEAL_PROVIDER_COLLATERAL,
  GET_DEAL_TOTAL_PRICE,
} from './market-messages.ts'
import { ActorExit, ANYONE, callNative } from './messages.ts'
import { MARKET_ACTOR_ID } from './native.ts'
import type { Provider } from './provider.ts'
import { type DealFacts, readDeal } from './read-deal.ts'
import { FAILED, RpcError } from './rpc-error.ts'

/** `api.MarketDeal` of Lotus. @throws RpcError when f05 has no such deal, or no longer */
export async function storageDeal(provider: Provider, dealId: bigint): Promise<unknown> {
  const facts = await factsOf(provider, dealId)
  const ask = async (method: bigint): Promise<unknown> => {
    const message = { from: ANYONE, to: MARKET_ACTOR_ID, method, params: encode(dealId) }
    return decode(await callNative(provider, message))
  }
  const amount = async (method: bigint) => decodeAmount((await ask(method)) as Uint8Array)
  const price = (await amount(GET_DEAL_TOTAL_PRICE)) / (facts.endEpoch - facts.startEpoch)
  const label = await ask(GET_DEAL_LABEL)
  return {
    Proposal: {
      PieceCID: { '/': CID.decode(facts.pieceCid).toString() },
      PieceSize: Number(facts.pieceSize),
      VerifiedDeal: false,
      Client: formatAddress(idAddress(facts.client)),
      Provider: formatAddress(idAddress(facts.miner)),
      // Lotus writes a label of bytes as text too.
      Label: typeof label === 'string' ? label : new TextDecoder().decode(label as Uint8Array),
      StartEpoch: Number(facts.startEpoch),
      EndEpoch: Number(facts.endEpoch),
      StoragePricePerEpoch: String(price),
      ProviderCollateral: String(await amount(GET_DEAL_PROVIDER_COLLATERAL)),
      ClientCollateral: String(await amount(GET_DEAL_CLIENT_COLLATERAL)),
    },
    State: {
      SectorNumber: Number(facts.sector ?? 0n),
      SectorStartEpoch: Number(facts.activatedAt ?? -1n),
      LastUpdatedEpoch: -1,
      SlashEpoch: -1,
    },
  }
}

async function factsOf(provider: Provider, dealId: bigint): Promise<DealFacts> {
  try {
    return await readDeal(provider, dealId)
  } catch (cause) {
    if (!(cause instanceof ActorExit)) throw cause
    const why =
      'deal may not have completed sealing before deal proposal start epoch, or deal may have been slashed'
    throw new RpcError(FAILED, `deal ${dealId} not found - ${why}`, { cause })
  }
}
