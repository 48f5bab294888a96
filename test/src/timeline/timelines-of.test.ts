import { expect } from 'chai'
import type { ClientEvent } from '../../../src/deal/client-event.ts'
import type { ProposalKnown, Surroundings } from '../../../src/timeline/facts.ts'
import type { ProposalTimeline, Step } from '../../../src/timeline/timeline.ts'
import { timelinesOf } from '../../../src/timeline/timelines-of.ts'
import {
  announced,
  around,
  CLIENT,
  deal,
  fetch,
  GIB,
  ID,
  known,
  made,
  MADE_AT,
  MADE_TIME,
  OTHER,
  OWNER,
  push,
  START,
} from './known.ts'

function only(proposal: ProposalKnown, where: Surroundings = around()): ProposalTimeline {
  const [timeline, ...more] = timelinesOf([proposal], where)
  expect(more).to.have.length(0)
  return timeline as ProposalTimeline
}

/** The last step of f01000, to whom it was pushed. */
function fetched(fetches: ProposalKnown['fetches']): Step | undefined {
  return only(known({ pushes: [push({ at: 0 })], fetches })).replicas[0]?.steps.at(-1)
}

const stepsOf = (steps: readonly Step[]): string[] => steps.map(({ step }) => step)

function seen(events: readonly ClientEvent[]): ProposalKnown['events'] {
  return [
    announced(MADE_AT, '0xaa'),
    made(MADE_AT, '0xaa'),
    ...events.map((event, index) => ({ event, tx: `0x${index}` })),
  ]
}

const [E1, E2, E3] = [MADE_AT + 100n, MADE_AT + 2000n, MADE_AT + 90_000n]

function paid(amount: bigint, completed: boolean, epoch: bigint): ClientEvent {
  return { name: 'DealSettled', epoch, dealId: 7n, paid: amount, completed }
}

function later(label: string): ProposalKnown {
  const deals = [deal({ dealId: 9n })]
  return known({ proposalId: OTHER, label, deals, events: [made(E3, '0xcc')] })
}

