/** The aggregator as a process that is killed again and again, at any moment: it loses nothing and proposes nothing twice. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { random } from '../../support/random.ts'
import { openTerminal, type Terminal } from '../support/terminal.ts'

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
  let terminal: Terminal
  let service: string[]
  before(async () => {
    terminal = await openTerminal()
    const state = join(terminal.folder, 'state')
    service = ['aggregator', '--once', '--state', state, '--close-after', '1min']
  })
  after(() => terminal.close())

  it('completes every request, by one deal each', async () => {
    const { run, folder } = terminal
    await run('deploy', '--hub')
    for (let i = 0; i < REQUESTS; i++) {
      const path = join(folder, `file ${i}`)
      await writeFile(path, random(5000 + i, `${seed} ${i}`))
      const { pieces } = (await run('prepare', path)) as { pieces: { pieceCidV2: string }[] }
      await run('request', pieces[0]?.pieceCidV2 ?? '', '--pay', '1nanoFIL')
    }
    for (const moment of new Uint32Array(random(4 * KILLS, seed).buffer))
      await killedAfter(EARLIEST_MS + (moment % (LATEST_MS - EARLIEST_MS)))
    const { requests } = await finished()
    expect(requests).to.have.length(REQUESTS)
    for (const { standing, deals } of requests) {
      expect(standing).to.equal('settled')
      expect(deals).to.have.length(1)
    }
    const journal = await readFile(join(folder, 'state', 'journal.jsonl'), 'utf8')
    const facts = journal.trim().split('\n')
    const batches = facts
      .map((line) => JSON.parse(line) as Fact)
      .filter(({ kind }) => kind === 'closed')
    const ids = batches.flatMap(({ segments = [] }) => segments.flatMap((segment) => segment.ids))
    // A batch closes with what was fetched by then; nobody is in two of them, and none is proposed twice.
    expect(ids.toSorted()).to.deep.equal(['1', '2', '3'])
    const { proposals } = (await run('deals')) as { proposals: { pieceCid: string }[] }
    expect(new Set(proposals.map(({ pieceCid }) => pieceCid)).size).to.equal(batches.length)
    expect(proposals).to.have.length(batches.length)
  })

  async function killedAfter(ms: number): Promise<void> {
    const child = terminal.start(...service)
    const ended = once(child, 'exit')
    await Promise.race([sleep(ms), ended])
    child.kill('SIGKILL')
    await ended
  }

  /** Runs until nothing waits any more: deals take a while to become active. */
  async function finished(): Promise<Report> {
    for (;;) {
      try {
        return (await terminal.run(...service)) as Report
      } catch (error) {
        if ((error as { code?: unknown }).code !== INCOMPLETE) throw error
        await sleep(500)
      }
    }
  }
})
