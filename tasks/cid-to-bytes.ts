/**
 * `cid-to-bytes CID`: the bytes that contracts store, without the multibase byte 00 that the starter kit put before; and back,
 * `cid-to-bytes 0x…`: the CID of such bytes. Hexadecimal digits alone are no CID, so the argument tells which is meant.
 */
import { CID } from 'multiformats/cid'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { fromHex, toHex } from '../src/bytes/hex.ts'
import { isStorageError, StorageError } from '../src/errors.ts'
import {
  type PieceCidV1,
  type PieceCidV2,
  parsePieceCid,
  pieceCidV1,
  pieceCidV1Bytes,
  pieceCidV2,
} from '../src/piece/piece-cid.ts'
import { mannersOf } from './manners.ts'
import { type Outcome, runTask } from './run.ts'

interface CidToBytesArguments {
  readonly cid: string
  readonly json: boolean
}

interface CidBytesDocument {
  readonly version: 1
  readonly kind: 'cid-bytes'
  readonly cid: string
  /** 0x… */
  readonly bytes: string
  /** Both versions of a piece CID; of version 1 alone the size is not known, and so not version 2. */
  readonly pieceCid?: string
  readonly pieceCidV2?: string
}

/** Multihash of a piece CID v2 (multicodec table): whatever has it is a piece CID, or a damaged one. */
const PIECE_HASH = 0x1011
/** A CID in base16 begins with `f`: no bytes of a CID do. */
const BYTES = /^(?:0x|(?!f))([0-9a-f]+)$/i

/** Of text: a piece CID of either version becomes the v1 that deals carry; any other CID its own bytes. */
export function cidToBytes(args: CidToBytesArguments): Outcome<CidBytesDocument> {
  const digits = BYTES.exec(args.cid)?.[1]
  return digits === undefined ? bytesOf(args.cid) : textOf(digits)
}

function bytesOf(text: string): Outcome<CidBytesDocument> {
  const read = readCid(text, () => CID.parse(text))
  const bytes = toHex('root' in read ? pieceCidV1Bytes(read.root) : read.bytes)
  return { document: { ...document(text, bytes), ...versions(read) }, text: [bytes] }
}

function textOf(digits: string): Outcome<CidBytesDocument> {
  const all = digits.length % 2 === 0 ? fromHex(`0x${digits.toLowerCase()}`) : new Uint8Array(0)
  const bytes = all[0] === 0 ? all.subarray(1) : all
  const read = readCid(bytes, () => CID.decode(bytes))
  const { pieceCid, pieceCidV2: v2 } = versions(read)
  const cid = 'root' in read ? (v2 ?? pieceCid ?? '') : read.toString()
  return {
    document: { ...document(cid, toHex(bytes)), ...versions(read) },
    text: pieceCid === undefined ? [cid] : [pieceCid, ...(v2 === undefined ? [] : [v2])],
  }
}

function document(cid: string, bytes: string): CidBytesDocument {
  return { version: 1, kind: 'cid-bytes', cid, bytes }
}

function versions(
  read: CID | PieceCidV1 | PieceCidV2,
): Pick<CidBytesDocument, 'pieceCid' | 'pieceCidV2'> {
  if (!('root' in read)) return {}
  return {
    pieceCid: pieceCidV1(read),
    ...(read.version === 2 ? { pieceCidV2: pieceCidV2(read) } : {}),
  }
}

/** A piece CID, else what `other` reads. Errors: CID_INVALID. */
function readCid(given: string | Uint8Array, other: () => CID): CID | PieceCidV1 | PieceCidV2 {
  try {
    return parsePieceCid(given)
  } catch (error) {
    if (!isStorageError(error, 'CID_INVALID')) throw error
    const cid = otherCid(given, other)
    if (cid.multihash.code === PIECE_HASH) throw error
    return cid
  }
}

function otherCid(given: string | Uint8Array, other: () => CID): CID {
  try {
    return other()
  } catch (cause) {
    const isText = typeof given === 'string'
    throw new StorageError('CID_INVALID', {
      what: isText ? 'the text is not a CID' : 'the bytes are not a CID',
      got: isText ? JSON.stringify(given) : toHex(given),
      cause,
    })
  }
}

export default function action(
  args: CidToBytesArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), async () => cidToBytes(args))
}
