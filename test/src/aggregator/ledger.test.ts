import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Fact } from '../../../src/aggregator/facts.ts'
import { openLedger } from '../../../src/aggregator/ledger.ts'
import { refused } from '../../support/refused.ts'

const READ: Fact = { kind: 'read', block: 7 }

describe('the ledger of the aggregator', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-aggregator-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

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
