/** `npm run check [-- NAME…]`: what keeps the house in order. Without a name all of it, but what is part of another or needs an outcome. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const bin = (name: string) => join('node_modules', '.bin', name)

const CHECKS: Readonly<Record<string, readonly string[]>> = {
  format: [bin('prettier'), '--check', '--log-level', 'warn', '.'],
  lint: [bin('oxlint'), '--deny-warnings'],
  solidity: [bin('solhint'), '--quiet', '--noPoster', '--max-warnings', '0', 'contracts/**/*.sol'],
  types: [bin('tsc'), '--project', 'tsconfig.json'],
  page: [bin('tsc'), '--project', 'tsconfig.page.json'],
  layers: [process.execPath, 'scripts/check-layers.ts'],
  lock: [process.execPath, 'scripts/check-lock.ts'],
  exports: [bin('knip'), '--no-progress'],
  gas: [process.execPath, 'scripts/gas.ts'],
  audit: [process.execPath, 'scripts/audit-contracts.ts'],
  genesis: [process.execPath, 'src/localnet/make-genesis.ts', '--check'],
  fr32: [process.execPath, 'scripts/make-fr32.ts', '--check'],
  demo: [process.execPath, 'scripts/check-demo.ts'],
}

/** The outcome of the demo needs one; the audit has the other two in it. */
const PARTS = new Set(['demo', 'solidity', 'gas'])

const [name, ...rest] = process.argv.slice(2)
const wanted = name === undefined ? Object.keys(CHECKS).filter((one) => !PARTS.has(one)) : [name]
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
