/**
 * Sectors of a miner: committed with the pieces of deals, declared faulty and recovered, given up. The miner's worker
 * sends.
 */
import { decode, encode } from '@ipld/dag-cbor'
import { currentEpoch } from './epochs.ts'
import { ActorExit, ANYONE, callNative, sendNative } from './messages.ts'
import {
  CHANGE_MULTIADDRS,
  dealNotice,
  DECLARE_FAULTS,
  DECLARE_FAULTS_RECOVERED,
  encodeMultiaddrs,
  encodePreCommit,
  encodeProveCommit,
  encodeSectors,
  GENERATE_SECTOR_LOCATION,
  PRE_COMMIT_SECTOR_BATCH_2,
  PROVE_COMMIT_SECTORS_3,
  TERMINATE_SECTORS,
} from './miner-messages.ts'
import type { Provider } from './provider.ts'
import { workerOf } from './workers.ts'

/** 180 days of epochs (builtin-actors runtime/src/runtime/policy.rs, MIN_SECTOR_EXPIRATION). */
export const MIN_SECTOR_LIFETIME = 180n * 2880n
const USR_ILLEGAL_ARGUMENT = 16
/** FIP-0112: SectorStatusCode */
const STATUSES = ['dead', 'active', 'faulty'] as const

/** `dead`: terminated, expired, or never there. */
export type SectorStatus = (typeof STATUSES)[number]

export interface DealInSector {
  dealId: bigint
  /** Piece CID v1, 39 bytes. */
  pieceCid: Uint8Array
  /** Padded bytes. */
  pieceSize: bigint
}

export interface Sectors {
  miner: bigint
  numbers: bigint[]
  /** 0x address. Default: the miner's worker. */
  worker?: string
}

/**
 * Commits a sector that holds the pieces of the deals, which makes f05 activate them.
 * @throws ActorExit: 16 when the number is taken or `expiration` lies outside of 180 to 1278 days from now, 1004 when f05
 *   does not take a piece.
 */
export async function activate(
  provider: Provider,
  sector: {
    miner: bigint
    number: bigint
    /** Epoch. */
    expiration: bigint
    deals: DealInSector[]
    /** 0x address. Default: the miner's worker. */
    worker?: string
  },
): Promise<void> {
  const { miner, number, expiration } = sector
  const pieces = sector.deals.map(({ dealId, pieceCid, pieceSize }) => ({
    pieceCid,
    pieceSize,
    notify: [dealNotice(dealId)],
  }))
  const to = { from: sector.worker ?? (await workerOf(provider, miner)), to: miner }
  const preCommit = encodePreCommit([{ number, expiration }])
  await sendNative(provider, { ...to, method: PRE_COMMIT_SECTOR_BATCH_2, params: preCommit })
  const proveCommit = encodeProveCommit([{ number, pieces }], true)
  await sendNative(provider, { ...to, method: PROVE_COMMIT_SECTORS_3, params: proveCommit })
}

/**
 * Declares sectors faulty: their data is not proven any more. Deals go on.
 * @throws ActorExit
 */
export async function fault(provider: Provider, sectors: Sectors): Promise<void> {
  await declare(provider, DECLARE_FAULTS, sectors)
}

/**
 * Declares faulty sectors recovered.
 * @throws ActorExit
 */
export async function recover(provider: Provider, sectors: Sectors): Promise<void> {
  await declare(provider, DECLARE_FAULTS_RECOVERED, sectors)
}

/**
 * Gives sectors up before their time, which makes f05 remove their deals.
 * @throws ActorExit: 16 when a sector is not there.
 */
export async function terminate(provider: Provider, sectors: Sectors): Promise<void> {
  await declare(provider, TERMINATE_SECTORS, sectors)
}

/** How a sector stands, as the miner tells contracts (FIP-0112). */
export async function sectorStatus(
  provider: Provider,
  { miner, number }: { miner: bigint; number: bigint },
): Promise<SectorStatus> {
  const message = { from: ANYONE, to: miner, method: GENERATE_SECTOR_LOCATION }
  const answer = await callNative(provider, { ...message, params: encode([number]) })
  const [status] = decode(answer) as [number, Uint8Array]
  const name = STATUSES[status]
  if (name === undefined) throw new TypeError(`f0${miner} answers a sector status ${status}`)
  return name
}

/** The first number from `from` on that no sector of the miner has or had. */
export async function freeSector(
  provider: Provider,
  { miner, from, worker }: { miner: bigint; from: bigint; worker?: string },
): Promise<bigint> {
  const sender = worker ?? (await workerOf(provider, miner))
  const expiration = (await currentEpoch(provider)) + MIN_SECTOR_LIFETIME + 2880n
  for (let number = from; ; number += 1n) {
    const params = encodePreCommit([{ number, expiration }])
    try {
      const message = { from: sender, to: miner, method: PRE_COMMIT_SECTOR_BATCH_2, params }
      await callNative(provider, message)
      return number
    } catch (error) {
      // With this expiration nothing but the number can be wrong.
      if (!(error instanceof ActorExit) || error.exitCode !== USR_ILLEGAL_ARGUMENT) throw error
    }
  }
}

/** Publishes where a miner can be reached. Binary multiaddrs. */
export async function setMultiaddrs(
  provider: Provider,
  where: { miner: bigint; worker?: string; multiaddrs: Uint8Array[] },
): Promise<void> {
  await sendNative(provider, {
    from: where.worker ?? (await workerOf(provider, where.miner)),
    to: where.miner,
    method: CHANGE_MULTIADDRS,
    params: encodeMultiaddrs(where.multiaddrs),
  })
}

async function declare(provider: Provider, method: bigint, sectors: Sectors): Promise<void> {
  const { miner, numbers, worker } = sectors
  const from = worker ?? (await workerOf(provider, miner))
  await sendNative(provider, { from, to: miner, method, params: encodeSectors(numbers) })
}
