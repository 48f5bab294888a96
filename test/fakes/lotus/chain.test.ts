import { expect } from 'chai'
import { mine, nullRounds } from '../../../src/localnet/controls.ts'
import { ask, Fake, messageOf, number, sign } from './support.ts'

describe('fakes/lotus: the chain', () => {
  const fake = Fake.use()

  it('is shown up to the epoch before its head, and executed an epoch or two after it was mined', async () => {
    const node = await fake.start()
    const wallet = await fake.freshKey()
    const head = BigInt(String(await fake.provider.request({ method: 'eth_blockNumber' })))
    expect(await number(node, 'eth_blockNumber')).to.equal(head - 1n)
    expect((await ask(node, 'Filecoin.ChainHead')).result).to.have.property('Height', Number(head))

    const hash = (await ask(node, 'eth_sendRawTransaction', sign(wallet))).result
    expect(await ask(node, 'eth_getTransactionReceipt', hash)).to.have.property('result', null)
    expect((await ask(node, 'eth_getTransactionByHash', hash)).result).to.include({
      hash,
      blockHash: null,
    })
    expect(await number(node, 'eth_getTransactionCount', wallet.address, 'pending')).to.equal(1n)
    expect(await number(node, 'eth_getTransactionCount', wallet.address, 'latest')).to.equal(0n)
    await mine(fake.provider, 1n)
    // Now a block takes it: mined, not executed.
    expect(await ask(node, 'eth_getTransactionReceipt', hash)).to.have.property('result', null)
    expect(
      await fake.provider.request({ method: 'eth_getTransactionReceipt', params: [hash] }),
    ).not.to.equal(null)
    expect(await number(node, 'eth_getTransactionCount', wallet.address, 'latest')).to.equal(0n)
    await mine(fake.provider, 2n)
    expect((await ask(node, 'eth_getTransactionReceipt', hash)).result).to.include({
      status: '0x1',
      cumulativeGasUsed: '0x0',
    })
    expect(await number(node, 'eth_getTransactionCount', wallet.address, 'latest')).to.equal(1n)
  })

  it('has tags for the final and the safe, none for the earliest, and no future', async () => {
    const node = await fake.start()
    await mine(fake.provider, 1000n)
    const latest = await number(node, 'eth_blockNumber')
    const numberOf = async (tag: string) => {
      const { result } = await ask(node, 'eth_getBlockByNumber', tag, false)
      return BigInt((result as { number: string }).number)
    }
    expect(await numberOf('finalized')).to.equal(latest - 900n)
    expect(await numberOf('safe')).to.equal(latest - 200n)
    expect(await numberOf('pending')).to.equal(latest + 1n)
    expect(await messageOf(node, 'eth_getBlockByNumber', 'earliest', false)).to.match(
      /not supported/,
    )
    const future = `0x${(latest + 1n).toString(16)}`
    expect(await messageOf(node, 'eth_getBlockByNumber', future, false)).to.match(/future epoch/)
  })

  it('has null rounds', async () => {
    const node = await fake.start()
    const before = await number(node, 'eth_blockNumber')
    await nullRounds(fake.provider, 2n)
    const none = before + 2n
    await mine(fake.provider, 1n)
    expect(
      await ask(node, 'eth_getBlockByNumber', `0x${none.toString(16)}`, false),
    ).to.deep.include({
      error: {
        code: 12,
        message: `requested epoch was a null round (${none})`,
        data: Number(none),
      },
    })
    await nullRounds(fake.provider, 2n)
    const head = BigInt(String(await fake.provider.request({ method: 'eth_blockNumber' })))
    expect(await number(node, 'eth_blockNumber'), 'the tipset before the head').to.equal(head - 3n)
  })

  it('is reorganised: what was mined vanishes, and returns in another block', async () => {
    const node = await fake.start()
    const wallet = await fake.freshKey()
    const hash = (await ask(node, 'eth_sendRawTransaction', sign(wallet))).result
    await mine(fake.provider, 1n)
    await ask(node, 'eth_blockNumber')
    await mine(fake.provider, 2n)
    const receipt = async () =>
      (await ask(node, 'eth_getTransactionReceipt', hash)).result as {
        blockHash: string
        blockNumber: string
      } | null
    const first = await receipt()
    await node.reorganise(4n, 3n)
    expect(await receipt()).to.equal(null)
    expect(await number(node, 'eth_getTransactionCount', wallet.address, 'latest')).to.equal(0n)
    expect((await ask(node, 'eth_getTransactionByHash', hash)).result).to.include({
      hash,
      blockHash: null,
    })
    expect(await messageOf(node, 'eth_getBlockByHash', first?.blockHash, false)).to.match(
      /not found/,
    )
    await mine(fake.provider, 3n)
    const second = await receipt()
    expect(second?.blockNumber).to.equal(first?.blockNumber)
    expect(second?.blockHash).not.to.equal(first?.blockHash)
    const { result } = await ask(node, 'eth_getBlockByHash', second?.blockHash, false)
    expect(result).to.include({ hash: second?.blockHash, number: second?.blockNumber })
  })

  it('knows no actor for a fresh key', async () => {
    const node = await fake.start()
    const wallet = await fake.freshKey(0n)
    for (const [method, tag] of [
      ['eth_getTransactionCount', 'pending'],
      ['eth_getTransactionCount', 'latest'],
      ['eth_getBalance', 'latest'],
    ] as const)
      expect(await messageOf(node, method, wallet.address, tag)).to.match(/actor not found/)
    await fake.transfer(wallet.address, 1n)
    await mine(fake.provider, 1n)
    expect(await number(node, 'eth_getBalance', wallet.address, 'latest')).to.equal(1n)
  })
})
