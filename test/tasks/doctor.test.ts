import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import { type Finding } from '../../src/doctor/check.ts'
import { diagnose } from '../../src/doctor/diagnose.ts'
import { known } from '../../src/doctor/facts.ts'
import { type DoctorPorts, examine } from '../../tasks/doctor.ts'
import { explainCode } from '../../tasks/explain-code.ts'
import { heed } from '../../tasks/inspect.ts'
import { PLAN, SETUP, URL_FACTS } from '../src/doctor/support/good-facts.ts'
import { refused } from '../support/refused.ts'
import { actJson, actPlain } from './support/act.ts'
import { PROPOSAL_ID } from './support/documents.ts'

const NOTHING = {
  proposal: undefined,
  cid: undefined,
  url: undefined,
  provider: undefined,
  commitment: false,
}
const LOOPBACK = [{ address: '127.0.0.1', inside: true, literal: true }]
const WELL = diagnose(SETUP)
const INSIDE = diagnose({ ...PLAN, url: { ...URL_FACTS, addresses: known(LOOPBACK) } })
const WARNED = diagnose({ ...SETUP, machine: { ...PLAN.machine, hashBackend: 'as-sha256' } })

function rig(findings: Finding[]) {
  const asked: unknown[][] = []
  const ports: DoctorPorts = {
    network: NETWORKS.localnet,
    name: 'localnet',
    examineSetup: async (...args) => {
      asked.push(['setup', ...args])
      return findings
    },
    examineProposal: async (...args) => {
      asked.push(['proposal', ...args])
      return findings
    },
  }
  return { asked, ports }
}

describe('tasks/doctor', () => {
  it('prints the diagnosis, and ends with 0 when nothing would be refused', async () => {
    const { asked, ports } = rig(WELL)
    const { document, io } = await actJson(() => examine({ ...NOTHING, cid: 'baga' }, ports))
    expect(document).to.include({
      version: 1,
      kind: 'diagnosis',
      network: 'localnet',
      proposalId: null,
      verdict: 'ok',
    })
    expect(document['counts']).to.deep.equal({
      ok: WELL.length,
      warning: 0,
      refused: 0,
      unknown: 0,
    })
    expect(io.exitCode()).to.equal(0)
    expect(asked[0]?.[1]).to.include({ cid: 'baga', commitment: false })
  })

  it('ends with 1 when something would be, and says what, why and what next', async () => {
    const { ports } = rig(INSIDE)
    const { document, io } = await actJson(() => examine(NOTHING, ports))
    expect(io.exitCode()).to.equal(1)
    expect(document['verdict']).to.equal('refused')
    const findings = document['findings'] as Finding[]
    expect(findings.find(({ verdict }) => verdict === 'refused')).to.deep.include({
      code: 'SL-D405',
      group: 'URL and depot',
      by: ['Boost', 'Curio'],
      seen: '127.0.0.1',
      expected: 'an address that is reached from outside',
    })
    const plain = await actPlain(() => examine(NOTHING, ports))
    expect(plain.exitCode()).to.equal(1)
    expect(plain.out()).to.include('  refused  SL-D405  The host is no literal address')
    expect(plain.out()).to.include('refused by: Boost, Curio\n')
    expect(plain.out()).to.include('1 would be refused, 0 warnings, 0 not known')
    expect(plain.out()).to.match(/\nNext: npx hardhat explain SL-D405\n$/)
  })

  it('ends with 0 when there are warnings', async () => {
    const io = await actPlain(() => examine(NOTHING, rig(WARNED).ports))
    expect(io.exitCode()).to.equal(0)
    expect(io.out()).to.include('Nothing would be refused, 1 warning')
  })

  it('looks at a proposal by its id, and at the providers that are named', async () => {
    const { asked, ports } = rig(WELL)
    const args = { ...NOTHING, proposal: PROPOSAL_ID, provider: 'f01000,t01001', commitment: true }
    await actJson(() => examine(args, ports))
    expect(asked).to.deep.equal([
      ['proposal', PROPOSAL_ID, { commitment: true, url: undefined, providers: [1000n, 1001n] }],
    ])
  })

  it('takes nothing else for a proposal', async () => {
    const { document, io } = await actJson(() =>
      examine({ ...NOTHING, proposal: 'baga' }, rig(WELL).ports),
    )
    expect(document).to.include({ kind: 'error', code: 'ARGUMENT_INVALID' })
    expect(io.exitCode()).to.equal(1)
  })
})

describe('tasks/explain', () => {
  it('explains a check, in any letter case and without its prefix', () => {
    for (const text of ['SL-D301', 'sl-d301', 'D301']) {
      const { document } = explainCode(text)
      expect(document.codes).to.have.length(1)
      expect(document.codes[0]).to.include({
        code: 'SL-D301',
        title: 'The end is after the start',
        group: 'epochs and terms',
      })
    }
  })

  it('explains an error', async () => {
    const { document } = await actJson(async () => explainCode('NO_KEY'))
    expect(document).to.include({ version: 1, kind: 'explained' })
    expect(document['codes']).to.deep.include.members([
      {
        code: 'NO_KEY',
        title: 'no private key is configured',
        group: null,
        by: [],
        source: null,
        why: null,
        fix: null,
      },
    ])
  })

  it('lists all', async () => {
    const io = await actPlain(async () => explainCode(undefined))
    expect(io.out()).to.match(/^SL-D302 {2}The start has not passed$/m)
    expect(io.out()).to.match(/^WOULD_BE_REFUSED +a check before sending/m)
  })

  it('knows no other code', async () => {
    const error = await refused('ARGUMENT_INVALID', () => explainCode('SL-D999'))
    expect(error.next).to.equal('npx hardhat explain')
  })
})

function told(findings: Finding[]) {
  const lines: string[] = []
  const progress = { line: (text: string) => lines.push(text) }
  return { lines, act: () => heed(findings, { progress } as never) }
}

describe('before a send', () => {
  it('says nothing when all is well', () => {
    const { lines, act } = told(WELL)
    act()
    expect(lines).to.deep.equal([])
  })

  it('tells warnings and what is not known, and goes on', () => {
    const why = { known: false, why: 'nobody tells' } as const
    const findings = diagnose({ ...SETUP, node: { ...PLAN.node, head: why, lotus: known(false) } })
    const { lines, act } = told(findings)
    act()
    expect(lines).to.deep.equal([
      "warning: SL-D102 The node answers Filecoin's own methods: only Ethereum methods are answered",
      'not known: SL-D103 (npx hardhat doctor)',
    ])
  })

  it('stops for what would be refused, with the code, what to do and the next command', async () => {
    const error = await refused('WOULD_BE_REFUSED', told(INSIDE).act)
    expect(error.message).to.include('SL-D405')
    expect(error.message).to.include('nothing was sent')
    expect(error.hint).to.include('--skip-doctor')
    expect(error.next).to.equal('npx hardhat explain SL-D405')
  })
})
