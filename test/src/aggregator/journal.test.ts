import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Fact } from '../../../src/aggregator/facts.ts'
import { openJournal } from '../../../src/aggregator/journal.ts'
import { openLedger } from '../../../src/aggregator/ledger.ts'
import { refused } from '../../support/refused.ts'

const READ: Fact = { kind: 'read', block: 7 }

describe('the journal of the aggregator', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-aggregator-'))
    path = join(folder, 'state', 'journal.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function append(...written: number[]): Promise<void> {
    const { journal } = await openJournal(path)
    await Promise.all(written.map((block) => journal.append({ kind: 'read', block, at: 1 })))
    await journal.close()
  }

  async function blocks(): Promise<unknown[]> {
    const { journal, entries } = await openJournal(path)
    await journal.close()
    return entries.map((entry) => (entry.kind === 'read' ? entry.block : entry.kind))
  }

  it('gives back what was written, in the order of the calls', async () => {
    await append(1, 2, 3)
    await append(4)
    expect(await blocks()).to.deep.equal([1, 2, 3, 4])
  })

  it('drops a last line that was cut off, wherever it was cut', async () => {
    await append(1, 2)
    const whole = await readFile(path)
    const first = whole.indexOf('\n') + 1
    for (let length = first; length < whole.length; length += 1) {
      await writeFile(path, whole)
      await truncate(path, length)
      expect(await blocks(), `cut at ${length}`).to.deep.equal([1])
      await append(3)
      expect(await blocks(), `cut at ${length}`).to.deep.equal([1, 3])
    }
  })

  it('refuses a file with another line that is no JSON', async () => {
    await append(1)
    await appendFile(path, 'nonsense\n')
    await refused('DEPOT_CORRUPT', openJournal(path))
  })

  it('counts a fact only when it is on the disk', async () => {
    const options = { folder, service: 'one', now: () => 5 }
    const ledger = await openLedger({
      ...options,
      through: (journal) => ({
        close: () => journal.close(),
        append: (entry) =>
          entry.kind === 'read' ? Promise.reject(new Error('power')) : journal.append(entry),
      }),
    })
    await ledger.record(READ).then(
      () => expect.fail('written'),
      () => undefined,
    )
    expect(ledger.state.read).to.equal(undefined)
    await ledger.close()
    const again = await openLedger(options)
    expect(again.state).to.include({ read: undefined, service: 'one' })
    await again.close()
  })

  it('is not taken up by another service', async () => {
    const options = { folder, now: () => 5 }
    await (await openLedger({ ...options, service: 'one' })).close()
    await refused('ARGUMENT_INVALID', openLedger({ ...options, service: 'two' }))
  })
})
