/** A child of the benchmark: `wasm-once.ts FILE` prints the commitment that the WebAssembly package has for a file. */
import { createReadStream } from 'node:fs'
import { CHUNK_SIZE } from './payload.ts'
import { createWasmHasher } from './wasm-commitment.ts'

const hasher = createWasmHasher()
for await (const chunk of createReadStream(process.argv[2] ?? '', { highWaterMark: CHUNK_SIZE }))
  hasher.write(chunk as Uint8Array)
console.log(hasher.finish())
