import { expect } from 'chai'
import hardhatEthers from '@nomicfoundation/hardhat-ethers'
import { configVariable } from 'hardhat/config'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import { createServer, type Server } from 'node:http'
import { gasBoundOf } from '../../src/chain/gas-bound.ts'
import { checkNetwork, openNetwork } from '../../tasks/network.ts'
import { type Run, runTask } from '../../tasks/run.ts'
import { refused } from '../support/refused.ts'
import { fakeIo } from './support/fake-io.ts'

const KEY = `0x${'01'.repeat(32)}`
/** Of the key above (any wallet shows it). */
const ADDRESS = '0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1'

/** A node that knows its chain id and its one account. */
function fakeNode(chainId: number, accounts: string[] = []): Promise<Server> {
  const answers: Record<string, unknown> = {
    eth_chainId: `0x${chainId.toString(16)}`,
    eth_accounts: accounts,
    eth_getBlockByNumber: null,
  }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const { id, method } = JSON.parse(body) as { id: number; method: string }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: answers[method] }))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

function urlOf(server: Server): string {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

async function withRun<T>(use: (run: Run) => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  await runTask(
    { json: false, verbose: false },
    async (run) => {
      await use(run).then(resolve, reject)
      return { document: {}, text: [] }
    },
    fakeIo(),
  )
  return promise
}

describe('tasks/network', () => {
  let calibration: Server
  let other: Server
  let local: Server
  before(async () => {
    calibration = await fakeNode(314159)
    other = await fakeNode(1)
    local = await fakeNode(31415926, [ADDRESS])
  })
  after(() => {
    for (const server of [calibration, other, local]) server.close()
  })

  const environment = (network: string | undefined) =>
    createHardhatRuntimeEnvironment(
      {
        plugins: [hardhatEthers],
        networks: {
          calibration: {
            type: 'http',
            chainId: 314159,
            url: urlOf(calibration),
            accounts: [configVariable('PRIVATE_KEY')],
          },
          filecoin: { type: 'http', chainId: 314, url: urlOf(other) },
          localnet: { type: 'http', chainId: 31415926, url: urlOf(local) },
          keyless: { type: 'http', chainId: 314159, url: urlOf(calibration) },
          mine: { type: 'http', chainId: 314159, url: urlOf(calibration) },
          wrong: { type: 'http', chainId: 1, url: urlOf(other) },
          nameless: { type: 'http', url: urlOf(other) },
        },
      },
      network === undefined ? {} : { network },
    )

  const open = (network?: string) =>
    withRun(async (run) => {
      const opened = await openNetwork(await environment(network), run)
      try {
        await checkNetwork(opened, run)
        return opened
      } finally {
        await opened.close()
      }
    })

  const signer = (network: string) =>
    withRun(async (run) => {
      const opened = await openNetwork(await environment(network), run)
      try {
        return await (await opened.signer()).getAddress()
      } finally {
        await opened.close()
      }
    })

  it('opens Calibration unless a network is named', async () => {
    expect((await open()).network.name).to.equal('calibration')
  })

  it('knows networks by their aliases and by their chain id', async () => {
    expect(await open('calibnet')).to.include({ name: 'calibration' })
    const mine = await open('mine')
    expect([mine.name, mine.network.name]).to.deep.equal(['mine', 'calibration'])
  })

  it('bounds the gas of all that is sent: by SEALIFT_MAX_GAS, else 1 FIL', async () => {
    expect(gasBoundOf((await open('localnet')).provider)).to.equal(10n ** 18n)
    const { provider } = await withRun(async (run) => {
      const stated = { ...run, env: { SEALIFT_MAX_GAS: '2.5FIL' } }
      const opened = await openNetwork(await environment('localnet'), stated)
      await opened.close()
      return opened
    })
    expect(gasBoundOf(provider)).to.equal(25n * 10n ** 17n)
  })

  it('refuses a name that is no network', () => refused('UNKNOWN_NETWORK', open('nowhere')))

  it('refuses a network that is no Filecoin, or does not say which chain it is', async () => {
    await refused('UNKNOWN_NETWORK', open('wrong'))
    await refused('UNKNOWN_NETWORK', open('nameless'))
  })

  it('refuses a node that serves another chain than the name means', async () => {
    const error = await refused('UNKNOWN_NETWORK', open('mainnet'))
    expect(error.message).to.include('chain 314').and.to.include('got chain 1')
  })

  describe('the key', () => {
    const before_ = process.env['PRIVATE_KEY']
    afterEach(() => {
      if (before_ === undefined) delete process.env['PRIVATE_KEY']
      else process.env['PRIVATE_KEY'] = before_
    })
    it('is not needed to read', async () => {
      delete process.env['PRIVATE_KEY']
      expect(await open('calibration')).to.include({ name: 'calibration' })
    })

    it('is missed when something is to be signed', async () => {
      delete process.env['PRIVATE_KEY']
      await withRun(async (run) => {
        const opened = await openNetwork(await environment('calibration'), run)
        const error: unknown = await opened.signer().catch((thrown: unknown) => thrown)
        expect(error).to.have.property('name', 'HardhatError')
        await opened.close()
      })
    })

    it('is taken with and without 0x', async () => {
      process.env['PRIVATE_KEY'] = KEY
      expect(await signer('calibration')).to.equal(ADDRESS)
      process.env['PRIVATE_KEY'] = KEY.slice(2)
      expect(await signer('calibration')).to.equal(ADDRESS)
    })

    it('must be 32 bytes in hexadecimal', async () => {
      process.env['PRIVATE_KEY'] = KEY.slice(0, -2)
      await refused('NO_KEY', signer('calibration'))
    })

    it('is the node’s own where the config has none', async () => {
      expect(await signer('localnet')).to.equal(ADDRESS)
    })

    it('is missed where neither config nor node has one', () =>
      refused('NO_KEY', signer('keyless')))
  })
})
