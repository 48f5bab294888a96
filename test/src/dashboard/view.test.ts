import { expect } from 'chai'
import { shortened } from '../../../src/dashboard/names.ts'
import { openable, overviewOf, proposalOf } from '../../../src/dashboard/view.ts'
import {
  ADDRESS,
  chainFacts,
  deal,
  facts,
  known,
  OTHER_PIECE,
  PIECE,
  proposal,
  timeline,
} from './support/sample.ts'

const PROBLEM = { code: 'NODE_UNREACHABLE', message: 'away', hint: null, next: null }

describe('dashboard/view', () => {
  it('keeps what was known, and says since when the node is away', () => {
    const before = known(chainFacts([proposal(1)]))
    const overview = overviewOf(facts([], { chain: { ...before, problem: PROBLEM } }))
    expect(overview.chain).to.deep.equal({ asOf: '2026-03-01T12:00:00.000Z', problem: PROBLEM })
    expect(overview.epoch).to.deep.equal({ epoch: 1_000_000, time: 1_772_366_400 })
    expect(overview.proposals).to.equal(1)
    expect(overview.money?.escrow).to.equal('12833049600')
    expect(overview.client?.link).to.equal(
      `https://filecoin-testnet.blockscout.com/address/${ADDRESS}`,
    )
  })

  it('knows nothing before the node was reached, and says so', () => {
    const chain = { value: undefined, at: undefined, problem: PROBLEM }
    expect(overviewOf(facts([], { chain }))).to.include({
      client: null,
      epoch: null,
      money: null,
      proposals: 0,
      writable: false,
    })
  })

  it('dates the epoch that the deals were read at, whatever the head was', () => {
    const value = chainFacts([])
    const later = { ...value, deals: { ...value.deals, epoch: 1_000_002 } }
    expect(overviewOf(facts([], { chain: known(later) })).epoch).to.deep.equal({
      epoch: 1_000_002,
      time: 1_772_366_460,
    })
  })

  it('shows one proposal with its name, its deals and no action where nothing is sent', () => {
    const one = proposal(1, { pieceCid: PIECE, deals: [deal(7, 'active')] })
    const shown = proposalOf(one, facts([one]), known(timeline(one.proposalId)))
    expect(shown).to.include({
      name: 'tides of the year',
      standing: 'partly',
      timelineProblem: null,
    })
    expect(shown.deals[0]?.link).to.equal('https://calibration.filfox.info/en/deal/7')
    expect(shown.actions).to.deep.equal([])
    expect(
      proposalOf(one, facts([one], { actions: [] }), known(timeline(''))).actions,
    ).to.deep.equal(['reannounce', 'observe', 'settle', 'cancel'])
  })

  it('lets a browser open http and https alone', () => {
    expect(openable('https://depot.example/piece/x?y=1')).to.equal(
      'https://depot.example/piece/x?y=1',
    )
    expect(openable('HTTP://depot.example/')).to.equal('http://depot.example/')
    for (const text of [
      'javascript:alert(1)',
      ' javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'file:///etc/passwd',
      'ftp://depot.example/',
      '//depot.example/',
      'https://',
      'https://user:secret@depot.example/',
      '',
    ])
      expect(openable(text), text).to.equal(null)
  })

  it('shortens long names in the middle, where CIDs are alike, and cuts no character apart', () => {
    expect(shortened('short')).to.equal('short')
    expect(shortened(OTHER_PIECE)).to.equal('baga6ea4seaqmfldjtozgn…bo546zkijq')
    expect(shortened('🚢'.repeat(50))).to.equal(`${'🚢'.repeat(22)}…${'🚢'.repeat(10)}`)
  })
})
