/**
 * What f05 tells everybody about a deal, through its exported methods.
 */
import { decode, encode } from '@ipld/dag-cbor'
import type { CID } from 'multiformats/cid'
import {
  GET_DEAL_ACTIVATION,
  GET_DEAL_CLIENT,
  GET_DEAL_DATA_COMMITMENT,
  GET_DEAL_PROVIDER,
  GET_DEAL_SECTOR,
  GET_DEAL_TERM,
} from './market-messages.ts'
import { ANYONE, callNative } from './messages.ts'
import { MARKET_ACTOR_ID } from './native.ts'
import type { Provider } from './provider.ts'

export interface DealFacts {
  dealId: bigint
  /** Actor ids. */
  client: bigint
  miner: bigint
  /** Piece CID v1, 39 bytes. */
  pieceCid: Uint8Array
  /** Padded bytes. */
  pieceSize: bigint
  startEpoch: bigint
  endEpoch: bigint
  /** Epoch; undefined while it is not active. */
  activatedAt: bigint | undefined
  /** Number; undefined while it is not active. */
  sector: bigint | undefined
}

/** @throws ActorExit: 17 when there is no such deal yet, 32 when it is over and f05 has removed it. */
export async function readDeal(provider: Provider, dealId: bigint): Promise<DealFacts> {
  const ask = async <T>(method: bigint): Promise<T> => {
    const message = { from: ANYONE, to: MARKET_ACTOR_ID, method, params: encode(dealId) }
    return decode(await callNative(provider, message)) as T
  }
  const [start, duration] = await ask<[number, number]>(GET_DEAL_TERM)
  const [piece, size] = await ask<[CID, number]>(GET_DEAL_DATA_COMMITMENT)
  const [activated] = await ask<[number, number]>(GET_DEAL_ACTIVATION)
  const isActive = activated >= 0
  return {
    dealId,
    client: BigInt(await ask<number | bigint>(GET_DEAL_CLIENT)),
    miner: BigInt(await ask<number | bigint>(GET_DEAL_PROVIDER)),
    pieceCid: piece.bytes,
    pieceSize: BigInt(size),
    startEpoch: BigInt(start),
    endEpoch: BigInt(start) + BigInt(duration),
    activatedAt: isActive ? BigInt(activated) : undefined,
    sector: isActive ? BigInt(await ask<number | bigint>(GET_DEAL_SECTOR)) : undefined,
  }
}
