/** The misbehaviour of serving wrong bytes: a depot whose every read has its last byte flipped. */
import { Transform } from 'node:stream'
import type { Depot } from '../depot/depot.ts'

export function withWrongBytes(depot: Depot): Depot {
  return {
    folder: depot.folder,
    stage: () => depot.stage(),
    commit: (staging, record) => depot.commit(staging, record),
    find: (cid) => depot.find(cid),
    get: (cid) => depot.get(cid),
    list: () => depot.list(),
    put: (source, expect, options) => depot.put(source, expect, options),
    putAggregate: (aggregate, options) => depot.putAggregate(aggregate, options),
    remove: (cid) => depot.remove(cid),
    verify: (cid, options) => depot.verify(cid, options),
    findManifest: (root) => depot.findManifest(root),
    finishedParts: (key) => depot.finishedParts(key),
    finishPart: (key, index, part) => depot.finishPart(key, index, part),
    commitManifest: (key, manifest) => depot.commitManifest(key, manifest),
    read: (piece, start = 0, end = piece.size) => {
      const whole = depot.read(piece, start, end)
      const spoilt = lastByteFlipped(end - start)
      whole.on('error', (error) => spoilt.destroy(error))
      spoilt.on('close', () => whole.destroy())
      return whole.pipe(spoilt)
    },
  }
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
