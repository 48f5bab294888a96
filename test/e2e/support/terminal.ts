/** A localnet in a process of its own, and the commands that a person types beside it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const HARDHAT = join('node_modules', 'hardhat', 'dist', 'src', 'cli.js')
/** Documents with hundreds of proofs are printed too. */
const MAX_OUTPUT = 2 ** 26

export interface Terminal {
  /** Empty, for depot, deployments and whatever a test puts there. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly localnet: ChildProcess
  /** The one JSON value that a command prints. Fails as `execFile` when the exit code is not 0. */
  run(...words: readonly string[]): Promise<unknown>
  /** Starts a command, silent. */
  start(...words: readonly string[]): ChildProcess
  /** Starts a service and interrupts it when it has said something. Its exit code. */
  serve(...words: readonly string[]): Promise<number | null>
  close(): Promise<void>
}

/** @param options Of `npx hardhat localnet`, such as `--manual`. */
export async function openTerminal(...options: readonly string[]): Promise<Terminal> {
  const folder = await mkdtemp(join(tmpdir(), 'sealift-terminal-'))
  const own = {
    ...process.env,
    SEALIFT_STATE: join(folder, 'state'),
    SEALIFT_DEPOT: join(folder, 'depot'),
    SEALIFT_DEPLOYMENTS: join(folder, 'deployments'),
  }
  const args = [HARDHAT, 'localnet', '--port', '0', '--depot-port', '0', ...options, '--json']
  const localnet = spawn(process.execPath, args, { env: own, stdio: ['ignore', 'pipe', 'ignore'] })
  if (localnet.stdout === null) throw new Error('no standard output')
  const [line] = (await once(createInterface(localnet.stdout), 'line')) as [string]
  // Later lines, if any, would fill the pipe.
  localnet.stdout.resume()
  const { url, depot } = JSON.parse(line) as { url: string; depot: { url: string } }
  const env = { ...own, SEALIFT_LOCALNET_URL: url, SEALIFT_DEPOT_URL: depot.url }
  return {
    folder,
    env,
    localnet,
    async run(...words) {
      const all = [HARDHAT, ...words, '--json', '--network', 'localnet']
      const limits = { env, maxBuffer: MAX_OUTPUT }
      const { stdout } = await promisify(execFile)(process.execPath, all, limits)
      return JSON.parse(stdout)
    },
    start: (...words) =>
      spawn(process.execPath, [HARDHAT, ...words, '--network', 'localnet'], {
        env,
        stdio: 'ignore',
      }),
    async serve(...words) {
      const all = [HARDHAT, ...words, '--network', 'localnet']
      const child = spawn(process.execPath, all, { env, stdio: ['ignore', 'pipe', 'pipe'] })
      const ended = once(child, 'exit') as Promise<[number | null]>
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended])
      child.stdout.resume()
      child.stderr.resume()
      child.kill('SIGINT')
      const [code] = await ended
      return code
    },
    async close() {
      if (localnet.exitCode === null) {
        const ended = once(localnet, 'exit')
        localnet.kill('SIGINT')
        await ended
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}
