/** `cid-to-bytes CID`: the bytes that contracts store, without the multibase byte 00 that the starter kit put before. */
import { CID } from 'multiformats/cid'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { toHex } from '../src/bytes/hex.ts'
import { isStorageError, StorageError } from '../src/errors.ts'
import { parsePieceCid, pieceCidV1Bytes } from '../src/piece/piece-cid.ts'
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
}

/** A piece CID of either version becomes the v1 that deals carry; any other CID its own bytes. */
export function cidToBytes(args: CidToBytesArguments): Outcome<CidBytesDocument> {
  const bytes = toHex(bytesOf(args.cid))
  return { document: { version: 1, kind: 'cid-bytes', cid: args.cid, bytes }, text: [bytes] }
}

function bytesOf(cid: string): Uint8Array {
  try {
    return pieceCidV1Bytes(parsePieceCid(cid).root)
  } catch (error) {
    if (!isStorageError(error, 'CID_INVALID')) throw error
    return otherCid(cid)
  }
}

function otherCid(cid: string): Uint8Array {
  try {
    return CID.parse(cid).bytes
  } catch (cause) {
    throw new StorageError('CID_INVALID', {
      what: 'the text is not a CID',
      got: JSON.stringify(cid),
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
