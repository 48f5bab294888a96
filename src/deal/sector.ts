/**
 * What miners and the power actor say: sectors whose content changed (FIP-0109), where a sector stands (FIP-0112), and
 * power. Params and return of SectorContentChanged are bare lists, without the array of a struct around them.
 * @see builtin-actors actors/miner/src/notifications.rs, actors/miner/src/types.rs, actors/power/src/types.rs
 */
import {
  amount,
  bool,
  bytes,
  codec,
  type Codec,
  int64,
  list,
  pieceCid,
  tuple,
  uint64,
} from './cbor.ts'
import { StorageError } from '../errors.ts'

export interface PieceChange {
  readonly pieceCid: Uint8Array
  /** Padded bytes. */
  readonly size: bigint
  /** For f05 the CBOR of the deal id. */
  readonly payload: Uint8Array
}

export interface SectorChanges {
  readonly sector: bigint
  /** Epoch until which the sector is committed. */
  readonly minimumCommitmentEpoch: bigint
  readonly added: readonly PieceChange[]
}

export const sectorContentChangedParams: Codec<SectorChanges[]> = codec(
  'SectorContentChanged params',
  list(
    tuple<SectorChanges>({
      sector: uint64,
      minimumCommitmentEpoch: int64,
      added: list(tuple<PieceChange>({ pieceCid, size: uint64, payload: bytes })),
    }),
  ),
)

const sectorContentChangedReturn: Codec<boolean[][]> = codec(
  'SectorContentChanged return',
  list(list(bool)),
)

/** Which pieces were taken, per sector. */
export function encodeSectorContentChangedReturn(accepted: boolean[][]): Uint8Array {
  return sectorContentChangedReturn.encode(accepted)
}

/** @throws CBOR_INVALID also when the answers are not one per piece of `asked` */
export function decodeSectorContentChangedReturn(
  encoded: Uint8Array,
  asked: readonly SectorChanges[],
): boolean[][] {
  const accepted = sectorContentChangedReturn.decode(encoded)
  const expected = asked.map(({ added }) => added.length).join(', ')
  const got = accepted.map((pieces) => pieces.length).join(', ')
  if (got !== expected)
    throw new StorageError('CBOR_INVALID', {
      what: 'SectorContentChanged returned answers of another shape than the pieces',
      expected: `[${expected}]`,
      got: `[${got}]`,
    })
  return accepted
}

/** Params of MinerPower and MinerRawPower (an actor id), GetNominalSectorExpiration (a sector). */
export const idParams: Codec<bigint> = codec('an id', uint64)

export interface MinerRawPower {
  readonly rawBytePower: bigint
  readonly meetsConsensusMinimum: boolean
}

export const minerRawPowerReturn: Codec<MinerRawPower> = codec(
  'MinerRawPower return',
  tuple<MinerRawPower>({ rawBytePower: amount, meetsConsensusMinimum: bool }),
)

export interface MinerPower {
  readonly rawBytePower: bigint
  readonly qualityAdjPower: bigint
}

export const minerPowerReturn: Codec<MinerPower> = codec(
  'MinerPower return',
  tuple<MinerPower>({ rawBytePower: amount, qualityAdjPower: amount }),
)

/** -1 for both: the sector is in no deadline. */
export interface SectorPosition {
  readonly deadline: bigint
  readonly partition: bigint
}

export const sectorPosition: Codec<SectorPosition> = codec(
  'a sector position',
  tuple<SectorPosition>({ deadline: int64, partition: int64 }),
)

export const generateSectorLocationParams: Codec<{ readonly sector: bigint }> = codec(
  'GenerateSectorLocation params',
  tuple({ sector: uint64 }),
)

/** `status`: 0 dead, 1 active, 2 faulty. `auxData` is a `sectorPosition`. */
export interface SectorLocation {
  readonly status: bigint
  readonly auxData: Uint8Array
}

export const generateSectorLocationReturn: Codec<SectorLocation> = codec(
  'GenerateSectorLocation return',
  tuple<SectorLocation>({ status: uint64, auxData: bytes }),
)

export interface ValidateSectorStatus extends SectorLocation {
  readonly sector: bigint
}

export const validateSectorStatusParams: Codec<ValidateSectorStatus> = codec(
  'ValidateSectorStatus params',
  tuple<ValidateSectorStatus>({ sector: uint64, status: uint64, auxData: bytes }),
)

export const validateSectorStatusReturn: Codec<boolean> = codec('ValidateSectorStatus return', bool)

export const sectorExpirationReturn: Codec<bigint> = codec('a sector expiration', int64)
