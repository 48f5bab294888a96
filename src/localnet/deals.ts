/**
 * The life of a published deal by hand: activation or none, loss, end. Deals are named by their number in f05.
 */
import { ControlError } from './control-error.ts'
import { currentEpoch, mineTo } from './epochs.ts'
import {
  decodeSettle,
  encodeSettle,
  SETTLE_DEAL_PAYMENTS,
  type Settlement,
} from './market-messages.ts'
import { ActorExit, sendNative } from './messages.ts'
import { MARKET_ACTOR_ID } from './native.ts'
import type { Provider } from './provider.ts'
import { type DealFacts, readDeal } from './read-deal.ts'
import { activate, fault, freeSector, MIN_SECTOR_LIFETIME, recover, terminate } from './sectors.ts'
import { anyAccount, workerOf } from './workers.ts'

/* ACTIVATION */

/**
 * The deal's miner commits a sector with its piece in it: a free number, as close to the deal's as there is, and an
 * expiration behind the end of the deal.
 * @throws ControlError DEAL_ACTIVE, START_PASSED; ActorExit: 17 no such deal, 32 it is over, 16 it ends more than 1278
 *   days from now.
 */
export async function activateDeal(
  provider: Provider,
  dealId: bigint,
): Promise<{ miner: bigint; sector: bigint; expiration: bigint }> {
  const deal = await readDeal(provider, dealId)
  const { miner, pieceCid, pieceSize, startEpoch, endEpoch } = deal
  mustNotBeActive(deal)
  const now = await currentEpoch(provider)
  // The proof comes two epochs from here at the earliest, and may come in the start epoch itself.
  if (now + 2n > startEpoch)
    throw new ControlError(
      'START_PASSED',
      `deal ${dealId} can no longer be activated: expected before its start epoch ${startEpoch}, got epoch ${now}`,
    )
  const worker = await workerOf(provider, miner)
  const number = await freeSector(provider, { miner, from: dealId, worker })
  const least = now + MIN_SECTOR_LIFETIME + 10n
  const expiration = endEpoch > least ? endEpoch : least
  const deals = [{ dealId, pieceCid, pieceSize }]
  await activate(provider, { miner, worker, number, expiration, deals })
  return { miner, sector: number, expiration }
}

/**
 * Lets the start epoch pass, so that the deal can be activated no more.
 * @returns The epoch at which the chain stands.
 * @throws ControlError DEAL_ACTIVE; ActorExit: 17 no such deal, 32 it is over.
 */
export async function skipActivation(provider: Provider, dealId: bigint): Promise<bigint> {
  const deal = await readDeal(provider, dealId)
  mustNotBeActive(deal)
  await mineTo(provider, deal.startEpoch + 1n)
  // Its miner may have been faster.
  mustNotBeActive(await readDeal(provider, dealId))
  return currentEpoch(provider)
}

/* LOSS */

/** Declares the sector of a deal faulty. @throws as `sectorOfDeal` */
export async function faultDeal(provider: Provider, dealId: bigint): Promise<DealSector> {
  return onSectorOf(provider, dealId, fault)
}

/** Declares the sector of a deal recovered. @throws as `sectorOfDeal` */
export async function recoverDeal(provider: Provider, dealId: bigint): Promise<DealSector> {
  return onSectorOf(provider, dealId, recover)
}

/** Gives the sector of a deal up, with every other deal in it. @throws as `sectorOfDeal` */
export async function terminateDeal(provider: Provider, dealId: bigint): Promise<DealSector> {
  return onSectorOf(provider, dealId, terminate)
}

export interface DealSector {
  miner: bigint
  sector: bigint
}

/** @throws ControlError DEAL_NOT_ACTIVE; ActorExit: 17 no such deal, 32 it is over. */
export async function sectorOfDeal(provider: Provider, dealId: bigint): Promise<DealSector> {
  const { miner, sector } = await readDeal(provider, dealId)
  if (sector === undefined)
    throw new ControlError('DEAL_NOT_ACTIVE', `deal ${dealId} is in no sector: it is not active`)
  return { miner, sector }
}

async function onSectorOf(
  provider: Provider,
  dealId: bigint,
  act: typeof fault,
): Promise<DealSector> {
  const where = await sectorOfDeal(provider, dealId)
  await act(provider, { miner: where.miner, numbers: [where.sector] })
  return where
}

/* END */

/**
 * Lets the end epoch of a deal come. Its state in f05 stays until somebody settles it.
 * @param options.settle Settle it too: the last payment flows, collaterals are free.
 * @returns The epoch at which the chain stands, and what the settlement brought.
 * @throws ActorExit: 17 no such deal, 32 it is over, or it was never activated and is so since this settlement.
 */
export async function expire(
  provider: Provider,
  dealId: bigint,
  options: { settle?: boolean } = {},
): Promise<{ epoch: bigint; settlement: Settlement | undefined }> {
  const { endEpoch } = await readDeal(provider, dealId)
  await mineTo(provider, endEpoch)
  const settlement = options.settle === true ? await settle(provider, dealId) : undefined
  return { epoch: await currentEpoch(provider), settlement }
}

/** Settles one deal, as anybody may. @throws ActorExit: 32 when it is over, or never was. */
export async function settle(provider: Provider, dealId: bigint): Promise<Settlement> {
  const { data } = await sendNative(provider, {
    from: await anyAccount(provider),
    to: MARKET_ACTOR_ID,
    method: SETTLE_DEAL_PAYMENTS,
    params: encodeSettle(dealId),
  })
  const answer = decodeSettle(data)
  if ('exitCode' in answer)
    throw new ActorExit(answer.exitCode, `deal ${dealId} is not there any more to be settled`)
  return answer
}

function mustNotBeActive({ dealId, activatedAt, sector }: DealFacts): void {
  if (activatedAt === undefined) return
  throw new ControlError(
    'DEAL_ACTIVE',
    `deal ${dealId} is active since epoch ${activatedAt}, in sector ${sector}`,
  )
}
