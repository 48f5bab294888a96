/** The aggregator as a process that is killed again and again, at any moment: it loses nothing and proposes nothing twice. */
import { expect } from 'chai'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { random } from '../../support/random.ts'

const HARDHAT = join('node_modules', 'hardhat', 'dist', 'src', 'cli.js')
const REQUESTS = 3
const KILLS = 6
/** A run takes 1.5 s before it does anything, and about a second for everything that is due. */
const EARLIEST_MS = 1200
const LATEST_MS = 3200
const INCOMPLETE = 2

/** Set SEED to repeat a run. */
const seed = process.env['SEED'] ?? randomBytes(8).toString('hex')

/** What of a line of the journal is looked at. */
interface Fact {
  readonly kind: string
  readonly segments?: readonly { readonly ids: readonly string[] }[]
}

interface Report {
  readonly requests: readonly { readonly standing: string; readonly deals: readonly number[] }[]
}

describe(`the aggregator, killed ${KILLS} times (SEED=${seed})`, function () {
  this.timeout(240_000)
  let folder = ''
  let env: NodeJS.ProcessEnv = {}
  let localnet: ChildProcess

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-killed-'))
    env = {
      ...process.env,
      SEALIFT_DEPOT: join(folder, 'depot'),
      SEALIFT_DEPLOYMENTS: join(folder, 'deployments'),
    }
    const args = [HARDHAT, 'localnet', '--port', '0', '--depot-port', '0', '--json']
    localnet = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] })
    const { url, depot } = JSON.parse(await firstLine(localnet)) as {
      url: string
      depot: { url: string }
    }
    env = { ...env, SEALIFT_LOCALNET_URL: url, SEALIFT_DEPOT_URL: depot.url }
  })
  after(async () => {
    if (localnet.exitCode === null) localnet.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  const run = async (...args: string[]): Promise<unknown> => {
    const all = [HARDHAT, ...args, '--json', '--network', 'localnet']
    const { stdout } = await promisify(execFile)(process.execPath, all, { env })
    return JSON.parse(stdout)
  }
  const service = (): string[] => {
    const state = join(folder, 'state')
    return ['aggregator', '--once', '--state', state, '--close-after', '1min']
  }

  it('completes every request, by one deal each', async () => {
    await run('deploy', '--hub')
    for (let i = 0; i < REQUESTS; i++) {
      const path = join(folder, `file ${i}`)
      await writeFile(path, random(5000 + i, `${seed} ${i}`))
      const { pieces } = (await run('prepare', path)) as { pieces: { pieceCidV2: string }[] }
      await run('request', pieces[0]?.pieceCidV2 ?? '', '--pay', '1nanoFIL')
    }
    const moments = new Uint32Array(random(4 * KILLS, seed).buffer)
    for (const moment of moments)
      await killedAfter(EARLIEST_MS + (moment % (LATEST_MS - EARLIEST_MS)))
    const { requests } = await finished()
    expect(requests).to.have.length(REQUESTS)
    for (const { standing, deals } of requests) {
      expect(standing).to.equal('settled')
      expect(deals).to.have.length(1)
    }
    const journal = await readFile(join(folder, 'state', 'journal.jsonl'), 'utf8')
    const facts = journal
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Fact)
    const batches = facts.filter(({ kind }) => kind === 'closed')
    const ids = batches.flatMap(({ segments = [] }) => segments.flatMap((segment) => segment.ids))
    // A batch closes with what was fetched by then; nobody is in two of them, and none is proposed twice.
    expect(ids.toSorted()).to.deep.equal(['1', '2', '3'])
    const { proposals } = (await run('deals')) as { proposals: { pieceCid: string }[] }
    expect(new Set(proposals.map(({ pieceCid }) => pieceCid)).size).to.equal(batches.length)
    expect(proposals).to.have.length(batches.length)
  })

  async function killedAfter(ms: number): Promise<void> {
    const args = [HARDHAT, ...service(), '--network', 'localnet']
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    await Promise.race([sleep(ms), ended])
    child.kill('SIGKILL')
    await ended
  }

  /** Runs until nothing waits any more: deals take a while to become active. */
  async function finished(): Promise<Report> {
    for (;;) {
      try {
        return (await run(...service())) as Report
      } catch (error) {
        if ((error as { code?: unknown }).code !== INCOMPLETE) throw error
        await sleep(500)
      }
    }
  }
})

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no output')
  for await (const line of createInterface({ input: stdout })) return line
  throw new Error('the command printed nothing')
}
