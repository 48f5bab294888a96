/** What the depot has of a piece, and what a URL serves of it, as facts for a diagnosis. */
import { type DepotFacts, known, type UrlFacts, unseen } from '../doctor/facts.ts'
import { pieceUrl } from '../depot/piece-url.ts'
import { isStorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1 } from '../piece/piece-cid.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import type { ExaminePorts, Extras } from './examine.ts'
import { probeUrl } from './probe-url.ts'

export async function inDepot(
  cid: string,
  { depot }: Pick<ExaminePorts, 'depot'>,
): Promise<{ piece: StoredPiece | undefined; facts: DepotFacts }> {
  try {
    const piece = await depot.find(cid)
    return { piece, facts: { piece: known(piece), damage: '' } }
  } catch (error) {
    if (!isStorageError(error, 'DEPOT_CORRUPT')) throw error
    return { piece: undefined, facts: { piece: unseen(error.message), damage: error.message } }
  }
}

/** By its own CID of version 2, which names one size. */
export async function depotFacts(piece: StoredPiece, ports: ExaminePorts): Promise<DepotFacts> {
  return (await inDepot(piece.pieceCidV2, ports)).facts
}

/** The address of a depot is asked for a piece of it: the one that was named, or any. */
export async function urlOrDepot(
  text: string,
  named: StoredPiece | undefined,
  extras: Extras,
  ports: ExaminePorts,
): Promise<UrlFacts> {
  const isBase = URL.canParse(text) && /^\/?$/.test(new URL(text).pathname)
  if (!isBase) return urlFacts(text, named, extras, ports)
  const piece = named ?? (await ports.depot.list())[0]
  if (piece !== undefined) return urlFacts(pieceUrl(text, piece.pieceCid), piece, extras, ports)
  const why = unseen<never>('the depot has no piece to ask for')
  return { ...(await urlFacts(text, undefined, {}, ports)), head: why, range: why, car: why }
}

export function urlFacts(
  text: string,
  piece: StoredPiece | { readonly size: number; readonly pieceCid: string } | undefined,
  { commitment }: Extras,
  { depot, signal, probing }: ExaminePorts,
): Promise<UrlFacts> {
  const own =
    piece !== undefined && 'path' in piece
      ? async (start: number, end: number): Promise<Uint8Array> =>
          bytesOf(depot.read(piece, start, end))
      : undefined
  const pieceCid = piece && pieceCidV1(parsePieceCid(piece.pieceCid))
  return probeUrl({ text, size: piece?.size, pieceCid, commitment, own }, { ...probing, signal })
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