describe('timeline/timelines-of: steps', () => {
  it('begins with the proposal and its announcement, with time, source and link', () => {
    const { steps, replicas, state } = only(known())
    expect(state).to.equal('open')
    expect(steps).to.deep.equal([
      {
        id: `${ID}:proposed`,
        step: 'proposed',
        epoch: 4_000_000,
        at: MADE_TIME,
        text: `proposed by ${OWNER}, for 2 replicas`,
        source: `event ProposalMade of ${CLIENT}, transaction 0xaa`,
        link: 'https://explorer.example/tx/0xaa',
      },
      {
        id: `${ID}:announced:0xaa`,
        step: 'announced',
        epoch: 4_000_000,
        at: MADE_TIME,
        text: 'announced to providers that watch the chain',
        source: `event DealProposalCreate of ${CLIENT}, transaction 0xaa`,
        link: 'https://explorer.example/tx/0xaa',
      },
    ])
    expect(
      replicas.map(({ replica, provider, dealId }) => [replica, provider, dealId]),
    ).to.deep.equal([
      [1, null, null],
      [2, null, null],
    ])
  })

  it('tells an announcement that is repeated as such', () => {
    const events = [...seen([]), announced(E1, '0xbb')]
    const { steps } = only(known({ events }))
    expect(steps.map(({ text }) => text)).to.deep.equal([
      `proposed by ${OWNER}, for 2 replicas`,
      'announced to providers that watch the chain',
      'announced again to providers that watch the chain',
    ])
  })

  it('knows the proposal without logs, but no epoch, no announcement', () => {
    const { steps } = only(known({ events: [] }))
    expect(steps).to.have.length(1)
    expect(steps[0]).to.include({
      id: `${ID}:proposed`,
      epoch: null,
      at: null,
      source: `getProposal of ${CLIENT}`,
    })
  })

  it('has no times where the chain has no genesis, and no links where there is no explorer', () => {
    const { steps } = only(
      known(),
      around(MADE_AT, {
        genesis: undefined,
        transactionLink: () => undefined,
        dealLink: () => undefined,
      }),
    )
    expect(steps.map(({ at }) => at)).to.deep.equal([null, null])
    for (const step of steps) expect(step).to.not.have.property('link')
  })

  it('tells what somebody has fetched in the name of a provider, in distinct bytes, as a claim', () => {
    const { replicas, fetches } = only(known({ pushes: [push()], fetches: [fetch()] }))
    expect(replicas[0]).to.include({ provider: 'f01000', dealId: null })
    expect(replicas[0]?.steps.slice(1)).to.deep.equal([
      {
        id: `${ID}:fetching:f01000:50`,
        step: 'fetching',
        epoch: null,
        at: '2026-08-21T16:40:00.000Z',
        text: 'somebody who names itself f01000, at 10.1.2.3, fetched 62 %: 1.2 GiB of 2.0 GiB',
        source: "the depot's log, requests from 10.1.2.3 to the URL that was pushed to f01000",
      },
    ])
    expect(fetches).to.deep.equal([
      {
        provider: 'f01000',
        reader: 'f01000',
        from: '10.1.2.3',
        bytes: 1_331_439_862,
        total: 2_147_483_648,
        percent: 62,
        at: '2026-08-21T16:40:00.000Z',
      },
    ])
  })

  it('never says 100 % before the last byte', () => {
    const last = fetched([fetch({ bytes: 2 * GIB - 1 })])
    expect(last).to.include({ step: 'fetching', id: `${ID}:fetching:f01000:75` })
    expect(last?.text).to.match(/99 %/)
    const whole = fetched([fetch({ bytes: 2 * GIB })])
    expect(whole).to.include({ step: 'fetched', id: `${ID}:fetched:f01000` })
  })

  it('tells of a download when it begins, at each quarter, and when it is whole', () => {
    const percents = Array.from({ length: 101 }, (_, percent) => percent)
    const ids = percents.map((percent) => fetched([fetch({ bytes: percent, size: 100 })])?.id)
    expect([...new Set(ids)]).to.deep.equal([
      `${ID}:fetching:f01000:0`,
      `${ID}:fetching:f01000:25`,
      `${ID}:fetching:f01000:50`,
      `${ID}:fetching:f01000:75`,
      `${ID}:fetched:f01000`,
    ])
  })

  it('gives a download of nobody knows whom to no replica', () => {
    const { steps, replicas } = only(known({ fetches: [fetch({ by: undefined })] }))
    expect(replicas.map(({ provider }) => provider)).to.deep.equal([null, null])
    expect(replicas.flatMap((one) => one.steps)).to.deep.equal([])
    expect(steps.at(-1)).to.include({
      step: 'fetching',
      text: 'somebody at 10.1.2.3 fetched 62 %: 1.2 GiB of 2.0 GiB',
      source: "the depot's log, requests from 10.1.2.3",
    })
  })

  it('tells of readers that are not told apart as the furthest of them', () => {
    const others = fetch({ by: undefined, reader: 'others', others: 37 })
    expect(only(known({ fetches: [others] })).steps.at(-1)).to.include({
      id: `${ID}:fetching:others:50`,
      text: 'the furthest of 37 others, at 10.1.2.3, fetched 62 %: 1.2 GiB of 2.0 GiB',
    })
  })

  it('tells that somebody asked and got nothing', () => {
    expect(fetched([fetch({ bytes: 0 })])?.text).to.equal(
      'somebody who names itself f01000, at 10.1.2.3, has asked for it, 0 % sent',
    )
  })

  it('tells an acceptance with the UUID, and of the URL only where it leads', () => {
    const { replicas } = only(known({ pushes: [push()] }))
    expect(replicas[0]?.steps).to.deep.equal([
      {
        id: `${ID}:accepted:f01000:1787330040000`,
        step: 'accepted',
        epoch: null,
        at: '2026-08-21T16:34:00.000Z',
        text: 'accepted by f01000, its deal 6a09e667-f3bc-4908-b2fb-1366ea957d3e',
        source: 'answer of f01000 over MK12 at sp.example:12310',
      },
    ])
  })

  it("tells a refusal in the provider's words, once however often it is repeated", () => {
    const no = push({ outcome: 'refused', reason: 'price below ask' })
    const { replicas } = only(known({ pushes: [no, { ...no, at: no.at + 60_000 }] }))
    expect(replicas[0]?.steps.map(({ step, text }) => [step, text])).to.deep.equal([
      ['refused', 'refused by f01000: price below ask'],
    ])
  })

  it('tells a push without an answer as a push', () => {
    const { replicas } = only(
      known({
        pushes: [
          push({ outcome: 'unreachable', reason: 'connection refused', url: '' }),
          push({ provider: 1001n, outcome: 'unclear', reason: 'it broke off' }),
        ],
      }),
    )
    expect(replicas.map(({ steps }) => [steps[0]?.text, steps[0]?.source])).to.deep.equal([
      ['pushed, but f01000 could not be reached: connection refused', "the relay's push to f01000"],
      [
        'pushed, but f01001 gave no clear answer: it broke off',
        "the relay's push to f01001 at sp.example:12310",
      ],
    ])
  })

  const published = {
    name: 'DealPublished',
    epoch: E1,
    proposalId: ID,
    dealId: 7n,
    provider: 1000n,
  }

  it('tells a publication with its deal and transaction', () => {
    const events = seen([published as ClientEvent])
    const { replicas } = only(known({ events, deals: [deal()] }), around(E1))
    expect(replicas[0]).to.include({ provider: 'f01000', dealId: 7 })
    expect(replicas[0]?.steps).to.deep.equal([
      {
        id: `${ID}:published:7`,
        step: 'published',
        epoch: 4_000_100,
        at: '2026-08-21T16:23:00.000Z',
        text: 'published by f01000 as deal 7',
        source: `event DealPublished of ${CLIENT}, transaction 0x0`,
        link: 'https://explorer.example/tx/0x0',
      },
    ])
  })

  it('knows the same step by the same id from the view alone', () => {
    const { replicas } = only(known({ deals: [deal()] }), around(E1))
    expect(replicas[0]?.steps[0]).to.include({
      id: `${ID}:published:7`,
      source: `getDeal of ${CLIENT}`,
      link: 'https://explorer.example/deal/7',
    })
  })

  it('tells of no sealing, which nobody tells, but of activity and the days that are left', () => {
    const active = deal({ state: 'active', activatedAt: E2 })
    // 10 days and a quarter before the end
    const { replicas } = only(known({ deals: [active] }), around(START + 518_400n - 29_520n))
    expect(stepsOf(replicas[0]?.steps ?? [])).to.deep.equal(['published', 'active'])
    expect(replicas[0]?.steps[1]).to.include({
      epoch: 4_002_000,
      source: `getDeal of ${CLIENT}, which asks f05`,
    })
    expect(replicas[0]?.daysLeft).to.equal(10.2)
    expect(replicas[1]?.daysLeft).to.equal(null)
  })

  it('tells each settlement', () => {
    const other: ClientEvent = { ...paid(9n, true, E3), dealId: 8n } as ClientEvent
    const events = seen([paid(10n ** 18n, false, E2), other, paid(5n, true, E3)])
    const { replicas } = only(
      known({ events, deals: [deal({ state: 'ended', activatedAt: E1 })] }),
      around(START + 600_000n),
    )
    expect(replicas[0]?.steps.map(({ text }) => text).slice(2)).to.deep.equal([
      'settled: 1 FIL paid to f01000',
      'settled: 5 attoFIL paid to f01000, the last payment',
      `ended as agreed, at epoch ${START + 518_400n}`,
    ])
  })

  const ends = [
    ['ended', START + 518_400n, `ended as agreed, at epoch ${START + 518_400n}`],
    ['missed', START + 1n, `missed: f01000 did not seal it before epoch ${START} passed`],
    [
      'terminated',
      undefined,
      `terminated: f01000 lost it before its end at epoch ${START + 518_400n}`,
    ],
  ] as const
  for (const [state, epoch, text] of ends) {
    it(`tells that a deal is ${state}, from the view and from the event`, () => {
      const where = around(START + 600_000n)
      const seenOnly = only(known({ deals: [deal({ state })] }), where).replicas[0]?.steps.at(-1)
      expect(seenOnly).to.include({ id: `${ID}:${state}:7`, step: state, text })
      expect(seenOnly?.epoch).to.equal(epoch === undefined ? null : Number(epoch))
      const event: ClientEvent = { name: 'DealClosed', epoch: E3, dealId: 7n, outcome: state }
      const told = only(known({ events: seen([event]), deals: [deal({ state })] }), where)
      const last = told.replicas[0]?.steps.at(-1)
      expect(last).to.include({ id: `${ID}:${state}:7`, text })
      expect(last?.source).to.equal(`event DealClosed of ${CLIENT}, transaction 0x0`)
      expect(last?.epoch).to.equal(Number(epoch ?? E3))
    })
  }

  it('tells that a proposal lapsed, and when', () => {
    const { steps, replicas } = only(known({ state: 'lapsed', deals: [] }), around(START + 5n))
    expect(steps.at(-1)).to.include({
      step: 'lapsed',
      epoch: Number(START) + 1,
      text: `lapsed: 0 of 2 replicas published before the start epoch ${START} passed`,
    })
    expect(replicas.map(({ waiting }) => waiting)).to.deep.equal([null, null])
  })

  it('tells that a proposal was cancelled', () => {
    const event: ClientEvent = {
      name: 'ProposalCancelled',
      epoch: E1,
      proposalId: ID,
      released: 1n,
    }
    const { steps } = only(known({ state: 'cancelled', events: seen([event]) }))
    expect(steps.at(-1)).to.include({ step: 'cancelled', epoch: Number(E1) })
    const silent = only(known({ state: 'cancelled' })).steps.at(-1)
    expect(silent).to.include({ id: `${ID}:cancelled`, epoch: null })
  })
})

