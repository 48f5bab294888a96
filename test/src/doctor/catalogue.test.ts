import { expect } from 'chai'
import { CHECKS, diagnose, worst } from '../../../src/doctor/diagnose.ts'
import type { Facts } from '../../../src/doctor/facts.ts'
import { OFFER, PLAN, SETUP, STANDING, URL_FACTS } from './support/good-facts.ts'
import { TRIGGERS } from './support/triggers.ts'

const verdicts = (facts: Facts, code: string) =>
  diagnose(facts)
    .filter((finding) => finding.code === code)
    .map(({ verdict }) => verdict)

describe('the catalogue of checks', () => {
  it('finds nothing wrong where nothing is', () => {
    for (const facts of [SETUP, PLAN, STANDING]) {
      const findings = diagnose(facts)
      expect(findings.filter(({ verdict }) => verdict !== 'ok')).to.deep.equal([])
    }
  })

  for (const { code, what, verdict, good, bad } of TRIGGERS)
    it(`${code}: ${what}`, () => {
      expect(verdicts(good, code), 'before').to.deep.equal(['ok'])
      expect(verdicts(bad, code), 'after').to.deep.equal([verdict])
    })

  it('is triggered as a whole', () => {
    const triggered = new Set(TRIGGERS.map(({ code }) => code))
    expect(CHECKS.map(({ code }) => code).filter((code) => !triggered.has(code))).to.deep.equal([])
  })

  it('has 70 checks and more, each with a code of its own, in ascending order within its group', () => {
    const codes = CHECKS.map(({ code }) => code)
    expect(codes.length).to.be.at.least(70)
    expect(codes).to.deep.equal([...new Set(codes)].toSorted())
    for (const code of codes) expect(code).to.match(/^SL-D[0-5]\d\d$/)
  })

  it('says of whatever is refused what was seen and what to do', () => {
    for (const { bad, code } of TRIGGERS) {
      const found = diagnose(bad).find((finding) => finding.code === code)
      expect(found?.seen, code).to.not.equal('')
      expect(found?.fix, code).to.be.a('string').and.not.equal('')
    }
  })
})

describe('what is not known', () => {
  const why = { known: false, why: 'nobody tells' } as const

  it('is unknown with the reason, never well', () => {
    const facts: Facts = {
      ...STANDING,
      machine: { ...PLAN.machine, freeBytes: why },
      node: { ...PLAN.node, head: why, lotus: why, networkVersion: why },
      account: why,
      contract: { ...PLAN.contract, owner: why, actorId: why },
      money: { available: why, balance: why, unlocked: why },
      offer: { ...OFFER, bounds: why, twins: why },
      chain: {
        ...STANDING.chain,
        proposalBytes: why,
        extraBytes: why,
        differences: why,
        client: why,
        announced: why,
        auth: [{ provider: 1000n, verdict: why }],
      },
      url: {
        ...URL_FACTS,
        addresses: why,
        head: why,
        range: why,
        car: why,
        ours: why,
        commitment: why,
      },
      depot: { piece: why, damage: '' },
      providers: [{ id: 1000n, miner: why, ask: why }],
    }
    const unknown = diagnose(facts).filter(({ verdict }) => verdict === 'unknown')
    expect(new Set(unknown.map(({ seen }) => seen))).to.deep.equal(new Set(['nobody tells']))
    const codes = unknown.map(({ code }) => code.slice('SL-D'.length))
    const expected =
      '003 102 103 104 111 115 203 206 212 213 214 215 216 217 218 302 303 304 305 306 308 312 313 314 315 316 ' +
      '405 413 414 415 416 417 418 419 421 423 424 501 502 503'
    for (const code of expected.split(' ')) expect(codes).to.include(code)
    expect(worst(unknown)).to.equal('unknown')
  })

  it('is not invented where nothing was asked', () => {
    expect(diagnose({ network: PLAN.network })).to.deep.equal([])
  })
})

describe('a localnet', () => {
  it('minds neither loopback addresses, nor a start within the hour, nor small pieces', () => {
    const local = { ...PLAN.network, local: true, startWindow: { minLead: 4n, maxLead: 43_200n } }
    const loopback = [{ address: '127.0.0.1', inside: true, literal: true }]
    const findings = diagnose({
      ...PLAN,
      network: local,
      offer: {
        ...OFFER,
        startEpoch: 4_000_100n,
        size: 1_016n,
        pieceSize: 1_024n,
        pricePerEpoch: 47n,
        providers: [],
      },
      url: { ...URL_FACTS, addresses: { known: true, value: loopback } },
      depot: { piece: { known: true, value: { size: 1_016, pieceSize: 1_024 } }, damage: '' },
      providers: [],
    })
    expect(findings.filter(({ verdict }) => verdict !== 'ok')).to.deep.equal([])
  })
})

describe('secrets of a URL', () => {
  it('are in no finding', () => {
    const text = 'https://me:hunter2@depot.example/piece?token=hunter2#hunter2'
    const told = JSON.stringify(diagnose({ ...PLAN, url: { ...URL_FACTS, text } }))
    expect(told).to.include('depot.example')
    expect(told).to.not.include('hunter2')
    const broken = diagnose({ ...PLAN, url: { ...URL_FACTS, text: 'me:hunter2@x y?hunter2' } })
    expect(JSON.stringify(broken)).to.not.include('hunter2')
  })
})
