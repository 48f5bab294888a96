/** Compiles the contracts in a process of its own: the compiler's 130 MB would stay in the demo's memory. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { StorageError } from '../../src/errors.ts'

export async function buildContracts(): Promise<void> {
  const hardhat = join('node_modules', 'hardhat', 'dist', 'src', 'cli.js')
  const child = spawn(process.execPath, [hardhat, 'build', '--quiet', '--no-tests'], {
    stdio: ['ignore', 2, 2],
  })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.on('error', reject)
  child.on('exit', resolve)
  if ((await promise) !== 0)
    throw new StorageError('INTERNAL', {
      what: 'the contracts do not compile',
      next: 'npx hardhat build',
    })
}
