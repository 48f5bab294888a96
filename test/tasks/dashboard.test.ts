import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import type { DashboardOptions } from '../../src/dashboard/server.ts'
import { StorageError } from '../../src/errors.ts'
import { type DashboardPorts, serveDashboard } from '../../tasks/dashboard.ts'
import { chainFacts, timeline } from '../src/dashboard/support/sample.ts'
import { actJson, actPlain } from './support/act.ts'

const TOKEN = 'a-token-of-my-own-0123456789'

function rig(more: Partial<DashboardPorts> = {}) {
  const started: DashboardOptions[] = []
  let closed = 0
  const ports: DashboardPorts = {
    network: NETWORKS.calibration,
    sources: {
      chain: async () => chainFacts([]),
      depot: async () => [],
      timeline: async (id) => timeline(id),
    },
    openSend: async () => async () => '0xaa',
    bundle: async () => ({ html: '', script: '', style: '', icon: '' }),
    start: async (options) => {
      started.push(options)
      return {
        url: 'http://127.0.0.1:3400',
        port: 3400,
        close: async () => {
          closed += 1
        },
      }
    },
    ...more,
  }
  return { ports, started, closed: () => closed }
}

const args = { port: '3400', write: false, yes: false, json: true }

describe('tasks/dashboard', () => {
  it('prints where it is, reads only, and ends on Ctrl-C', async () => {
    const { ports, started, closed } = rig()
    const { document, io } = await actJson((run, { interrupt }) => {
      setImmediate(interrupt)
      return serveDashboard(args, run, ports)
    })
    expect(document).to.deep.equal({
      version: 1,
      kind: 'dashboard',
      network: 'calibration',
      url: 'http://127.0.0.1:3400',
      writable: false,
    })
    expect(started[0]?.token).to.equal(undefined)
    expect(started[0]?.state.desk).to.equal(undefined)
    expect(closed()).to.equal(1)
    expect(io.exitCode()).to.equal(0)
  })

  it('prints the token it made once, in the fragment of the address', async () => {
    const { ports, started } = rig()
    const io = await actPlain((run, { interrupt }) => {
      setImmediate(interrupt)
      return serveDashboard({ ...args, write: true, json: false }, run, ports)
    })
    const token = started[0]?.token ?? ''
    expect(token).to.match(/^[\w-]{32}$/)
    expect(io.out()).to.include(`http://127.0.0.1:3400/#token=${token}\n`)
    expect(io.out().split(token)).to.have.length(2)
    expect(io.err()).to.not.include(token)
  })

  it('takes a token of the user’s own, which it never prints', async () => {
    for (const json of [true, false]) {
      const { ports, started } = rig()
      const act = json ? actJson : actPlain
      const acted = await act(
        (run, { interrupt }) => {
          setImmediate(interrupt)
          return serveDashboard({ ...args, json }, run, ports)
        },
        { env: { SEALIFT_DASHBOARD_TOKEN: TOKEN } },
      )
      const io = 'io' in acted ? acted.io : acted
      expect(started[0]?.token).to.equal(TOKEN)
      expect(started[0]?.state.desk).to.not.equal(undefined)
      expect(io.out() + io.err()).to.not.include(TOKEN)
    }
  })

  it('is asked about before it may spend on the main network', async () => {
    const env = { SEALIFT_DASHBOARD_TOKEN: TOKEN }
    const { ports, started } = rig({ network: NETWORKS.filecoin })
    const { io } = await actJson((run) => serveDashboard(args, run, ports), { env })
    expect(io.exitCode()).to.equal(2)
    expect(started).to.have.length(0)
  })

  const refusals: [
    string,
    Partial<typeof args>,
    NodeJS.ProcessEnv,
    Partial<DashboardPorts>,
    string,
  ][] = [
    ['a port that is none', { port: '65536' }, {}, {}, 'ARGUMENT_INVALID'],
    ['--write with --json and no token', { write: true }, {}, {}, 'ARGUMENT_INVALID'],
    ['a token that is short', {}, { SEALIFT_DASHBOARD_TOKEN: 'hunter2' }, {}, 'ARGUMENT_INVALID'],
    [
      'a key that is missing, before it listens',
      {},
      { SEALIFT_DASHBOARD_TOKEN: TOKEN },
      {
        openSend: async () => {
          throw new StorageError('NO_KEY', { what: `none for ${TOKEN}` })
        },
      },
      'NO_KEY',
    ],
    [
      'a port that is taken',
      {},
      {},
      {
        start: async () => {
          throw new StorageError('PORT_IN_USE', { what: 'port 3400 is taken' })
        },
      },
      'PORT_IN_USE',
    ],
  ]
  for (const [what, more, env, ports, code] of refusals) {
    it(`refuses ${what}: ${code}, exit code 1`, async () => {
      const { document, io } = await actJson(
        (run) => serveDashboard({ ...args, ...more }, run, rig(ports).ports),
        { env },
      )
      expect(document).to.include({ kind: 'error', code })
      expect(io.exitCode()).to.equal(1)
      expect(io.out() + io.err()).to.not.include(TOKEN)
      expect(io.out() + io.err()).to.not.include('hunter2')
    })
  }

  it('shows errors of the node without the secrets in them', async () => {
    const chain = async () => {
      throw new StorageError('NODE_UNREACHABLE', {
        what: `https://me:hush@node.example/?apikey=1234567 does not answer ${TOKEN}`,
      })
    }
    const { ports, started } = rig()
    await actJson(
      async (run, { interrupt }) => {
        const withSecrets = { ...ports, sources: { ...ports.sources, chain } }
        const outcome = await serveDashboard(args, run, withSecrets)
        await started[0]?.state.refresh()
        setImmediate(interrupt)
        return outcome
      },
      { env: { SEALIFT_DASHBOARD_TOKEN: TOKEN } },
    )
    const problem = started[0]?.state.facts().chain.problem
    expect(problem?.code).to.equal('NODE_UNREACHABLE')
    expect(problem?.message).to.include('node.example')
    for (const secret of ['hush', '1234567', TOKEN]) expect(problem?.message).to.not.include(secret)
  })
})