describe('timeline/timelines-of: replicas', () => {
  it('gives the first slots to those who published, and lists the rest with the proposal', () => {
    const { steps, replicas } = only(
      known({
        deals: [deal({ provider: 1002n, dealId: 9n })],
        pushes: [
          push({ provider: 1000n, outcome: 'refused', reason: 'no room' }),
          push({ provider: 1001n }),
        ],
      }),
    )
    expect(replicas.map(({ provider }) => provider)).to.deep.equal(['f01002', 'f01001'])
    expect(steps.at(-1)).to.include({ step: 'refused', text: 'refused by f01000: no room' })
  })

  it('gives no slot to whoever says that it is a provider', () => {
    const no = push({ provider: 1001n, outcome: 'refused', reason: 'no room' })
    for (const pushes of [[], [no]]) {
      const { steps, replicas } = only(known({ replicas: 1, pushes, fetches: [fetch()] }))
      expect(replicas.map(({ provider }) => provider)).to.deep.equal([
        pushes.length === 0 ? null : 'f01001',
      ])
      expect(steps.at(-1)?.text).to.match(/^somebody who names itself f01000, at 10\.1\.2\.3, /)
    }
  })

  it('prefers who has not refused, whatever readers say', () => {
    const no = push({ provider: 1001n, outcome: 'refused', reason: 'no room' })
    const { replicas } = only(
      known({
        replicas: 1,
        pushes: [no, push({ outcome: 'unclear', reason: 'x' })],
        fetches: [fetch({ by: 'f01001' })],
      }),
    )
    expect(replicas.map(({ provider }) => provider)).to.deep.equal(['f01000'])
  })

  it('has no two steps with one id', () => {
    const { steps, replicas } = only(
      known({
        deals: [deal(), deal({ provider: 1001n, dealId: 8n, state: 'active', activatedAt: E2 })],
        fetches: [fetch(), fetch({ by: 'f01001' }), fetch({ by: undefined })],
        pushes: [push(), push({ provider: 1001n, outcome: 'unclear', reason: 'x' })],
      }),
    )
    const ids = [...steps, ...replicas.flatMap((one) => one.steps)].map(({ id }) => id)
    expect(ids).to.have.length(10)
    expect(new Set(ids)).to.have.length(ids.length)
  })
})

