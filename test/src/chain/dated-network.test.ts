import type { Provider } from 'ethers'
import { expect } from 'chai'
import { datedNetwork } from '../../../src/chain/epoch.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'

function at(block: { number: number; timestamp: number } | null): Provider {
  return { getBlock: async () => block } as unknown as Provider
}

describe('datedNetwork', () => {
  it('counts back from the newest block where the chain began at a time of its own', async () => {
    const node = at({ number: 1_000_010, timestamp: 1_800_000_000 })
    const network = await datedNetwork(NETWORKS.localnet, node)
    expect(network).to.deep.equal({ ...NETWORKS.localnet, genesis: 1_800_000_000 - 30_000_300 })
  })

  it('asks nobody where the genesis is known, and leaves it open where no block is', async () => {
    const silent = {} as Provider
    expect(await datedNetwork(NETWORKS.calibration, silent)).to.equal(NETWORKS.calibration)
    expect(await datedNetwork(NETWORKS.localnet, at(null))).to.equal(NETWORKS.localnet)
  })
})
