import { expect } from 'chai'
import { currentEpoch } from '../../../src/localnet/controls.ts'
import { genesis } from '../../../src/localnet/genesis.ts'
import { actorAddress } from '../../../src/localnet/native.ts'
import { project } from './support/filecoin.ts'

describe('localnet/network', () => {
  it('makes every simulated network a Filecoin at the base epoch, now', async () => {
    const hre = await project()
    for (const name of ['own', 'default']) {
      const { provider, networkConfig } = await hre.network.create(name)
      expect(networkConfig).to.include({ chainId: 31415926, hardfork: 'cancun' })
      expect(await provider.request({ method: 'eth_chainId' })).to.equal('0x1df5e76')
      expect(await currentEpoch(provider)).to.equal(1_000_000n)
      const block = (await provider.request({
        method: 'eth_getBlockByNumber',
        params: ['latest', false],
      })) as { timestamp: string }
      expect(Number(block.timestamp)).to.be.closeTo(Date.now() / 1000, 600)
    }
  })

  it('has one epoch every 30 s behind it', async () => {
    const { provider } = await (await project()).network.create('own')
    const timeOf = async (epoch: number) => {
      const params = [`0x${epoch.toString(16)}`, false]
      const block = await provider.request({ method: 'eth_getBlockByNumber', params })
      return Number((block as { timestamp: string }).timestamp)
    }
    const genesisTime = await timeOf(0)
    for (const epoch of [1, 2, 3, 1000, 999_999, 1_000_000]) {
      expect(await timeOf(epoch)).to.equal(genesisTime + 30 * epoch)
    }
  })

  it('etches code at the real addresses', async () => {
    const { provider } = await (await project()).network.create('own')
    for (const [address, code] of Object.entries(genesis().code)) {
      expect(
        await provider.request({ method: 'eth_getCode', params: [address, 'latest'] }),
      ).to.equal(code)
    }
    expect(Object.keys(genesis().code)).to.include.members([
      '0xfe00000000000000000000000000000000000005',
      '0xff00000000000000000000000000000000000005',
    ])
  })

  it('leaves a network alone that is configured `filecoin: false`', async () => {
    const { provider, networkConfig } = await (await project()).network.create('plain')
    expect(networkConfig.chainId).to.equal(31337)
    const code = await provider.request({
      method: 'eth_getCode',
      params: [actorAddress(5n), 'latest'],
    })
    expect(code).to.equal('0x')
    expect(await provider.request({ method: 'eth_blockNumber' })).to.equal('0x0')
  })

  it('gives the miners of the configuration their workers', async () => {
    const hre = await project({
      baseEpoch: 7,
      miners: [{ id: 1234n, sectorSize: 2048, multiaddrs: ['0x047f000001'] }, {}],
    })
    const { provider } = await hre.network.create('own')
    expect(await currentEpoch(provider)).to.equal(7n)
    const accounts = (await provider.request({ method: 'eth_accounts' })) as string[]
    const [last, before] = [accounts.at(-1), accounts.at(-2)]
    const lookUp = (address: string | undefined) =>
      provider.request({ method: 'Filecoin.StateLookupID', params: [address, null] })
    const info = (address: string) =>
      provider.request({ method: 'Filecoin.StateMinerInfo', params: [address, null] })
    expect(await info('f01234')).to.include({ Worker: await lookUp(last), SectorSize: 2048 })
    expect(await info('t01001')).to.include({
      Worker: await lookUp(before),
      SectorSize: 34359738368,
    })
  })

  it('stands at its base epoch also where nothing mines by itself', async () => {
    const hre = await project()
    const { provider } = await hre.network.create({
      network: 'own',
      override: { mining: { auto: false, interval: 0 } },
    })
    expect(await currentEpoch(provider)).to.equal(1_000_000n)
    const owner = await provider.request({
      method: 'Filecoin.StateMinerInfo',
      params: ['f01001', null],
    })
    expect(owner)
      .to.have.property('Owner')
      .that.matches(/^t0\d+$/)
  })

  it('refuses a configuration that cannot be a Filecoin', async () => {
    const bad = {
      miners: [{ id: 5 }, { id: 1001, worker: '0x12' }, { id: 1001, sectorSize: 4096 }],
    }
    const error = await project(bad).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(String(error)).to.match(/miners\.0\.id.*from 1000/s)
    expect(String(error)).to.match(/miners\.1\.worker.*0x address/s)
    expect(String(error)).to.match(/miners\.2\.sectorSize.*2048/s)
    expect(String(error)).to.match(/miners\.2\.id.*f01001 is taken/s)
  })
})
