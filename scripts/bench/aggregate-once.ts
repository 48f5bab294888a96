/** A child of the benchmark, for the memory: `aggregate-once.ts SEGMENTS` builds one aggregate and prints its piece CID. */
import { Aggregate } from '../../src/aggregate/aggregate.ts'
import { placeSegments } from '../../src/aggregate/segment.ts'
import { pieceCidV2 } from '../../src/piece/piece-cid.ts'
import { madeSegments } from './segments.ts'

const size = 32 * 2 ** 30
const segments = placeSegments(madeSegments(Number(process.argv[2])), size)
console.log(pieceCidV2(new Aggregate(segments, size)))
