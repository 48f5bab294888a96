/** A child of the benchmark: `commit-once.ts ID BYTES` lets one contender work on a payload that is made as it goes. */
import { CONTENDERS } from './contenders.ts'
import { streamedPayload } from './payload.ts'

const [wanted, bytes] = process.argv.slice(2)
const contender = CONTENDERS.find(({ id }) => id === wanted)
if (contender === undefined) throw new Error(`no contender ${wanted}`)
console.log(await contender.run(streamedPayload(Number(bytes))))
