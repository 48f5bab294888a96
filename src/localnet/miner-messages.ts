/**
 * Params of the messages that a worker sends to its miner, and of the one that makes a miner.
 * Layouts: builtin-actors actors/miner/src/types.rs, as contracts/localnet/miner documents them.
 */
import { encode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { windowPostProof } from './config.ts'
import { encodeRlePlus } from './rle-plus.ts'

export const CONSTRUCTOR = 1n
export const CONTROL_ADDRESSES = 2n
export const TERMINATE_SECTORS = 9n
export const DECLARE_FAULTS = 10n
export const DECLARE_FAULTS_RECOVERED = 11n
export const CHANGE_MULTIADDRS = 18n
export const PRE_COMMIT_SECTOR_BATCH_2 = 28n
export const PROVE_COMMIT_SECTORS_3 = 34n
export const GET_SECTOR_SIZE = 3858292296n
export const GET_PEER_ID = 2812875329n
export const GET_MULTIADDRS = 1332909407n
// FIP-0112
export const GENERATE_SECTOR_LOCATION = 1321604665n

/** RegisteredSealProof StackedDrg32GiBV1P1; the localnet does not look at it. */
const SEAL_PROOF = 8
/** fil-commitment-sealed, poseidon-bls12_381-a2-fc1 (multicodec table). */
const SEALED_CODEC = 0xf102
const SEALED_HASH = 0xb401
const MARKET_ADDRESS = Uint8Array.of(0, 5)

/** A piece in a sector, and whom to tell. */
export interface SectorPiece {
  /** Piece CID v1, 39 bytes. */
  pieceCid: Uint8Array
  /** Padded bytes. */
  pieceSize: bigint
  /** Who learns of the piece: address bytes, and what to tell. A deal of f05: `dealNotice(id)`. */
  notify: { address: Uint8Array; payload: Uint8Array }[]
}

export interface MinerSetUp {
  owner: Uint8Array
  worker: Uint8Array
  sectorSize: bigint
  multiaddrs: Uint8Array[]
}

/** [owner, worker, [control…], proof type, peer id, [multiaddr…]]. Addresses in bytes. */
export function encodeConstructor(miner: MinerSetUp): Uint8Array {
  const proof = windowPostProof(miner.sectorSize)
  if (proof === undefined) throw new RangeError(`no sectors of ${miner.sectorSize} bytes`)
  return encode([miner.owner, miner.worker, [], proof, new Uint8Array(), miner.multiaddrs])
}

/** [[[seal proof, number, CID sealed, randomness epoch, [], expiration, null]…]]. */
export function encodePreCommit(sectors: { number: bigint; expiration: bigint }[]): Uint8Array {
  return encode([
    sectors.map(({ number, expiration }) => [
      SEAL_PROOF,
      number,
      sealedCid(number),
      0,
      [],
      expiration,
      null,
    ]),
  ])
}

/** [[[number, [[CID, size, null, [[address, payload]…]]…]]…], [proof…], '', null, true, require notification]. */
export function encodeProveCommit(
  sectors: { number: bigint; pieces: SectorPiece[] }[],
  requireNotification: boolean,
): Uint8Array {
  const manifests = sectors.map(({ number, pieces }) => [
    number,
    pieces.map(({ pieceCid, pieceSize, notify }) => [
      CID.decode(pieceCid),
      pieceSize,
      null,
      notify.map(({ address, payload }) => [address, payload]),
    ]),
  ])
  const proofs = sectors.map(() => Uint8Array.of(0))
  return encode([manifests, proofs, new Uint8Array(), null, true, requireNotification])
}

/** Tells f05 that the piece belongs to a deal. */
export function dealNotice(dealId: bigint): { address: Uint8Array; payload: Uint8Array } {
  return { address: MARKET_ADDRESS, payload: encode(dealId) }
}

/**
 * [[[deadline, partition, RLE+ of sectors]]], of TerminateSectors, DeclareFaults and DeclareFaultsRecovered. The localnet
 * takes these messages with any deadline and partition.
 */
export function encodeSectors(sectors: bigint[]): Uint8Array {
  return encode([[[0, 0, encodeRlePlus(sectors)]]])
}

/** [[multiaddr…]], binary. */
export function encodeMultiaddrs(multiaddrs: Uint8Array[]): Uint8Array {
  return encode([multiaddrs])
}

/** Stands for a replica that nobody sealed: the sector number in 32 bytes. */
function sealedCid(number: bigint): CID {
  const digest = new Uint8Array(32)
  new DataView(digest.buffer).setBigUint64(0, number)
  return CID.createV1(SEALED_CODEC, Digest.create(SEALED_HASH, digest))
}
