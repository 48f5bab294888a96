/** A diagnosis of a real contract and a real depot: of a plan, of the proposal that came of it, and of the end of it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Finding } from '../../../src/doctor/check.ts'
import { known } from '../../../src/doctor/facts.ts'
import {
  examinePlan,
  examineProposal,
  examineSetup,
  type ExaminePorts,
} from '../../../src/flow/examine.ts'
import { makeDeal } from '../../../src/flow/make-deal.ts'
import { planDeal } from '../../../src/flow/plan-deal.ts'
import { prepare } from '../../../src/prepare/prepare.ts'
import { random } from '../../support/random.ts'
import { type Local, startLocal } from './local.ts'

const bad = (findings: readonly Finding[]) =>
  findings.filter(({ verdict }) => verdict !== 'ok').map(({ code, verdict }) => [code, verdict])

describe('doctor on a localnet', function () {
  this.timeout(120_000)
  let local: Local
  let ports: ExaminePorts
  let cid: string

  before(async () => {
    local = await startLocal([{ kind: 'manual' }])
    const { client, ...rest } = local.context
    ports = {
      ...rest,
      option: ' --network localnet',
      client: known(client),
      account: () => local.owner.getAddress(),
    }
    const path = join(local.folder, 'file')
    await writeFile(path, random(50_000, 'doctor'))
    const { pieces } = await prepare([path], local.context.depot)
    cid = pieces[0]?.pieceCid ?? ''
  })
  after(() => local.stop())

  it('finds a plan well, and does not touch the chain', async () => {
    const plan = await planDeal({ cid }, local.context)
    const findings = await examinePlan(plan, { commitment: true }, ports)
    expect(bad(findings)).to.deep.equal([])
    const codes = findings.map(({ code }) => code)
    expect(codes).to.include.members([
      'SL-D114',
      'SL-D205',
      'SL-D312',
      'SL-D418',
      'SL-D423',
      'SL-D424',
    ])
    expect(await local.client.proposals()).to.deep.equal([])
  })

  it('asks the address of a depot for a piece of it', async () => {
    const { depotUrl: url } = local.context
    for (const subject of [{ url }, { url: `${url}/`, cid }]) {
      const findings = await examineSetup(subject, ports)
      expect(bad(findings).filter(([, is]) => is === 'refused')).to.deep.equal([])
      const served = findings.filter(({ code }) => code === 'SL-D413' || code === 'SL-D423')
      expect(served.map(({ verdict }) => verdict)).to.deep.equal(['ok', 'ok'])
    }
  })

  it('refuses a plan whose URL nobody answers, or whose provider is none', async () => {
    const gone = await planDeal({ cid, url: 'http://127.0.0.1:9/piece' }, local.context)
    const refused = bad(await examinePlan(gone, { providers: [999n] }, ports)).filter(
      ([, is]) => is === 'refused',
    )
    expect(refused).to.deep.equal([
      ['SL-D411', 'refused'],
      ['SL-D501', 'refused'],
    ])
  })

  it('asks the contract what it would say of each provider, and reads what it announced', async () => {
    // The provider does nothing by itself.
    const { proposals } = await makeDeal({ cid, providers: [1000n] }, local.context)
    const id = proposals[0]?.proposalId ?? ''
    const findings = await examineProposal(id, {}, ports)
    const said = findings.filter(({ code }) => code === 'SL-D216')
    expect(said).to.deep.include.members([{ ...said[0], verdict: 'ok', about: 'f01000' }])
    expect(bad(findings)).to.deep.equal([])
    const codes = findings.map(({ code }) => code)
    expect(codes).to.include.members([
      'SL-D115',
      'SL-D212',
      'SL-D214',
      'SL-D217',
      'SL-D302',
      'SL-D419',
    ])

    await local.client.cancel(id)
    const later = await examineProposal(id, {}, ports)
    expect(bad(later)).to.deep.equal([['SL-D211', 'refused']])
  })
})
