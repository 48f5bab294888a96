/** Between an answer and the fetch log: what of a piece has surely been sent, while it is being sent. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import type { StoredPiece } from '../prepare/sink.ts'
import type { FetchLog, FetchNote } from './fetch-log.ts'

/** Requests with this header are our own looks, such as doctor's: they are no news of a provider. */
export const LOOK_HEADER = 'x-sealift-look'

const PROVIDER = /^[ft]0\d{1,18}$/

export interface FetchFollower {
  /** Somebody asked, and gets no bytes. */
  asked(): void
  /** Bytes from `start` on are sent now. */
  sends(body: Readable, start: number): void
}

/** Undefined where nothing is to be noted. */
export function followFetch(
  log: FetchLog | undefined,
  piece: StoredPiece,
  request: FastifyRequest,
  reply: FastifyReply,
): FetchFollower | undefined {
  if (log === undefined || request.headers[LOOK_HEADER] !== undefined) return undefined
  const { by } = request.query as Record<string, unknown>
  const who = {
    pieceCid: piece.pieceCid,
    size: piece.size,
    by: typeof by === 'string' && PROVIDER.test(by) ? by.replace(/^t/, 'f') : undefined,
    from: (request.socket.remoteAddress ?? 'an unknown address').replace(/^::ffff:/, ''),
  }
  const note = (stretch: Pick<FetchNote, 'start' | 'end'>): void => log.note({ ...who, ...stretch })
  return {
    asked: () => note({ start: 0, end: 0 }),
    sends(body, start) {
      let noted = start
      let handed = start
      body.on('data', (chunk: Uint8Array) => {
        // The one before is out: the next is asked for when the connection has taken it.
        if (handed > noted) note({ start: noted, end: handed })
        noted = handed
        handed += chunk.length
      })
      reply.raw.once('close', () => {
        if (reply.raw.writableFinished) note({ start: noted, end: handed })
        else if (noted === start) note({ start, end: start })
      })
    },
  }
}
