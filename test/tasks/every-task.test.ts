/**
 * Every task, typed as a person types it: `--help` explains it, and a command that cannot be done ends with exit code 1, one JSON
 * value with a stable code on standard output, and no secret anywhere.
 */
import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import type { Task } from 'hardhat/types/tasks'
import { tasks } from '../../tasks/index.ts'
import { temporaryFolder } from './support/temporary.ts'

/** What cannot be done, and the code that says so; other tasks are asked on a network that is none. */
const FAILING: Readonly<Record<string, readonly [args: readonly string[], code: string]>> = {
  prepare: [['/no/such/file'], 'INPUT_NOT_FOUND'],
  aggregate: [['/no/such/file'], 'INPUT_NOT_FOUND'],
  'piece-cid': [['/no/such/file'], 'INPUT_NOT_FOUND'],
  'verify-receipt': [['/no/such/file'], 'INPUT_NOT_FOUND'],
  depot: [['--port', 'eighty'], 'ARGUMENT_INVALID'],
  localnet: [['--port', 'eighty'], 'ARGUMENT_INVALID'],
  'cid-to-bytes': [['nonsense'], 'CID_INVALID'],
  explain: [['SL-D999'], 'ARGUMENT_INVALID'],
  'make-deal-proposal': [[], 'ARGUMENT_INVALID'],
  'get-deal-proposal': [[], 'ARGUMENT_INVALID'],
  'get-deal-status': [[], 'ARGUMENT_INVALID'],
}
/** What tasks must be given to look at the network at all. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'make-deal': ['--file', 'README.md'],
  store: ['--file', 'README.md'],
  request: ['bafkreieyoxkarueunblyzd74ydrwf77lfocfv3smubevxnlueleyrdmbta'],
  retrieve: ['bafkreieyoxkarueunblyzd74ydrwf77lfocfv3smubevxnlueleyrdmbta'],
  receipt: ['bafkreieyoxkarueunblyzd74ydrwf77lfocfv3smubevxnlueleyrdmbta'],
  push: [`0x${'11'.repeat(32)}`],
  'top-up': ['1', '1FIL'],
  'localnet publish': [`0x${'11'.repeat(32)}`],
  'localnet activate': ['1'],
  'localnet skip-activation': ['1'],
  'localnet expire': ['1'],
  'localnet null-rounds': ['2'],
}
/** Nobody's: it stands in no file and has no money. */
const KEY = '7b5c1f0e9a3d4c6b8e2f1a0d9c8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e2d1c0b'
const TOKEN = 'a-token-that-nobody-may-see'
const PARALLEL = 2

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

describe('every task', function () {
  this.timeout(300_000)
  const folder = temporaryFolder()
  const names = tasks.map(({ id }) => id.join(' '))
  const helped = new Map<string, Ran>()
  const failed = new Map<string, Ran>()
  let declared: Map<string, Task>

  before(async () => {
    const hre = await createHardhatRuntimeEnvironment({ tasks })
    declared = new Map(names.map((name) => [name, hre.tasks.getTask(name.split(' '))]))
    const waiting = names.flatMap((name) => [
      async () => void helped.set(name, await type([...name.split(' '), '--help'])),
      async () => void failed.set(name, await type([...name.split(' '), ...failingCase(name)])),
    ])
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next()
    }
    await Promise.all(Array.from({ length: PARALLEL }, work))
  })

  for (const name of names) {
    describe(name, () => {
      it('--help says what it does, and each option', () => {
        const { code, stdout } = helped.get(name) as Ran
        expect(code).to.equal(0)
        const { description, options } = declared.get(name) as Task
        const text = stdout.replaceAll(/\s+/g, ' ')
        expect(text).to.include(description.replaceAll(/\s+/g, ' '))
        for (const option of options.values())
          expect(text, option.name).to.include(option.description.replaceAll(/\s+/g, ' '))
      })

      it('--json tells a failure as one value with its code, and exits with 1', () => {
        const { code, stdout } = failed.get(name) as Ran
        const [, expected] = FAILING[name] ?? [[], codeWithout(name)]
        expect(JSON.parse(stdout)).to.include({ version: 1, kind: 'error', code: expected })
        expect(code).to.equal(1)
      })

      it('prints no secret', () => {
        for (const { stdout, stderr } of [helped.get(name) as Ran, failed.get(name) as Ran]) {
          expect(stdout + stderr).to.not.include(KEY)
          expect(stdout + stderr).to.not.include(TOKEN)
        }
      })
    })
  }

  function type(words: readonly string[]): Promise<Ran> {
    const env = {
      ...process.env,
      PRIVATE_KEY: KEY,
      SEALIFT_DASHBOARD_TOKEN: TOKEN,
      SEALIFT_STATE: join(folder(), 'state'),
      SEALIFT_DEPLOYMENTS: join(folder(), 'deployments'),
      // Nobody listens on port 1.
      SEALIFT_LOCALNET_URL: `http://127.0.0.1:1/?key=${TOKEN}`,
    }
    const cli = join('node_modules', 'hardhat', 'dist', 'src', 'cli.js')
    return new Promise((resolve) => {
      execFile(process.execPath, [cli, ...words], { env }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      )
    })
  }
})

function failingCase(name: string): string[] {
  const network = name.startsWith('localnet ') ? 'localnet' : 'nowhere'
  const [args] = FAILING[name] ?? [[...(NEEDED[name] ?? []), '--network', network]]
  return [...args, '--json']
}

/** The tasks below `localnet` speak to a localnet only, and none runs. */
function codeWithout(name: string): string {
  return name.startsWith('localnet ') ? 'NODE_UNREACHABLE' : 'UNKNOWN_NETWORK'
}
