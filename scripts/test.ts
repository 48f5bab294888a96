/**
 * `npm test`: builds the contracts, runs the Solidity tests and the TypeScript tests, and closes with one line
 * `N passed, N failed`. Arguments narrow the TypeScript tests: `npm test -- test/src/piece`.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

interface Outcome {
  readonly ok: boolean
  readonly passed: number
  readonly failed: number
}

const bin = (name: string) => join('node_modules', '.bin', name)
const mocha = join('node_modules', 'mocha', 'bin', 'mocha.js')

/** Runs a command, shows its output as it comes, and adds up the `N passing` and `N failing` lines it prints. */
function run(command: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk)
    text += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ ok: code === 0, passed: sum(text, 'passing'), failed: sum(text, 'failing') })
    })
  })
}

function sum(text: string, word: string): number {
  // Written for a pipe, where neither runner colours its output.
  const lines = text.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'gm'))
  return [...lines].reduce((total, [, count]) => total + Number(count), 0)
}

const only = process.argv.slice(2)
const steps: (readonly [string, readonly string[]])[] = [[bin('hardhat'), ['build']]]
if (only.length === 0) steps.push([bin('hardhat'), ['test', 'solidity', '--no-compile']])
steps.push([
  process.execPath,
  [mocha, '--recursive', '--extension', 'test.ts', ...(only.length === 0 ? ['test'] : only)],
])

const outcomes: Outcome[] = []
for (const [command, args] of steps) {
  const outcome = await run(command, args)
  outcomes.push(outcome)
  // Tests of contracts that do not compile say nothing.
  if (!outcome.ok && args[0] === 'build') break
}
const passed = outcomes.reduce((total, outcome) => total + outcome.passed, 0)
const counted = outcomes.reduce((total, outcome) => total + outcome.failed, 0)
// A step that ended badly without a count (a crash, a compile error) is a failure too.
const failed = counted + outcomes.filter((one) => !one.ok && one.failed === 0).length
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
