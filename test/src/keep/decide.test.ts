/** Each rule by hand, at its edges. docs/keep-rules.md names these tests. */
import { expect } from 'chai'
import { type Decision, decide, isDue } from '../../../src/keep/decide.ts'
import type { Facts } from '../../../src/keep/facts.ts'
import { REASONS } from '../../../src/keep/reason.ts'
import { COPY, deal, dealsOf, NOTHING, storeOf, TERM } from './stores.ts'

/** What is proposed now, to start at `startEpoch`. */
function proposal(epoch: number, copies: number, startEpoch: number): Partial<Decision> {
  return { copies, startEpoch, endEpoch: startEpoch + TERM, settles: true, dueAt: epoch }
}

type Expected = Partial<Decision> & Pick<Decision, 'reason'>

const CASES: readonly (readonly [name: string, facts: Partial<Facts>, decision: Expected])[] = [
  [
    'healthy: all copies are active and none is near its end',
    { deals: dealsOf(500, 500, 600) },
    { reason: 'healthy', dueAt: 1400 },
  ],
  [
    'healthy: a published copy counts up to its start epoch',
    { epoch: 1010, deals: dealsOf(500, 500, deal('published', 1010)) },
    { reason: 'healthy', dueAt: 1011 },
  ],
  [
    'healthy: what ended beside its follower needs nothing',
    { deals: dealsOf(500, 500, 500, deal('ended', -100)) },
    { reason: 'healthy', dueAt: 1400 },
  ],
  [
    'healthy: what failed and is written down needs nothing',
    { deals: dealsOf(500, 500, 500, deal('missed', 700, true), deal('terminated', 700, true)) },
    { reason: 'healthy', dueAt: 1400 },
  ],
  [
    'healthy: more copies than are wanted stay',
    { replicas: 1, deals: dealsOf(500, 500) },
    { reason: 'healthy', dueAt: 1400 },
  ],
  [
    'healthy: not one epoch before the lead is anything renewed',
    { epoch: 1399, deals: dealsOf(500, 500, 500) },
    { reason: 'healthy', dueAt: 1400 },
  ],
  [
    'renewal: at end − lead, to start startDelay + 1 before the end',
    { epoch: 1400, deals: dealsOf(500, 500, 500) },
    { reason: 'renewal', ...proposal(1400, 3, 1479) },
  ],
  [
    'renewal: a late one starts as soon as may be',
    { epoch: 1470, deals: dealsOf(500, 500, 500) },
    { reason: 'renewal', ...proposal(1470, 3, 1490) },
  ],
  [
    'renewal: of those near their end only',
    { epoch: 1400, deals: dealsOf(500, 520, 540) },
    { reason: 'renewal', ...proposal(1400, 1, 1479) },
  ],
  [
    'renewal: an end that was followed is not followed twice',
    { epoch: 1410, deals: dealsOf(deal('published', 1479), 900, 510, 500) },
    { reason: 'renewal', ...proposal(1410, 1, 1489) },
  ],
  [
    'renewal: a copy that starts as soon as a new one could counts as stored',
    { epoch: 1400, deals: dealsOf(deal('published', 1420), 900, 500) },
    { reason: 'renewal', ...proposal(1400, 1, 1479) },
  ],
  [
    'missing: a copy that starts later than a new one could does not',
    { epoch: 1400, deals: dealsOf(deal('published', 1421), 900, 500) },
    { reason: 'missing', ...proposal(1400, 1, 1420) },
  ],
  [
    'renewal: offers one step less than the market took',
    { epoch: 1400, step: 3, deals: dealsOf(500, 500, 500) },
    { reason: 'renewal', ...proposal(1400, 3, 1479), step: 2 },
  ],
  [
    'awaiting: providers have the start epoch itself',
    { epoch: 1010, openCopies: 3, openSince: 990, openStart: 1010 },
    { reason: 'awaiting', dueAt: 1011 },
  ],
  [
    'awaiting: the patience for a renewal is startDelay, not its start',
    { epoch: 1420, openCopies: 3, openSince: 1400, openStart: 1479, deals: dealsOf(500, 500, 500) },
    { reason: 'awaiting', dueAt: 1421 },
  ],
  [
    'awaiting: a store has one offer at a time',
    { replicas: 5, openCopies: 1, openSince: 990, openStart: 1010, deals: dealsOf(500) },
    { reason: 'awaiting', dueAt: 1011 },
  ],
  [
    'retry: one epoch later the offer is ended and made anew, one step dearer',
    { epoch: 1011, openCopies: 3, openSince: 990, openStart: 1010 },
    { reason: 'retry', ...proposal(1011, 3, 1031), endsOpen: true, settles: false, step: 1 },
  ],
  [
    'retry: a renewal that nobody took still starts before the old end',
    { epoch: 1421, openCopies: 3, openSince: 1400, openStart: 1479, deals: dealsOf(500, 500, 500) },
    { reason: 'retry', ...proposal(1421, 3, 1479), endsOpen: true, step: 1 },
  ],
  [
    'retry: only for the copies that nobody took',
    { epoch: 1011, openCopies: 1, openSince: 990, openStart: 1010, deals: dealsOf(1010, 1010) },
    { reason: 'retry', ...proposal(1011, 1, 1031), endsOpen: true, step: 1 },
  ],
  [
    'retry: the last step is the ceiling',
    { epoch: 1011, step: 7, openCopies: 3, openSince: 990, openStart: 1010 },
    { reason: 'retry', ...proposal(1011, 3, 1031), endsOpen: true, settles: false, step: 8 },
  ],
  [
    'retry: what the failed offer held back pays for the next',
    {
      epoch: 1011,
      money: 0n,
      openCopies: 3,
      openSince: 990,
      openStart: 1010,
      openReserve: 3n * COPY,
    },
    { reason: 'retry', ...proposal(1011, 1, 1031), endsOpen: true, settles: false, step: 1 },
  ],
  [
    'at-ceiling: the highest offer is made again, with twice the time',
    { epoch: 1011, step: 8, openCopies: 3, openSince: 990, openStart: 1010 },
    { reason: 'at-ceiling', ...proposal(1011, 3, 1051), endsOpen: true, settles: false, step: 9 },
  ],
  [
    'at-ceiling: an offer with twice the time waits as long',
    { epoch: 1030, step: 9, openCopies: 3, openSince: 990, openStart: 1030 },
    { reason: 'awaiting', copies: 0, endsOpen: false, step: 9, dueAt: 1031 },
  ],
  [
    'at-ceiling: the last doubling is the third',
    { epoch: 1151, step: 11, openCopies: 3, openSince: 990, openStart: 1150 },
    { reason: 'at-ceiling', ...proposal(1151, 3, 1311), endsOpen: true, settles: false, step: 11 },
  ],
  [
    'at-ceiling: no offer has more than 15 days',
    { epoch: 30_000, step: 9, openCopies: 3, openSince: 0, openStart: 20_000, startDelay: 20_000 },
    {
      reason: 'at-ceiling',
      ...proposal(30_000, 3, 73_200),
      endsOpen: true,
      settles: false,
      step: 10,
    },
  ],
  [
    'at-ceiling: good copies do not mind an offer that waits long',
    {
      epoch: 1100,
      step: 11,
      openCopies: 1,
      openSince: 1000,
      openStart: 1160,
      deals: dealsOf(500, 500),
    },
    { reason: 'awaiting', copies: 0, endsOpen: false, step: 11, dueAt: 1161 },
  ],
  [
    'at-ceiling: copies near their end wait startDelay for it, not 15 days',
    {
      epoch: 1400,
      step: 11,
      openCopies: 1,
      openSince: 1380,
      openStart: 1540,
      deals: dealsOf(500, 500),
    },
    { reason: 'awaiting', copies: 0, endsOpen: false, step: 11, dueAt: 1401 },
  ],
  [
    'at-ceiling: copies near their end are proposed with the one that nobody took',
    {
      epoch: 1401,
      step: 11,
      openCopies: 1,
      openSince: 1380,
      openStart: 1540,
      deals: dealsOf(500, 500),
    },
    { reason: 'at-ceiling', ...proposal(1401, 3, 1421), endsOpen: true, step: 11 },
  ],
  [
    'at-ceiling: a copy that is lost waits startDelay for it, not 15 days',
    {
      epoch: 1021,
      step: 11,
      openCopies: 1,
      openSince: 1000,
      openStart: 1160,
      deals: dealsOf(500, deal('terminated', 500)),
    },
    { reason: 'at-ceiling', ...proposal(1021, 2, 1181), endsOpen: true, step: 11 },
  ],
  [
    'cancelled: nobody is paid for what f05 forgot after its end',
    { epoch: 1500, cancelled: true, deals: dealsOf(deal('missed', 500)) },
    { reason: 'cancelled', settles: false, dueAt: 0 },
  ],
  [
    'renewal: after offers at the ceiling begins one step below it',
    { epoch: 1400, step: 11, deals: dealsOf(500, 500, 500) },
    { reason: 'renewal', ...proposal(1400, 3, 1479), step: 7 },
  ],
  [
    'repair: a terminated copy is replaced as soon as may be',
    { deals: dealsOf(500, 500, deal('terminated', 500)) },
    { reason: 'repair', ...proposal(1000, 1, 1020) },
  ],
  [
    'repair: a copy is missed one epoch after its start',
    { epoch: 1011, deals: dealsOf(500, 500, deal('missed', 1010)) },
    { reason: 'repair', ...proposal(1011, 1, 1031) },
  ],
  [
    'repair: is not put off like a renewal while a follower waits for its start',
    { epoch: 1410, deals: dealsOf(deal('published', 1479), 900, deal('terminated', 900), 500) },
    { reason: 'repair', ...proposal(1410, 1, 1430) },
  ],
  [
    'repair: of a renewal that never activated starts when the old copies end',
    {
      epoch: 1480,
      deals: dealsOf(
        deal('missed', 1479),
        deal('missed', 1479),
        deal('missed', 1479),
        500,
        500,
        500,
      ),
    },
    { reason: 'repair', ...proposal(1480, 3, 1500) },
  ],
  [
    'repair: keeps its step',
    { step: 4, deals: dealsOf(500, 500, deal('terminated', 500)) },
    { reason: 'repair', ...proposal(1000, 1, 1020), step: 4 },
  ],
  [
    'missing: copies that ended are proposed anew',
    { epoch: 1500, deals: dealsOf(deal('ended', 500), deal('ended', 500), deal('ended', 500)) },
    { reason: 'missing', ...proposal(1500, 3, 1520) },
  ],
  [
    'missing: a policy that asks for more copies gets them',
    { replicas: 5, deals: dealsOf(500, 500, 500) },
    { reason: 'missing', ...proposal(1000, 2, 1020) },
  ],
  [
    'missing: a loss that is written down is still made good',
    { deals: dealsOf(500, 500, deal('terminated', 500, true)) },
    { reason: 'missing', ...proposal(1000, 1, 1020) },
  ],
  [
    'missing: without any deal there is nothing to settle',
    {},
    { reason: 'missing', ...proposal(1000, 3, 1020), settles: false },
  ],
  [
    'close: what failed is settled while an offer waits',
    { openCopies: 1, openSince: 990, openStart: 1010, deals: dealsOf(500, deal('missed', 900)) },
    { reason: 'close', settles: true, dueAt: 1000 },
  ],
  [
    'close: an offer that failed is ended though the money covers no other',
    {
      epoch: 1011,
      money: 0n,
      openCopies: 3,
      openSince: 990,
      openStart: 1010,
      openReserve: COPY - 1n,
    },
    { reason: 'close', endsOpen: true, step: 1, dueAt: 1011 },
  ],
  [
    'no-money: one attoFIL less than a copy costs',
    { money: COPY - 1n, deals: dealsOf(500, 500) },
    { reason: 'no-money', dueAt: 1400 },
  ],
  [
    'no-money: what a copy costs is enough for one',
    { money: COPY, deals: dealsOf(500, 500) },
    { reason: 'missing', ...proposal(1000, 1, 1020) },
  ],
  [
    'no-money: as many copies as the money covers',
    { money: 3n * COPY - 1n },
    { reason: 'missing', ...proposal(1000, 2, 1020), settles: false },
  ],
  [
    'no-money: rather a lower offer than none',
    { step: 3, money: 3n * COPY - 1n },
    { reason: 'missing', ...proposal(1000, 1, 1020), settles: false, step: 1 },
  ],
  [
    'no-money: what an offer holds back is not free while it waits',
    { money: 0n, openCopies: 1, openSince: 990, openStart: 1010, openReserve: COPY },
    { reason: 'awaiting', dueAt: 1011 },
  ],
  [
    'no-money: what costs nothing needs none',
    { money: 0n, price: 0n, maxPrice: 0n },
    { reason: 'missing', ...proposal(1000, 3, 1020), settles: false },
  ],
  [
    'no-providers: every listed provider holds a copy',
    { eligible: 0, deals: dealsOf(500, 500) },
    { reason: 'no-providers', dueAt: 1400 },
  ],
  [
    'no-providers: one that may take a copy gets one',
    { eligible: 1 },
    { reason: 'missing', ...proposal(1000, 1, 1020), settles: false },
  ],
  [
    'crowded: nothing is proposed while too many attempts are followed',
    { crowded: true, deals: dealsOf(500, 500) },
    { reason: 'crowded', dueAt: 1400 },
  ],
  [
    'crowded: a healthy store does not mind',
    { crowded: true, deals: dealsOf(500, 500, 500) },
    { reason: 'healthy', dueAt: 1400 },
  ],
  [
    'crowded: what failed is settled',
    { crowded: true, deals: dealsOf(500, 500, deal('missed', 900)) },
    { reason: 'close', settles: true, dueAt: 1000 },
  ],
  [
    'cancelled: nothing is renewed',
    { cancelled: true, epoch: 1450, deals: dealsOf(500, 500, 500) },
    { reason: 'cancelled', dueAt: 1500 },
  ],
  [
    'cancelled: an open offer is withdrawn at once',
    { cancelled: true, step: 2, openCopies: 3, openSince: 990, openStart: 1010 },
    { reason: 'cancelled', endsOpen: true, step: 2, dueAt: 1000 },
  ],
  [
    'cancelled: an offer that failed is no reason to offer more',
    { cancelled: true, epoch: 1011, step: 2, openCopies: 3, openSince: 990, openStart: 1010 },
    { reason: 'cancelled', endsOpen: true, step: 2, dueAt: 1011 },
  ],
  [
    'cancelled: what was missed is settled, for the money',
    { cancelled: true, deals: dealsOf(500, deal('missed', 900)) },
    { reason: 'cancelled', settles: true, dueAt: 1000 },
  ],
  [
    'cancelled: nobody is paid for what ended',
    { cancelled: true, epoch: 1500, deals: dealsOf(deal('ended', 500)) },
    { reason: 'cancelled', dueAt: 0 },
  ],
]

