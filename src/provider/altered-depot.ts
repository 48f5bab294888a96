/** A depot of which some methods do something else. */
import type { Depot } from '../depot/depot.ts'

export function alteredDepot(depot: Depot, changes: Partial<Depot>): Depot {
  return {
    folder: depot.folder,
    stage: () => depot.stage(),
    commit: (staging, record) => depot.commit(staging, record),
    find: (cid) => depot.find(cid),
    get: (cid) => depot.get(cid),
    list: () => depot.list(),
    put: (source, expect, options) => depot.put(source, expect, options),
    putAggregate: (aggregate, options) => depot.putAggregate(aggregate, options),
    aggregateOf: (piece) => depot.aggregateOf(piece),
    read: (piece, start, end) => depot.read(piece, start, end),
    remove: (cid) => depot.remove(cid),
    verify: (cid, options) => depot.verify(cid, options),
    findManifest: (root) => depot.findManifest(root),
    finishedParts: (key) => depot.finishedParts(key),
    finishPart: (key, index, part) => depot.finishPart(key, index, part),
    commitManifest: (key, manifest) => depot.commitManifest(key, manifest),
    ...changes,
  }
}
