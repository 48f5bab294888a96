import { expect } from 'chai'
import { configVariable } from 'hardhat/config'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import { createServer } from 'node:net'
import { StorageError } from '../../src/errors.ts'
import { explain } from '../../tasks/explain.ts'

async function thrownBy(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

const hre = () =>
  createHardhatRuntimeEnvironment({
    networks: {
      keyless: {
        type: 'http',
        url: 'http://127.0.0.1:9',
        accounts: [configVariable('PRIVATE_KEY')],
      },
      dead: { type: 'http', url: 'http://127.0.0.1:9' },
    },
  })

describe('tasks/explain', () => {
  it('leaves our own errors as they are', () => {
    const error = new StorageError('NO_MONEY', { what: 'too poor' })
    expect(explain(error)).to.equal(error)
  })

  it('calls a network that Hardhat does not know UNKNOWN_NETWORK', async () => {
    const error = await thrownBy(async () => (await hre()).network.create('nowhere'))
    expect(explain(error)).to.include({ code: 'UNKNOWN_NETWORK' })
    expect(explain(error).message).to.include('nowhere')
  })

  it('calls a missing private key NO_KEY and names what makes one', async () => {
    const before = process.env['PRIVATE_KEY']
    delete process.env['PRIVATE_KEY']
    try {
      const { provider } = await (await hre()).network.create('keyless')
      const error = await thrownBy(() => provider.request({ method: 'eth_accounts' }))
      expect(explain(error)).to.include({
        code: 'NO_KEY',
        next: 'npx hardhat init-wallet',
      })
    } finally {
      if (before !== undefined) process.env['PRIVATE_KEY'] = before
    }
  })

  it('calls a key that is no hexadecimal NO_KEY and does not repeat it', async () => {
    const before = process.env['PRIVATE_KEY']
    process.env['PRIVATE_KEY'] = 'correct horse battery staple'
    try {
      const { provider } = await (await hre()).network.create('keyless')
      const error = await thrownBy(() => provider.request({ method: 'eth_accounts' }))
      expect(explain(error)).to.include({ code: 'NO_KEY' })
      expect(explain(error).message).to.not.include('horse')
    } finally {
      if (before === undefined) delete process.env['PRIVATE_KEY']
      else process.env['PRIVATE_KEY'] = before
    }
  })

  it('calls a node that does not answer NODE_UNREACHABLE', async () => {
    const { provider } = await (await hre()).network.create('dead')
    const error = await thrownBy(() => provider.request({ method: 'eth_chainId' }))
    expect(explain(error, { network: 'dead' })).to.include({ code: 'NODE_UNREACHABLE' })
  })

  it('says how to start the localnet when it is down', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    expect(explain(refused, { network: 'localnet' }).next).to.equal('npx hardhat localnet')
    expect(explain(refused, { network: 'calibration' }).next).to.equal(undefined)
    const ours = new StorageError('NODE_UNREACHABLE', { what: 'no answer' })
    expect(explain(ours, { network: 'localnet' }).next).to.equal('npx hardhat localnet')
  })

  it('calls a port that is taken PORT_IN_USE', async () => {
    const first = createServer()
    await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve))
    try {
      const address = first.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      const error = await thrownBy(
        () =>
          new Promise((_resolve, reject) => {
            createServer().once('error', reject).listen(port, '127.0.0.1')
          }),
      )
      expect(explain(error)).to.include({ code: 'PORT_IN_USE' })
      expect(explain(error).message).to.include(String(port))
    } finally {
      first.close()
    }
  })

  it('understands the localnet, which has errors of its own', () => {
    const taken = Object.assign(new Error('port 8545 is in use'), { code: 'PORT_IN_USE' })
    const refusedPort = Object.assign(new Error('cannot listen'), { code: 'PORT_REFUSED' })
    expect(explain(taken)).to.include({ code: 'PORT_IN_USE' })
    expect(explain(refusedPort)).to.include({ code: 'ARGUMENT_INVALID' })
  })

  it('calls an abort ABORTED and an empty account NO_MONEY', () => {
    expect(explain(new DOMException('stop', 'AbortError'))).to.include({ code: 'ABORTED' })
    const poor = Object.assign(new Error('no'), { code: 'INSUFFICIENT_FUNDS' })
    expect(explain(poor)).to.include({ code: 'NO_MONEY', next: 'npx hardhat get-address' })
  })

  it('calls everything else INTERNAL, keeps the cause and tells the first line', () => {
    const cause = new TypeError('first\nsecond')
    const error = explain(cause)
    expect(error).to.include({ code: 'INTERNAL', cause })
    expect(error.message).to.equal('unexpected: first')
    expect(explain('a string').message).to.equal('unexpected: a string')
  })
})
