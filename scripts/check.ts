/** `npm run check [-- NAME…]`: what keeps the house in order. Without a name all but the demo's outcome. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const bin = (name: string) => join('node_modules', '.bin', name)

const CHECKS: Readonly<Record<string, readonly string[]>> = {
  format: [bin('prettier'), '--check', '--log-level', 'warn', '.'],
  lint: [bin('oxlint'), '--deny-warnings'],
  solidity: [bin('solhint'), '--quiet', '--noPoster', '--max-warnings', '0', 'contracts/**/*.sol'],
  types: [bin('tsc'), '--project', 'tsconfig.json'],
  layers: [process.execPath, 'scripts/check-layers.ts'],
  lock: [process.execPath, 'scripts/check-lock.ts'],
  exports: [bin('knip'), '--no-progress'],
  genesis: [process.execPath, 'src/localnet/make-genesis.ts', '--check'],
  fr32: [process.execPath, 'scripts/make-fr32.ts', '--check'],
  demo: [process.execPath, 'scripts/check-demo.ts'],
}

const [name, ...rest] = process.argv.slice(2)
const wanted = name === undefined ? Object.keys(CHECKS).filter((one) => one !== 'demo') : [name]
const failed: string[] = []
for (const one of wanted) {
  const [command, ...args] = CHECKS[one] ?? []
  if (command === undefined) {
    console.error(`no check "${one}": expected one of ${Object.keys(CHECKS).join(', ')}`)
    process.exit(1)
  }
  const { status } = spawnSync(command, [...args, ...rest], { stdio: 'inherit' })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${one}`)
  if (status !== 0) failed.push(one)
}
process.exitCode = failed.length === 0 ? 0 : 1
