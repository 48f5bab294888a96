/** The answer to GET or HEAD of a piece (whole, a range of it) or of a manifest, or why there is none. */
import { hash } from 'node:crypto'
import { once } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { encodeManifest, type Manifest } from '../prepare/manifest.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { isRangeWanted, verdictOf } from './conditions.ts'
import type { Depot } from './depot.ts'
import type { FetchLog } from './fetch-log.ts'
import { followFetch } from './follow-fetch.ts'
import { bodyOf, type Refusal, refusal } from './http-error.ts'
import type { RequestLog } from './http-log.ts'
import { rangeOf } from './range.ts'

/** Bytes under a CID never turn wrong: whatever was served verifies against it for ever. A year is the usual most. */
const CACHE_FOR_EVER = 'public, max-age=31536000, immutable'

/**
 * @param name of the file that a browser would save: a CID, safe in a header and silent about the owner's file names
 */
export async function answerPiece(
  depot: Depot,
  piece: StoredPiece,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
  log: RequestLog,
  fetches?: FetchLog,
): Promise<FastifyReply> {
  const { headers, method } = request
  const etag = `"${piece.pieceCidV2}"`
  const settled = settle(request, reply, etag, CACHE_FOR_EVER)
  if (settled !== undefined) return settled

  // RFC 9110 §14.2: Range is for GET alone; a provider's HEAD must be 200 with the length of all
  const asked = method === 'GET' && isRangeWanted(headers, etag) ? headers.range : undefined
  const range = rangeOf(asked, piece.size)
  if (range === 'unsatisfiable') {
    reply.headers({ 'content-range': `bytes */${piece.size}`, 'accept-ranges': 'bytes' })
    return refuse(reply, refusal(416, `the piece has ${piece.size} bytes`))
  }
  const { start, end } = range === 'whole' ? { start: 0, end: piece.size } : range
  if (range !== 'whole') {
    reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${piece.size}`)
  }
  const isCar = piece.root !== ''
  const represent = () =>
    reply.headers({
      'content-type': isCar ? 'application/vnd.ipld.car; version=1' : 'application/octet-stream',
      'content-length': end - start,
      'content-disposition': `attachment; filename="${name}${isCar ? '.car' : '.bin'}"`,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
    })
  const follower = followFetch(fetches, piece, request, reply)
  if (method === 'HEAD') {
    follower?.asked()
    return represent().send()
  }

  const body = depot.read(piece, start, end)
  // opened and read before the status is sent, so that a damaged file is an error and not a broken download
  await once(body, 'readable')
  log.follow(reply.raw, body)
  follower?.sends(body, start)
  return represent().send(body)
}

/** Another manifest may take its place: who keeps it asks again, with its ETag. */
export function answerManifest(
  manifest: Manifest,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const body = encodeManifest(manifest)
  const settled = settle(request, reply, `"${hash('sha256', body)}"`, 'no-cache')
  if (settled !== undefined) return settled
  reply.headers({
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  })
  return request.method === 'HEAD' ? reply.send() : reply.send(body)
}

/** Sends 304 or 412 when the conditions of a request ask for it; otherwise sets the headers that the answer needs. */
function settle(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  etag: string,
  cache: string,
): FastifyReply | undefined {
  const verdict = verdictOf(headers, etag)
  if (verdict === 'failed') {
    return refuse(reply, refusal(412, `If-Match does not name ${etag}`))
  }
  reply.headers({ etag, 'cache-control': cache })
  return verdict === 'not-modified' ? reply.code(304).send() : undefined
}

export function refuse(reply: FastifyReply, refused: Refusal): FastifyReply {
  return reply
    .code(refused.status)
    .removeHeader('etag')
    .headers({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
    })
    .send(bodyOf(refused))
}