describe('timeline/timelines-of: renewal', () => {
  const label = known().label
  const second = label.replace('abc-1', 'abc-2')

  it('tells that a later attempt of the same request renews what was stored', () => {
    const [first, renewal] = timelinesOf([known({ deals: [deal()] }), later(second)], around(E3))
    expect(first?.steps.at(-1)).to.include({
      id: `${ID}:renewed:${OTHER}`,
      step: 'renewed',
      epoch: Number(E3),
      text: 'renewed by attempt 2, proposal 0x2b2b2b2b…, 1 of 2 published',
    })
    expect(first?.steps.at(-1)?.source).to.include(`label of proposal ${OTHER}`)
    expect(stepsOf(renewal?.steps ?? [])).to.not.include('renewed')
  })

  it('calls it proposed again where nothing was stored', () => {
    const [first] = timelinesOf([known(), later(second)], around(E3))
    expect(first?.steps.at(-1)).to.include({ step: 'proposed', id: `${ID}:proposed:${OTHER}` })
    expect(first?.steps.at(-1)?.text).to.match(/^proposed again by attempt 2/)
  })

  it('says nothing where the chain does not tell it', () => {
    const labels = [
      label.replace('abc-1', 'abd-2'),
      label,
      'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
    ]
    for (const one of labels) {
      const [first] = timelinesOf([known({ deals: [deal()] }), later(one)], around(E3))
      expect(stepsOf(first?.steps ?? [])).to.deep.equal(['proposed', 'announced'])
    }
  })
})
