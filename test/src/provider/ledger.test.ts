import { expect } from 'chai'
import type { Entry, Happening } from '../../../src/provider/journal.ts'
import { type Ledger, openLedger } from '../../../src/provider/ledger.ts'
import { refused } from '../../support/refused.ts'
import { cutAfter, memoryJournal } from './support/cut.ts'

const KEY = 'a'
const LIFE: Happening[] = [
  { kind: 'seen', key: KEY, client: '0xc', proposalId: '0x1', block: '5' },
  { kind: 'accepted', key: KEY, proposal: '0x8b', identity: 'i', url: 'http://x', size: 7 },
  { kind: 'downloaded', key: KEY },
  { kind: 'publishing', keys: [KEY], nonce: 3, fromDealId: '40' },
  { kind: 'published', key: KEY, dealId: '42' },
  { kind: 'sealed', key: KEY, sector: '42' },
  { kind: 'proving', key: KEY },
  { kind: 'activated', key: KEY, epoch: '99' },
  { kind: 'losing', key: KEY, loss: 'terminate' },
  { kind: 'lost', key: KEY, loss: 'terminate' },
]
const STATES = [
  'seen',
  'accepted',
  'downloaded',
  'publishing',
  'published',
  'sealed',
  'proving',
  'active',
  'losing',
  'lost',
]

describe('openLedger', () => {
  let entries: Entry[]
  const open = (): Ledger =>
    openLedger(memoryJournal(entries, cutAfter(1_000_000)), entries.slice(), () => 17)

  beforeEach(() => {
    entries = []
  })

  it('goes through the states of a deal, and a reloaded one knows the same', async () => {
    const ledger = open()
    for (const [index, happening] of LIFE.entries()) {
      await ledger.record(happening)
      expect(ledger.get(KEY)).to.include({ state: STATES[index], key: KEY, at: 17 })
      expect(open().list()).to.deep.equal(ledger.list())
    }
    expect(ledger.get(KEY)).to.include({
      dealId: 42n,
      sector: 42n,
      activatedAt: 99n,
      client: '0xc',
    })
  })

  for (const [index, happening] of LIFE.entries())
    for (const [state, reached] of STATES.entries())
      if (index > state + 1)
        it(`refuses ${happening.kind} after ${reached}`, async () => {
          const ledger = open()
          for (const past of LIFE.slice(0, state + 1)) await ledger.record(past)
          await refused('DEPOT_CORRUPT', ledger.record(happening))
        })

  it('knows what it accepted once, failed or not', async () => {
    const ledger = open()
    expect(ledger.knows('i')).to.equal(false)
    for (const happening of LIFE.slice(0, 2)) await ledger.record(happening)
    expect(ledger.knows('i')).to.equal(true)
    const failure = { step: 'download', code: 'FETCH_FAILED', reason: 'gone' } as const
    await ledger.record({ kind: 'failed', key: KEY, ...failure })
    expect(ledger.get(KEY)).to.include({ state: 'failed', ...failure })
    expect(open().knows('i')).to.equal(true)
  })

  it('keeps what was published twice apart from the deal', async () => {
    const ledger = open()
    for (const happening of LIFE.slice(0, 5)) await ledger.record(happening)
    await ledger.record({ kind: 'republished', key: KEY, outcome: 'refused' })
    expect(ledger.get(KEY)).to.deep.include({ state: 'published', republished: ['refused'] })
  })

  it('remembers since when and up to where it followed', async () => {
    const ledger = open()
    expect(ledger.followed()).to.equal(undefined)
    for (const block of ['10', '20', '30']) await ledger.record({ kind: 'followed', block })
    expect(ledger.followed()).to.deep.equal({ since: 10n, to: 30n })
  })
})
