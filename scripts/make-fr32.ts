/**
 * `node scripts/make-fr32.ts`: assembles src/piece/fr32.wat into src/piece/fr32-wasm.ts. With `--check` it writes nothing and
 * fails when the two differ: nobody has to trust bytes that cannot be read.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import openWabt from 'wabt'

const SOURCE = 'src/piece/fr32.wat'
const TARGET = 'src/piece/fr32-wasm.ts'

const wabt = await openWabt()
const module = wabt.parseWat(SOURCE, readFileSync(SOURCE, 'utf8'), { simd: true })
module.validate()
const { buffer } = module.toBinary({})
const lines =
  Buffer.from(buffer)
    .toString('base64')
    .match(/.{1,96}/g) ?? []
const text = `/** fr32.wat, assembled by scripts/make-fr32.ts. */
export const FR32_WASM = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('')
`
if (process.argv.includes('--check')) {
  if (readFileSync(TARGET, 'utf8') !== text) {
    console.error(`${TARGET} is not what ${SOURCE} says: run node scripts/make-fr32.ts`)
    process.exitCode = 1
  }
} else {
  writeFileSync(TARGET, text)
}
