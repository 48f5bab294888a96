import { expect } from 'chai'
import { mine } from '../../../src/localnet/controls.ts'
import { LIMITS } from './limits.ts'
import { ask, Fake, messageOf, number, range } from './support.ts'

describe('fakes/lotus: logs', () => {
  const fake = Fake.use()

  it('are given for at most 2880 epochs before the head, and 4 topics', async () => {
    const node = await fake.start()
    await mine(fake.provider, 3000n)
    const latest = await number(node, 'eth_blockNumber')
    expect(await ask(node, 'eth_getLogs', range(latest - 2881n, latest))).to.deep.include({
      error: { code: -32005, message: 'block range exceeds maximum of 2880 (got 2881)' },
    })
    expect((await ask(node, 'eth_getLogs', range(latest - 2880n, latest))).result).to.be.an('array')
    expect(await messageOf(node, 'eth_getLogs', range(latest, latest + 1n))).to.match(
      /not yet available/,
    )
    const topics = Array(5).fill(null)
    expect(await messageOf(node, 'eth_getLogs', { ...range(latest, latest), topics })).to.match(
      /too many topics/,
    )
    expect(await messageOf(node, 'eth_getLogs', { fromBlock: 'safe' })).to.match(/not a hex/)
  })

  it('are given up to a number, unless one tipset has more', async () => {
    const node = await fake.start({ limits: { ...LIMITS, results: 1 } })
    const [first, second] = [await logAt(fake), await logAt(fake)]
    await mine(fake.provider, 1n)
    expect(await messageOf(node, 'eth_getLogs', range(first, second))).to.match(/too many events/)
    expect((await ask(node, 'eth_getLogs', range(second, second))).result).to.have.lengthOf(1)
  })

  it('leave with their blocks, and come back with another hash', async () => {
    const node = await fake.start()
    const block = await logAt(fake)
    await mine(fake.provider, 1n)
    const logs = async () =>
      (await ask(node, 'eth_getLogs', { fromBlock: range(block, block).fromBlock })).result as {
        blockHash: string
      }[]
    const before = await logs()
    expect(before).to.have.lengthOf(1)
    await node.reorganise(1n, 2n)
    expect(await messageOf(node, 'eth_getLogs', range(block, block))).to.match(/not yet available/)
    await mine(fake.provider, 2n)
    const after = await logs()
    expect(after).to.have.lengthOf(1)
    expect(after[0]?.blockHash).not.to.equal(before[0]?.blockHash)
    const blockHash = before[0]?.blockHash
    expect(await messageOf(node, 'eth_getLogs', { blockHash })).to.match(/not found/)
  })
})
/** The epoch in which a contract logged something when it was created. */
async function logAt({ provider, rich }: Fake): Promise<bigint> {
  // PUSH0 PUSH0 LOG0
  const tx = { from: rich, data: '0x5f5fa000' }
  const hash = await provider.request({ method: 'eth_sendTransaction', params: [tx] })
  const receipt = await provider.request({ method: 'eth_getTransactionReceipt', params: [hash] })
  return BigInt((receipt as { blockNumber: string }).blockNumber)
}
