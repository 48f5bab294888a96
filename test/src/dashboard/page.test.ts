import { expect } from 'chai'
import { bundlePage } from '../../../src/dashboard/bundle.ts'
import { hashOf, routeOf } from '../../../src/dashboard/page/route.ts'
import {
  ago,
  dateOf,
  inOneUnit,
  localText,
  toneOf,
  utcText,
} from '../../../src/dashboard/page/words.ts'
import { proposalId } from './support/sample.ts'

describe('dashboard/page', () => {
  it('knows a view by its address, and the address by the view', () => {
    const routes = [
      ['#/', { view: 'deals', q: '', standing: '', page: 1 }],
      [
        '#/?q=a+b%26&standing=stored&page=3',
        { view: 'deals', q: 'a b&', standing: 'stored', page: 3 },
      ],
      [`#/proposal/${proposalId(7)}`, { view: 'proposal', id: proposalId(7) }],
      ['#/money', { view: 'money' }],
      ['#/depot?page=2', { view: 'depot', q: '', page: 2 }],
    ] as const
    for (const [hash, route] of routes) {
      expect(routeOf(hash)).to.deep.equal(route)
      expect(hashOf(route)).to.equal(hash)
    }
  })

  it('makes the best of an address that is none', () => {
    const first = { view: 'deals', q: '', standing: '', page: 1 }
    for (const hash of ['', '#', '#/?standing=nonsense&page=-4', '#/?page=zero'])
      expect(routeOf(hash), hash).to.deep.equal(first)
    for (const hash of ['#/proposal/0x12', '#/nowhere', '#/proposal/<script>'])
      expect(routeOf(hash), hash).to.deep.equal({ view: 'nowhere' })
  })

  it('says how long ago, in one unit', () => {
    expect([-5, 2000, 59_000, 60_000, 7_199_000, 90_000_000].map(ago)).to.deep.equal([
      'just now',
      'just now',
      '59 s ago',
      '1 min ago',
      '1 h ago',
      '1 d ago',
    ])
  })

  it('dates epochs, in UTC and where the reader is', () => {
    const date = dateOf(1_000_120, { epoch: 1_000_000, time: 1_772_366_400 })
    expect(utcText(date)).to.equal('2026-03-01 13:00 UTC')
    expect(localText(date, 'Asia/Kolkata')).to.equal('1 Mar 2026, 18:30 GMT+5:30')
    expect(localText(date, 'UTC')).to.equal(undefined)
  })

  it('writes amounts of a column in one unit, exactly', () => {
    expect(inOneUnit([10_000_000_000n, 833_049_600n, 1n, 0n])).to.deep.equal([
      '10 nanoFIL',
      '0.8330496 nanoFIL',
      '0.000000001 nanoFIL',
      '0 nanoFIL',
    ])
    expect(inOneUnit([10n ** 15n, 1n])).to.deep.equal(['0.001 FIL', '0.000000000000000001 FIL'])
    expect(inOneUnit([0n])).to.deep.equal(['0 FIL'])
  })

  it('marks a step by what it means', () => {
    expect(
      ['active', 'sealing', 'refused', 'ended'].map((step) => toneOf(step as 'active')),
    ).to.deep.equal(['good', 'wait', 'bad', 'over'])
  })

  it('is made of nothing that another site serves', async () => {
    const { html, script, style, icon } = await bundlePage()
    expect(html).to.not.match(/(?:src|href)="(?!\/(?!\/))/)
    expect(html).to.not.match(/<script(?![^>]* src=)|<style|\son\w+=|style="/)
    expect(style).to.not.match(/url\(|@import/)
    expect(icon.replace('http://www.w3.org/2000/svg', '')).to.not.match(/https?:|<script/)
    expect(script).to.not.match(/dangerouslySetInnerHTML=|\beval\(|new Function/)
    expect(script.length).to.be.within(10_000, 100_000)
  })
})
