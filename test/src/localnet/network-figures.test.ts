import { expect } from 'chai'
import { activate, terminate } from '../../../src/localnet/controls.ts'
import type { Provider } from '../../../src/localnet/controls.ts'
import {
  minProviderCollateral,
  networkFigures,
  setNetworkFigures,
} from '../../../src/localnet/network-figures.ts'
import { project } from './support/filecoin.ts'

const GIB = 2n ** 30n
const FIL = 10n ** 18n

describe('localnet/network-figures', () => {
  let provider: Provider
  let worker: string
  beforeEach(async () => {
    provider = (await (await project()).network.create('own')).provider
    const accounts = (await provider.request({ method: 'eth_accounts' })) as string[]
    worker = accounts.at(-1) ?? ''
  })

  async function bounds(size: number): Promise<{ Min: string; Max: string }> {
    const method = 'Filecoin.StateDealProviderCollateralBounds'
    const answer = await provider.request({ method, params: [size, false, null] })
    return answer as { Min: string; Max: string }
  }

  it('starts with about what a main network asks for', async () => {
    // 0.0086 FIL for 32 GiB.
    expect(await minProviderCollateral(provider, 32n * GIB)).to.equal(8_589_934_592_000_000n)
    expect(await networkFigures(provider)).to.deep.equal({
      circulatingSupply: 720_575_940_379_279_360_000_000_000n,
      baselinePower: 25n * 2n ** 60n,
      rawPower: 0n,
    })
  })

  it('moves the minimum of the market, and 1.1 times it for Lotus', async () => {
    await setNetworkFigures(provider, { circulatingSupply: 100n * FIL, baselinePower: 64n * GIB })
    expect(await minProviderCollateral(provider, GIB)).to.equal(FIL / 64n)
    expect(await bounds(2 ** 30)).to.deep.equal({
      Min: String(((FIL / 64n) * 110n) / 100n),
      Max: String(2_000_000_000n * FIL),
    })
  })

  it('leaves what is not named', async () => {
    const before = await networkFigures(provider)
    await setNetworkFigures(provider, { baselinePower: 7n })
    expect(await networkFigures(provider)).to.deep.equal({ ...before, baselinePower: 7n })
    await setNetworkFigures(provider, { circulatingSupply: 0n })
    expect(await networkFigures(provider)).to.deep.equal({
      ...before,
      baselinePower: 7n,
      circulatingSupply: 0n,
    })
    expect(await minProviderCollateral(provider, GIB)).to.equal(0n)
  })

  it('reckons with the sectors of the network', async () => {
    await setNetworkFigures(provider, { circulatingSupply: 100n * FIL, baselinePower: 0n })
    expect(await minProviderCollateral(provider, GIB)).to.equal(FIL)
    const sector = { miner: 1000n, worker, number: 1n, expiration: 1_600_000n, deals: [] }
    await activate(provider, sector)
    expect((await networkFigures(provider)).rawPower).to.equal(32n * GIB)
    expect(await minProviderCollateral(provider, GIB)).to.equal(FIL / 32n)
    await terminate(provider, { miner: 1000n, worker, numbers: [1n] })
    expect(await minProviderCollateral(provider, GIB)).to.equal(FIL)
  })

  it('refuses figures that no network has, and changes nothing', async () => {
    const before = await networkFigures(provider)
    for (const wrong of [
      { circulatingSupply: 2_000_000_000n * FIL + 1n },
      { circulatingSupply: -1n },
      { baselinePower: 2n ** 128n },
    ]) {
      const error = await setNetworkFigures(provider, wrong).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(RangeError)
    }
    expect(await networkFigures(provider)).to.deep.equal(before)
  })

  it('leaves nobody in the place of f00', async () => {
    await setNetworkFigures(provider, { baselinePower: 1n })
    const transaction = { from: `0xff${'0'.repeat(38)}`, to: `0xff${'0'.repeat(37)}4`, data: '0x' }
    const error = await provider
      .request({ method: 'eth_sendTransaction', params: [transaction] })
      .catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(Error)
  })
})
