/**
 * Another process that finishes parts until it is killed, all of the same piece and each with leaves of its index:
 * `finish-parts.ts <depot folder> <key> <piece CID>`.
 */
import { openDepot } from '../../../../src/depot/fs-store.ts'

const [folder = '', key = '', cid = ''] = process.argv.slice(2)
const depot = await openDepot(folder)
const piece = await depot.get(cid)
process.send?.('begun')
for (let index = 0; index < 10_000; index++) {
  await depot.finishPart(key, index, { piece, leaves: new Uint8Array(32 * 1000).fill(index) })
}
