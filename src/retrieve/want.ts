/** What is looked for: a payload by its root, a piece by its commitment, or both. */
import { CID } from 'multiformats/cid'
import { StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1 } from '../piece/piece-cid.ts'
import { paddedSize, unpaddedCapacity } from '../piece/size.ts'

export interface Want {
  /** A root CID or a piece CID of either version. */
  readonly cid: string
  /** The commitment of the piece that holds the root, where it is known: checked when it is. */
  readonly pieceCid?: string
  /** Raw bytes of the piece, where they are known: no more than its padding is downloaded. */
  readonly size?: number
  /** What to call a root that is a file; its CID unless stated. One that is joined from parts has the name in its manifest. */
  readonly name?: string
}

export interface Goal {
  readonly root: CID | undefined
  /** The commitment as text, as it was given, and as the 32 bytes that it stands for. */
  readonly piece: { readonly cid: string; readonly root: Uint8Array } | undefined
  /** Bytes that a source may send: the unpadded piece. */
  readonly maxPieceSize: number
  readonly name: string | undefined
}

/** 64 GiB: the largest sector of the network (FIP-0003), and so the largest piece. */
export const LARGEST_PIECE = 64 * 2 ** 30

/** @throws CID_INVALID */
export function goalOf({ cid, pieceCid, size, name }: Want): Goal {
  const isPiece = isPieceCid(cid)
  const pieceText = isPiece ? cid : pieceCid
  if (isPiece && pieceCid !== undefined && pieceCidV1(parsePieceCid(pieceCid)) !== v1Of(cid))
    throw new StorageError('CID_INVALID', {
      what: 'two different pieces are asked for at once',
      expected: cid,
      got: pieceCid,
    })
  const parsed = pieceText === undefined ? undefined : parsePieceCid(pieceText)
  const pieceSize = parsed?.pieceSize ?? (size === undefined ? LARGEST_PIECE : paddedSize(size))
  unpaddedCapacity(pieceSize)
  return {
    root: isPiece ? undefined : parseRoot(cid),
    piece:
      parsed === undefined || pieceText === undefined
        ? undefined
        : { cid: pieceText, root: parsed.root },
    maxPieceSize: pieceSize,
    name,
  }
}

/** fil-commitment-unsealed, or a raw CID with fr32-sha2-256-trunc254-padded-binary-tree (multicodec table). */
function isPieceCid(text: string): boolean {
  const cid = tryParse(text)
  return cid !== undefined && (cid.code === 0xf101 || cid.multihash.code === 0x1011)
}

function v1Of(pieceCid: string): string {
  return pieceCidV1(parsePieceCid(pieceCid))
}

/** @throws CID_INVALID */
export function parseRoot(text: string): CID {
  const cid = tryParse(text)
  if (cid !== undefined) return cid
  throw new StorageError('CID_INVALID', {
    what: 'what is asked for is not a CID',
    got: text.length > 120 ? `${text.slice(0, 120)}…` : text,
    hint: 'name a root CID (bafy…, bafk…) or a piece CID (baga…, bafkz…)',
  })
}

function tryParse(text: string): CID | undefined {
  try {
    return CID.parse(text)
  } catch {
    return undefined
  }
}
