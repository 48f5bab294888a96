/** Another process that stores a file: `put-file.ts <depot folder> <file>`. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { openDepot } from '../../../../src/depot/fs-store.ts'

const [folder = '', input = ''] = process.argv.slice(2)
await (await openDepot(folder)).put(createReadStream(input), {}, { name: basename(input) })
process.disconnect()
