import { expect } from 'chai'
import { answerLotus, isLotusMethod } from '../../../src/localnet/lotus.ts'
import { RpcError } from '../../../src/localnet/rpc-error.ts'
import { project } from './support/filecoin.ts'
import type { Provider } from '../../../src/localnet/controls.ts'

describe('localnet/lotus', () => {
  let provider: Provider
  before(async () => {
    provider = (await (await project()).network.create('own')).provider
  })

  async function failure(method: string, params: unknown[]): Promise<unknown> {
    return answerLotus(provider, method, params).catch((error: unknown) => error)
  }

  it('tells Lotus methods from others', () => {
    expect(isLotusMethod('Filecoin.ChainHead')).to.equal(true)
    expect(isLotusMethod('eth_chainId')).to.equal(false)
  })

  it('answers the head', async () => {
    expect(await answerLotus(provider, 'Filecoin.ChainHead', [])).to.include({ Height: 1_000_000 })
  })

  it('looks ids up', async () => {
    expect(await answerLotus(provider, 'Filecoin.StateLookupID', ['f01000', null])).to.equal(
      't01000',
    )
    const nobody = `0x${'12'.repeat(20)}`
    expect(await failure('Filecoin.StateLookupID', [nobody, null])).to.be.instanceOf(RpcError)
    expect(await failure('Filecoin.StateLookupID', [5, null])).to.have.property('code', -32602)
  })

  it('says that an actor is no miner', async () => {
    const error = await failure('Filecoin.StateMinerInfo', ['f05', null])
    expect(error).to.be.instanceOf(RpcError).with.property('message').that.contains('not a miner')
  })

  it('asks for 1.1 × the minimum of the market as collateral', async () => {
    const bounds = await answerLotus(provider, 'Filecoin.StateDealProviderCollateralBounds', [
      262144,
      false,
      null,
    ])
    expect(bounds).to.deep.equal({ Min: '72089600000', Max: '2000000000000000000000000000' })
    expect(await failure('Filecoin.StateDealProviderCollateralBounds', ['x'])).to.have.property(
      'code',
      -32602,
    )
  })
})
