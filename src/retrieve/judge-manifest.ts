/**
 * Whether a manifest can be true, before anything is fetched for it. It may come from anyone, so nothing in it is believed:
 * what can be compared is compared here, the rest when the parts are there, and the root of the whole at the end.
 */
import { StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1, pieceCidV2 } from '../piece/piece-cid.ts'
import type { Manifest, ManifestPart } from '../prepare/manifest.ts'
import { requireSafeName } from './names.ts'
import { comparePaths, type Path } from './order.ts'
import { LARGEST_PIECE, parseRoot } from './want.ts'

/** 312 TiB in pieces of 32 GiB. */
const MAX_PARTS = 10_000

/**
 * @param listed How many parts it must list.
 * @throws CID_INVALID; PIECE_TOO_LARGE for a part above 64 GiB; TARGET_UNSAFE for names that lead elsewhere;
 *   PIECE_MISMATCH for everything else that it contradicts itself in
 */
export function judgeManifest(manifest: Manifest, listed: number): void {
  const { name, root, size, files, count, parts } = manifest
  parseRoot(root)
  requireThat('number of parts', `at most ${MAX_PARTS}`, count, count <= MAX_PARTS)
  requireSame('parts listed', listed, parts.length)
  let shares = 0
  let before: ManifestPart | undefined
  for (const [index, part] of parts.entries()) {
    judgePiece(part, `part ${index + 1}`)
    judgePlace(part, before, size, `part ${index + 1}`)
    shares += part.files - (part.first.offset > 0 ? 1 : 0)
    before = part
  }
  const [first] = parts
  if (first?.first.path === '') requireSafeName(name)
  if (parts.length === count) requireSame('files', files, shares)
  else requireThat('files', `at most ${files}`, shares, shares <= files)
}

/** Names from the payload down. */
export function pathOf({ first }: ManifestPart): Path {
  return first.path === '' ? [] : first.path.split('/')
}

export function mismatch(what: string, expected: string | number, got: string | number) {
  return new StorageError('PIECE_MISMATCH', {
    what: `${what} of the payload in several pieces`,
    expected,
    got,
    hint: 'its manifest is not true; fetch it from elsewhere',
  })
}

/** The version 2 of a piece CID says all that is said of the piece. */
function judgePiece(part: ManifestPart, what: string): void {
  const { root, pieceCid, size, pieceSize } = part
  parseRoot(root)
  const piece = parsePieceCid(part.pieceCidV2)
  if (piece.version !== 2)
    throw new StorageError('CID_INVALID', { what: `${what} has no piece CID of version 2` })
  requireSame(`piece CID of ${what}`, pieceCidV2(piece), part.pieceCidV2)
  requireSame(`piece CID of ${what}`, pieceCidV1(piece), pieceCid)
  requireSame(`bytes of ${what}`, piece.size, size)
  requireSame(`padded bytes of ${what}`, piece.pieceSize, pieceSize)
  if (pieceSize <= LARGEST_PIECE) return
  throw new StorageError('PIECE_TOO_LARGE', {
    what: `${what} of the payload`,
    expected: `at most ${LARGEST_PIECE} padded bytes`,
    got: pieceSize,
  })
}

/** Parts begin one behind the other, the first with the payload; all are of one file, or none is. */
function judgePlace(
  part: ManifestPart,
  before: ManifestPart | undefined,
  size: number,
  what: string,
): void {
  const { first, files } = part
  const path = pathOf(part)
  for (const name of path) requireSafeName(name)
  requireThat(`files in ${what}`, 'at least 1', files, files > 0)
  const place = `the place where ${what} begins`
  requireThat(place, `within ${size} bytes`, first.offset, first.offset <= size)
  if (before === undefined) {
    requireSame(place, 0, first.offset)
    return
  }
  const order = comparePaths(pathOf(before), path)
  const isBehind = order < 0 || (order === 0 && before.first.offset < first.offset)
  const isOneFile = before.first.path === ''
  const told = `${first.path || 'the file'} from byte ${first.offset}`
  requireThat(place, `behind the part before`, told, isBehind && isOneFile === (first.path === ''))
}

function requireSame(what: string, expected: string | number, got: string | number): void {
  requireThat(what, expected, got, expected === got)
}

function requireThat(
  what: string,
  expected: string | number,
  got: string | number,
  holds: boolean,
) {
  if (!holds) throw mismatch(what, expected, got)
}
