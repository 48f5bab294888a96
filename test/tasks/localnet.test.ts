import { expect } from 'chai'
import { StorageError } from '../../src/errors.ts'
import { type LocalnetPorts, serveLocalnet } from '../../tasks/localnet.ts'
import { runTask } from '../../tasks/run.ts'
import { actJson, actPlain } from './support/act.ts'
import { fakeIo } from './support/fake-io.ts'
import { PROPOSAL_ID } from './support/documents.ts'

const ARGS = {
  port: '8545',
  host: '127.0.0.1',
  depotPort: '3300',
  providers: '2',
  pushOnly: '1',
  epochSeconds: '0.5',
  manual: false,
  depot: undefined,
  json: true,
}
const ACCOUNTS = ['0xa1', '0xa2', '0xa3', '0xa4']

function rig(at = { url: 'http://127.0.0.1:8545', depotUrl: 'http://127.0.0.1:3300' }) {
  const started: unknown[] = []
  const stopped: string[] = []
  const ports: LocalnetPorts = {
    root: '/home/user/project',
    start: async ({ signal: _signal, onProviderEvent, ...options }) => {
      started.push(options)
      const about = { provider: 1000n, key: 'k', client: '0x', proposalId: PROPOSAL_ID }
      onProviderEvent({ ...about, type: 'downloading', bytes: 1, size: 2 })
      onProviderEvent({ ...about, type: 'published', dealId: 7n })
      return {
        ...at,
        accounts: ACCOUNTS,
        depot: { folder: options.folder },
        providers: [
          { id: 1000n, url: 'http://127.0.0.1:4001' },
          { id: 1001n, url: 'http://127.0.0.1:4002' },
          { id: 1002n, url: 'http://127.0.0.1:4003' },
        ],
        stop: async () => {
          stopped.push('stopped')
        },
      }
    },
  }
  /** Interrupts as soon as everything is printed. */
  const serve = async (json: boolean) => {
    const io = fakeIo()
    await runTask(
      { json, verbose: false },
      async (run) => {
        const outcome = await serveLocalnet({ ...ARGS, json }, run, ports)
        return {
          ...outcome,
          serve: async () => {
            expect(stopped).to.deep.equal([])
            io.interrupt()
            await outcome.serve?.()
          },
        }
      },
      io,
    )
    return io
  }
  return { started, stopped, ports, serve }
}

describe('tasks/localnet', () => {
  it('prints what runs where, and stops all of it on Ctrl-C', async () => {
    const { started, stopped, serve } = rig()
    const io = await serve(true)
    expect(JSON.parse(io.out())).to.deep.equal({
      version: 1,
      kind: 'localnet',
      url: 'http://127.0.0.1:8545',
      chainId: 31415926,
      accounts: ACCOUNTS,
      depot: { url: 'http://127.0.0.1:3300', folder: '/home/user/project/.sealift/depot' },
      providers: [
        { id: 't01000', url: 'http://127.0.0.1:4001', watches: true },
        { id: 't01001', url: 'http://127.0.0.1:4002', watches: true },
        { id: 't01002', url: 'http://127.0.0.1:4003', watches: false },
      ],
    })
    expect(started).to.deep.equal([
      {
        port: 8545,
        host: '127.0.0.1',
        depotPort: 3300,
        providers: 2,
        pushOnly: 1,
        folder: '/home/user/project/.sealift/depot',
        epochSeconds: 0.5,
        behaviours: [{ kind: 'honest' }, { kind: 'honest' }, { kind: 'honest' }],
      },
    ])
    expect(stopped).to.deep.equal(['stopped'])
    expect(io.exitCode()).to.equal(0)
  })

  it('tells on standard error what providers do, but not every byte', async () => {
    const io = await rig().serve(true)
    expect(io.err()).to.equal('f01000 published deal 7\n')
  })

  it('tells a person the commands for another terminal', async () => {
    const io = await rig().serve(false)
    for (const command of ['deploy', 'make-deal --file PATH --wait', 'deals', 'retrieve CID']) {
      expect(io.out()).to.include(`  npx hardhat ${command} --network localnet\n`)
    }
  })

  it('names the settings that the other terminal needs, and none where it needs none', async () => {
    const elsewhere = { url: 'http://127.0.0.1:9545', depotUrl: 'http://127.0.0.1:9300' }
    const io = await rig(elsewhere).serve(false)
    expect(io.out()).to.include(
      '  export SEALIFT_LOCALNET_URL=http://127.0.0.1:9545\n  export SEALIFT_DEPOT_URL=http://127.0.0.1:9300\n',
    )
    expect((await rig().serve(false)).out()).to.not.include('export')
  })

  it('holds its providers when asked to, and says what is left to do by hand', async () => {
    const { started, ports } = rig()
    const io = await actPlain(async (run) => {
      const { document, text } = await serveLocalnet({ ...ARGS, manual: true }, run, ports)
      return { document, text }
    })
    expect(started[0])
      .to.have.property('behaviours')
      .that.deep.equals([{ kind: 'manual' }, { kind: 'manual' }, { kind: 'manual' }])
    for (const command of ['localnet publish PROPOSAL', 'localnet activate DEAL'])
      expect(io.out()).to.include(`  npx hardhat ${command} --network localnet\n`)
    expect(io.out()).to.not.include('--wait')
  })

  it('refuses what cannot be started', async () => {
    const bad = [
      { port: '70000' },
      { depotPort: 'x' },
      { providers: '17' },
      { providers: '15', pushOnly: '2' },
      { epochSeconds: '0' },
    ]
    for (const args of bad) {
      const { started, ports } = rig()
      const { document } = await actJson((run) => serveLocalnet({ ...ARGS, ...args }, run, ports))
      expect(document).to.include({ code: 'ARGUMENT_INVALID' })
      expect(started).to.deep.equal([])
    }
  })

  it('passes on that a port is in use', async () => {
    const ports: LocalnetPorts = {
      ...rig().ports,
      start: async () => {
        throw new StorageError('PORT_IN_USE', { what: 'port 8545 is in use' })
      },
    }
    const { document, io } = await actJson((run) => serveLocalnet(ARGS, run, ports))
    expect(document).to.include({ code: 'PORT_IN_USE' })
    expect(io.exitCode()).to.equal(1)
  })
})
