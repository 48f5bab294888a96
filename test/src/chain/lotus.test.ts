import { expect } from 'chai'
import { collateralBounds, describeAddress, lookupId, minerInfo } from '../../../src/chain/lotus.ts'
import { networkOf } from '../../../src/chain/networks.ts'
import { refused } from '../../support/refused.ts'
import { FakeNode } from './fake-node.ts'

// From the project's vectors f05-cbor.json, address/golden.
const ETH = '0xd4aac4d8fbc7575bdf5c19f900634d6c61a00a79'
const T410 = 't410f2svmjwh3y5lvxx24dh4qay2nnrq2actzi5kbyuq'
const calibration = networkOf('calibration')

describe('chain/lotus', () => {
  let node: FakeNode
  const asked: unknown[][] = []
  const answer = (method: string, value: unknown): void => {
    node.rpc[`Filecoin.${method}`] = (params) => {
      asked.push(params)
      return value
    }
  }
  const absent = (method: string, message: string): void => {
    node.rpc[`Filecoin.${method}`] = () => {
      throw Object.assign(new Error('coalesce'), { error: { code: 1, message } })
    }
  }
  beforeEach(() => {
    node = new FakeNode()
    asked.length = 0
  })

  it('tells the three names of an address', async () => {
    answer('StateLookupID', 't01234')
    expect(await describeAddress(node.provider, calibration, ETH)).to.deep.equal({
      address: ETH,
      f4: T410,
      id: 't01234',
    })
    expect(asked).to.deep.equal([[T410, []]])
  })

  it('writes f on mainnet', async () => {
    const { f4 } = await describeAddress(node.provider, networkOf('filecoin'), ETH)
    expect(f4).to.equal(`f${T410.slice(1)}`)
  })

  it('leaves the id out where the node does not tell, and where no actor is', async () => {
    expect((await describeAddress(node.provider, calibration, ETH)).id).to.equal(null)
    absent('StateLookupID', `resolution lookup failed (${T410}): actor not found`)
    expect(await lookupId(node.provider, calibration, ETH)).to.equal(undefined)
  })

  it('reads where a miner can be reached', async () => {
    answer('StateMinerInfo', {
      PeerId: '12D3',
      // /ip4/127.0.0.1/tcp/3000/http and /ip4/127.0.0.1/tcp/3000
      Multiaddrs: ['BH8AAAEGC7jgAw==', 'BH8AAAEGC7g='],
      SectorSize: 34_359_738_368,
    })
    const info = await minerInfo(node.provider, calibration, 1000n)
    expect(info?.urls).to.deep.equal(['http://127.0.0.1:3000'])
    expect(info?.multiaddrs).to.have.length(2)
    expect(info?.peerId).to.equal('12D3')
    expect(info?.sectorSize).to.equal(34_359_738_368n)
    expect(asked).to.deep.equal([['t01000', []]])
  })

  it('takes a miner without addresses', async () => {
    answer('StateMinerInfo', { PeerId: null, Multiaddrs: null })
    expect(await minerInfo(node.provider, calibration, 1000n)).to.deep.equal({
      peerId: undefined,
      multiaddrs: [],
      urls: [],
      sectorSize: undefined,
    })
  })

  it('finds no miner where there is none', async () => {
    absent('StateMinerInfo', 'failed to load miner actor: actor not found')
    expect(await minerInfo(node.provider, calibration, 1000n)).to.equal(undefined)
  })

  it('reads the bounds of collateral', async () => {
    answer('StateDealProviderCollateralBounds', { Min: '123456789012345678901', Max: '5' })
    expect(await collateralBounds(node.provider, 2048)).to.deep.equal({
      min: 123456789012345678901n,
      max: 5n,
    })
    expect(asked).to.deep.equal([[2048, false, []]])
  })

  it('refuses an answer in another form', async () => {
    answer('StateDealProviderCollateralBounds', { min: '1' })
    await refused('NODE_UNREACHABLE', collateralBounds(node.provider, 2048))
    answer('StateMinerInfo', { Multiaddrs: ['not base64!'] })
    await refused('NODE_UNREACHABLE', minerInfo(node.provider, calibration, 1000n))
  })
})
