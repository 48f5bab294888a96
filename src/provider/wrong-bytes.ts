/** The misbehaviour of serving wrong bytes: a depot whose every read has its last byte flipped. */
import { Transform } from 'node:stream'
import type { Depot } from '../depot/depot.ts'
import { alteredDepot } from './altered-depot.ts'

export function withWrongBytes(depot: Depot): Depot {
  return alteredDepot(depot, {
    read: (piece, start = 0, end = piece.size) => {
      const whole = depot.read(piece, start, end)
      const spoilt = lastByteFlipped(end - start)
      whole.on('error', (error) => spoilt.destroy(error))
      spoilt.on('close', () => whole.destroy())
      return whole.pipe(spoilt)
    },
  })
}

/** Passes `length` bytes on, the last one inverted. */
function lastByteFlipped(length: number): Transform {
  let passed = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length
      if (passed < length) return done(null, chunk)
      const spoilt = Buffer.from(chunk)
      spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 0xff
      done(null, spoilt)
    },
  })
}