describe('keep/decide', () => {
  for (const [name, facts, decision] of CASES)
    it(name, () => {
      expect(decide(storeOf(facts))).to.deep.equal({ ...NOTHING, ...decision })
    })

  it('has a case for each reason but the first proposal, which `store` makes', () => {
    const met = new Set(CASES.map(([, , { reason }]) => reason))
    expect(REASONS.filter((reason) => !met.has(reason))).to.deep.equal(['first'])
  })

  it('is due exactly when a poke would change something', () => {
    for (const change of [{ copies: 1 }, { settles: true }, { endsOpen: true }])
      expect(isDue({ ...NOTHING, reason: 'healthy', ...change })).to.equal(true)
    expect(isDue({ ...NOTHING, reason: 'healthy', dueAt: 1 })).to.equal(false)
  })
})

const at = (facts: Partial<Facts>): Decision => decide(storeOf(facts))

/** RAAS ignored its thresholds and pinned its target once (docs/starter-kit-bugs.md). */
describe('keep/decide and the old kits', () => {
  it('B14: a threshold that is changed changes the action', () => {
    const facts = { epoch: 1400, deals: dealsOf(500, 500, 500) }
    expect(at({ ...facts, lead: 99 }).reason).to.equal('healthy')
    expect(at({ ...facts, lead: 100 }).reason).to.equal('renewal')
    const offer = { epoch: 1011, openCopies: 3, openSince: 990, openStart: 2000 }
    expect(at({ ...offer, startDelay: 21 }).reason).to.equal('awaiting')
    expect(at({ ...offer, startDelay: 20 }).reason).to.equal('retry')
  })

  it('B14: a target of N copies makes N copies, also when it changes', () => {
    for (let replicas = 1; replicas <= 8; replicas++) {
      expect(at({ replicas }).copies).to.equal(replicas)
      const more = { replicas, deals: dealsOf(500, 500) }
      expect(at(more).copies, `${replicas} after 2`).to.equal(Math.max(replicas - 2, 0))
    }
  })
})
