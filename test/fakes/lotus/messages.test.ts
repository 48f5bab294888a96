import { expect } from 'chai'
import { Transaction, type TransactionLike } from 'ethers'
import { mine } from '../../../src/localnet/controls.ts'
import { LIMITS } from './limits.ts'
import { ask, Fake, FIL, messageOf, number, post, sign } from './support.ts'

describe('fakes/lotus: messages', () => {
  const fake = Fake.use()

  it('are legacy or of type 2, without an access list, for its chain, and fit', async () => {
    const node = await fake.start()
    const wallet = await fake.freshKey()
    const send = (change: TransactionLike) =>
      messageOf(node, 'eth_sendRawTransaction', sign(wallet, change))
    const fixed = { maxFeePerGas: null, maxPriorityFeePerGas: null, gasPrice: 10n ** 10n }
    expect(await send({ ...fixed, type: 1 })).to.equal('EIP-2930 transaction is not supported')
    expect(
      await messageOf(node, 'eth_sendRawTransaction', `0x03${sign(wallet).slice(4)}`),
    ).to.equal('unsupported transaction type')
    const accessList = [{ address: wallet.address, storageKeys: [] }]
    expect(await send({ accessList })).to.equal('access list should be an empty list')
    expect(await send({ chainId: 1 })).to.equal('invalid chain id: 1')
    expect(await send({ data: `0x${'00'.repeat(65_536)}` })).to.match(/message too big/)
    expect(await send({ value: 2n * FIL })).to.match(/not enough funds to execute transaction/)
    expect(await send({ maxFeePerGas: 99n, maxPriorityFeePerGas: 1n })).to.equal(
      'gas fee cap too low',
    )
    expect(node.taken.size).to.equal(0)
    expect(await send({ ...fixed, type: 0 })).to.equal(undefined)
    expect(node.taken.size).to.equal(1)
  })

  it('keep the order of nonces, and are replaced for a tenth more', async () => {
    const node = await fake.start()
    const wallet = await fake.freshKey()
    const send = (change: TransactionLike) =>
      messageOf(node, 'eth_sendRawTransaction', sign(wallet, change))
    expect(await send({})).to.equal(undefined)
    expect(await send({}), 'the same again').to.match(/message with nonce already exists/)
    expect(await send({ nonce: 6 })).to.match(/unfulfilled nonce gap/)
    expect(await send({ nonce: 5 })).to.equal(undefined)
    expect(await send({ maxPriorityFeePerGas: 110_000n })).to.match(/too low GasPremium/)
    expect(await send({ maxPriorityFeePerGas: 110_001n, value: 2n })).to.equal(undefined)
    await mine(fake.provider, 1n)
    await ask(node, 'eth_blockNumber')
    await mine(fake.provider, 2n)
    expect(await send({ value: 3n })).to.equal(
      'minimum expected nonce is 1, got 0: message nonce too low',
    )
    const replacing = Transaction.from(sign(wallet, { maxPriorityFeePerGas: 110_001n, value: 2n }))
    expect((await ask(node, 'eth_getTransactionReceipt', replacing.hash)).result).to.include({
      status: '0x1',
    })
  })

  it('wait up to a number for an account', async () => {
    const node = await fake.start({ limits: { ...LIMITS, pending: 3 } })
    const wallet = await fake.freshKey()
    const send = (nonce: number) =>
      messageOf(node, 'eth_sendRawTransaction', sign(wallet, { nonce }))
    for (const nonce of [0, 1, 2]) expect(await send(nonce)).to.equal(undefined)
    expect(await send(3)).to.equal('too many pending messages for actor')
  })

  it('cost a quarter more than they need, with a premium of the node', async () => {
    const node = await fake.start()
    const call = { from: fake.rich, to: `0x${'aa'.repeat(20)}`, value: '0x1' }
    const exact = BigInt(
      String(await fake.provider.request({ method: 'eth_estimateGas', params: [call] })),
    )
    expect(await number(node, 'eth_estimateGas', call)).to.equal((exact * 125n) / 100n)
    expect(await number(node, 'eth_maxPriorityFeePerGas')).to.equal(100_000n)
  })

  it('that revert say so with code 3 and the data', async () => {
    const node = await fake.start()
    // Reverts with the four bytes 0xdeadbeef.
    const data = '0x63deadbeef5f526004601cfd'
    expect(await ask(node, 'eth_call', { from: fake.rich, data }, 'latest')).to.deep.include({
      error: {
        code: 3,
        message:
          'message execution failed (exit=[33], revert reason=[0xdeadbeef], vm error=[message failed with backtrace])',
        data: '0xdeadbeef',
      },
    })
  })

  it('are signed by the client: the node has no key, and is no Hardhat', async () => {
    const node = await fake.start()
    expect((await ask(node, 'eth_accounts')).result).to.deep.equal([])
    for (const method of ['eth_sendTransaction', 'hardhat_mine', 'evm_snapshot'])
      expect((await ask(node, method)).error?.code, method).to.equal(-32601)
  })

  it('takes a hundred requests at once', async () => {
    const node = await fake.start()
    expect(await (await post(node, batch(100))).json()).to.have.lengthOf(100)
    expect(await (await post(node, batch(101))).json()).to.have.nested.property(
      'error.code',
      -32600,
    )
  })
})

function batch(length: number): unknown[] {
  const one = { jsonrpc: '2.0', method: 'eth_chainId', params: [] }
  return Array.from({ length }, (_, index) => ({ ...one, id: index }))
}
