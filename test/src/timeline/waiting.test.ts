import { expect } from 'chai'
import type { ProposalKnown, Surroundings } from '../../../src/timeline/facts.ts'
import type { Waiting } from '../../../src/timeline/timeline.ts'
import { timelinesOf } from '../../../src/timeline/timelines-of.ts'
import { around, deal, fetch, GIB, known, MADE_AT, push, START } from './known.ts'

function waits(changes: Partial<ProposalKnown>, where: Surroundings = around()): Waiting | null {
  return timelinesOf([known(changes)], where)[0]?.replicas[0]?.waiting ?? null
}

describe('timeline/waiting', () => {
  it('waits for somebody to notice it', () => {
    const waiting = waits({})
    expect(waiting).to.include({ for: 'fetching', since: Number(MADE_AT), until: Number(START) })
    expect(waiting?.why).to.match(/^nobody has fetched it yet .* any provider may take it$/)
    expect(waiting?.usual).to.match(/contract_deal_monitor\.go\); Curio does not watch/)
  })

  it('names those who may take it', () => {
    expect(waits({ providers: [1000n, 1001n] })?.why).to.match(/f01000, f01001 may take it$/)
  })

  it('waits for a provider that could not be reached', () => {
    const waiting = waits({ pushes: [push({ outcome: 'unreachable', reason: 'ECONNREFUSED' })] })
    expect(waiting?.for).to.equal('accepted')
    expect(waiting?.why).to.equal(
      'f01000 could not be reached: ECONNREFUSED; the push can be repeated',
    )
    const unclear = waits({ pushes: [push({ outcome: 'unclear', reason: 'it broke off' })] })
    expect(unclear?.why).to.match(/^f01000 gave no clear answer: it broke off/)
  })

  const refusal = push({ outcome: 'refused', reason: 'price below ask' })
  const refusals: [string, readonly bigint[], RegExp][] = [
    ['any other', [], /any other provider may still take it$/],
    ['the others that are named', [1000n, 1001n], /\(price below ask\); f01001 may still take it$/],
    ['nobody', [1000n], /no other provider may take it: propose again/],
  ]
  for (const [who, providers, why] of refusals) {
    it(`says after a refusal that ${who} may take it`, () => {
      const waiting = waits({ providers, pushes: [refusal] })
      expect(waiting?.for).to.equal('accepted')
      expect(waiting?.why).to.match(why)
    })
  }

  it('counts the newest answer of a provider', () => {
    const waiting = waits({ pushes: [{ ...push(), at: refusal.at + 1 }, refusal] })
    expect(waiting?.for).to.equal('fetching')
    expect(waiting?.why).to.match(/^f01000 has accepted it and has fetched nothing yet/)
    expect(waiting?.usual).to.match(/^Curio begins/)
  })

  it('waits for a download to end, and then for the publication', () => {
    const pushes = [push()]
    const part = waits({ pushes, fetches: [fetch()] })
    expect(part).to.include({
      for: 'fetched',
      why: 'somebody who names itself f01000, at 10.1.2.3, has fetched 62 % of it',
    })
    const nameless = waits({ fetches: [fetch({ by: undefined })] })
    expect(nameless?.usual).to.match(/24 h \(MaxTransferDuration/)
    const all = waits({ fetches: [fetch({ by: undefined, bytes: 2 * GIB })] })
    expect(all?.for).to.equal('published')
    expect(all?.usual).to.match(/Boost publishes 8 deals at a time, or after 1 h.*Curio.*5 min/)
  })

  it('knows only one rhythm for a provider that took a push', () => {
    const all = waits({ pushes: [push()], fetches: [fetch({ bytes: 2 * GIB })] })
    expect(all?.usual).to.match(/^Curio publishes 8 deals at a time, or after 5 min/)
  })

  it('names no provider for a download of nobody knows whom', () => {
    const waiting = waits({ fetches: [fetch({ by: undefined, bytes: 2 * GIB })] })
    expect(waiting?.why).to.match(/^somebody at 10\.1\.2\.3 has fetched all of it/)
  })

  it('says when it is too late for usual settings', () => {
    expect(waits({}, around(START - 480n))?.for).to.equal('fetching')
    const late = waits({}, around(START - 479n))
    expect(late?.for).to.equal('published')
    expect(late?.why).to.match(/^it starts in 3 h 59 min, so soon/)
  })

  it('waits ten epochs until a publication is sure, then for the seal', () => {
    const deals = [deal({ publishedAt: MADE_AT })]
    const young = waits({ deals, state: 'filled' }, around(MADE_AT + 9n))
    expect(young?.for).to.equal('active')
    expect(young?.why).to.match(/^published 9 epochs ago/)
    expect(young?.usual).to.match(/10 epochs, 5 min/)
    const older = waits({ deals, state: 'filled' }, around(MADE_AT + 10n))
    expect(older?.why).to.match(/^f01000 seals it, of which the chain shows nothing/)
    expect(older?.usual).to.match(/24 h \(ExpectedSealDuration.*Curio plans 8 h/)
    expect(older).to.include({ since: Number(MADE_AT), until: Number(START) })
  })

  it('waits for nothing once it is active or over', () => {
    for (const state of ['active', 'ended', 'missed', 'terminated'] as const)
      expect(waits({ deals: [deal({ state })], state: 'filled' })).to.equal(null)
    for (const state of ['lapsed', 'cancelled'] as const) expect(waits({ state })).to.equal(null)
  })

  it("speaks of pocket providers' rhythm on the localnet", () => {
    const local = around(START - 3n, { isLocal: true })
    expect(waits({}, local)).to.include({ for: 'fetching' })
    expect(waits({}, local)?.usual).to.match(/^pocket providers/)
  })
})
