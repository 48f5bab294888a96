/** The keeper as a process that is killed again and again, at any moment: it renews every store, and pokes none twice. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { JsonRpcProvider } from 'ethers'
import { collateralBounds } from '../../../src/chain/lotus.ts'
import { openPerpetual, type PerpetualStorage } from '../../../src/chain/perpetual.ts'
import { policyFor } from '../../../src/keep/policy.ts'
import { random } from '../../support/random.ts'
import { openTerminal, type Terminal } from '../support/terminal.ts'

const STORES = 5
const KILLS = 5
/** A run takes 1.5 s before it does anything, and less than a second for everything that is due. */
const EARLIEST_MS = 1200
const LATEST_MS = 3200
const INCOMPLETE = 2
const FIL = 10n ** 18n

/** Set SEED to repeat a run. */
const seed = process.env['SEED'] ?? randomBytes(8).toString('hex')

/** What of a line of the journal is looked at. */
interface Fact {
  readonly kind: string
  readonly ids?: readonly number[]
}

describe(`the keeper, killed ${KILLS} times (SEED=${seed})`, function () {
  this.timeout(240_000)
  let terminal: Terminal
  let provider: JsonRpcProvider
  let storage: PerpetualStorage
  let service: string[]
  before(async () => {
    terminal = await openTerminal()
    service = ['keeper', '--once', '--state', join(terminal.folder, 'state')]
  })
  after(async () => {
    provider.destroy()
    await terminal.close()
  })

  it('pokes every store once', async () => {
    const { run, folder, env } = terminal
    const { perpetual } = (await run('deploy', '--perpetual')) as { perpetual: { address: string } }
    const path = join(folder, 'file')
    await writeFile(path, random(5_000, seed))
    const { pieces } = (await run('prepare', path)) as {
      pieces: { pieceCid: string; pieceSize: number; size: number; root: string }[]
    }
    const [piece] = pieces
    if (piece === undefined) expect.fail('nothing was prepared')
    provider = new JsonRpcProvider(env['SEALIFT_LOCALNET_URL'], undefined, { cacheTimeout: -1 })
    // The keeper has the first account.
    storage = openPerpetual(perpetual.address, await provider.getSigner(1))
    const bounds = await collateralBounds(provider, piece.pieceSize)
    const policy = policyFor(
      { replicas: 2, locations: [`${env['SEALIFT_DEPOT_URL']}/piece/`] },
      { pieceSize: piece.pieceSize, collateralBounds: bounds },
    )
    for (let i = 0; i < STORES; i += 1) await storage.store(piece, policy, { value: FIL })
    const ids = Array.from({ length: STORES }, (_, i) => BigInt(i + 1))
    await until(async () => {
      const all = await Promise.all(ids.map((id) => storage.statusOf(id)))
      return all.every(({ active }) => active === policy.replicas)
    })
    const due = await Promise.all(ids.map(async (id) => (await storage.statusOf(id)).next.dueAt))
    await run('localnet', 'mine', '--to', `${Math.max(...due)}`)

    for (const moment of new Uint32Array(random(4 * KILLS, seed).buffer))
      await killedAfter(EARLIEST_MS + (moment % (LATEST_MS - EARLIEST_MS)))
    await finished()
    for (const id of ids) expect((await storage.storeOf(id)).attempts, `store ${id}`).to.equal(2)
    const journal = await readFile(join(folder, 'state', 'journal.jsonl'), 'utf8')
    const facts = journal
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Fact)
    const poked = facts.filter(({ kind }) => kind === 'intended').flatMap((one) => one.ids ?? [])
    expect(poked.toSorted((a, b) => a - b)).to.deep.equal(ids.map(Number))
  })

  async function killedAfter(ms: number): Promise<void> {
    const child = terminal.start(...service)
    const ended = once(child, 'exit')
    await Promise.race([sleep(ms), ended])
    child.kill('SIGKILL')
    await ended
  }

  /** Runs until no message waits any more. */
  async function finished(): Promise<void> {
    for (;;) {
      try {
        await terminal.run(...service)
        return
      } catch (error) {
        if ((error as { code?: unknown }).code !== INCOMPLETE) throw error
      }
    }
  }
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(200)
}
