import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './support/temporary.ts'

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** One command as a user types it. A second each: keep them few. */
async function hardhat(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const cli = join('node_modules', '.bin', 'hardhat')
  try {
    const options = { env: { ...process.env, ...env } }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [cli, ...args], options)
    return { code: 0, stdout, stderr }
  } catch (error) {
    return error as Ran
  }
}

describe('the command line', () => {
  const folder = temporaryFolder()

  it('lists every task with what it does', async () => {
    const { code, stdout } = await hardhat(['--help'])
    expect(code).to.equal(0)
    expect(stdout).to.match(/^ {2}make-deal +Proposes a storage deal/m)
    expect(stdout).to.match(/^ {2}localnet +Runs a local Filecoin/m)
  })

  it('explains a task: options in kebab-case, defaults, environment', async () => {
    const { code, stdout } = await hardhat(['make-deal', '--help'])
    expect(code).to.equal(0)
    expect(stdout).to.match(/^ {2}--provider-collateral +What each provider locks/m)
    expect(stdout).to.match(/^ {2}--replicas .*\(default: 1\)$/m)
    expect(stdout).to.include('SEALIFT_DEPOT_URL')
  })

  it('prints one JSON value on standard output, progress on standard error', async () => {
    const file = join(folder(), 'hello.txt')
    await writeFile(file, 'hello')
    const depot = join(folder(), 'depot')
    const { code, stdout } = await hardhat(['prepare', file, '--depot', depot, '--json'])
    expect(code).to.equal(0)
    expect(JSON.parse(stdout)).to.include({ version: 1, kind: 'prepared' })
  })

  it('prints the error document and exits with 1', async () => {
    const { code, stdout, stderr } = await hardhat(['deals', '--network', 'nowhere', '--json'])
    expect(code).to.equal(1)
    expect(JSON.parse(stdout)).to.include({ kind: 'error', code: 'UNKNOWN_NETWORK' })
    expect(stderr).to.include('Error UNKNOWN_NETWORK')
  })

  it('asks for the key before it asks any node', async () => {
    const env = { PRIVATE_KEY: 'not a key', CI: 'true' }
    const { code, stdout, stderr } = await hardhat(
      ['deploy', '--network', 'filecoin', '--json'],
      env,
    )
    expect(code).to.equal(1)
    expect(JSON.parse(stdout)).to.include({
      code: 'NO_KEY',
      next: 'npx hardhat keystore set PRIVATE_KEY',
    })
    expect(stdout + stderr).to.not.include('not a key')
  })
})
