import { expect } from 'chai'
import {
  connectLocalnet,
  currentEpoch,
  mine,
  nullRounds,
  type Provider,
} from '../../../src/localnet/controls.ts'
import { serveProvider } from '../../../src/localnet/serve.ts'
import { project } from './support/filecoin.ts'
import { failure } from './support/market.ts'

interface Block {
  number: string
  hash: string
  parentHash: string
  timestamp: string
  transactions: string[]
}

const hex = (epoch: bigint): string => `0x${epoch.toString(16)}`

describe('localnet/null-rounds', () => {
  let provider: Provider
  let sender: string
  beforeEach(async () => {
    provider = (await (await project()).network.create('own')).provider
    ;[sender = ''] = (await provider.request({ method: 'eth_accounts' })) as string[]
  })

  const ask = (method: string, ...params: unknown[]): Promise<unknown> =>
    provider.request({ method, params })
  const block = (epoch: bigint | string) =>
    ask(
      'eth_getBlockByNumber',
      typeof epoch === 'string' ? epoch : hex(epoch),
      false,
    ) as Promise<Block>
  const pay = (gas = '0x5208'): Promise<unknown> =>
    ask('eth_sendTransaction', { from: sender, to: `0x${'ab'.repeat(20)}`, value: '0x1', gas })

  it('jumps over the epochs, 30 s each', async () => {
    const head = await currentEpoch(provider)
    const before = await block('latest')
    expect(await nullRounds(provider, 7n)).to.equal(head + 8n)
    expect(await currentEpoch(provider)).to.equal(head + 8n)
    const after = await block('latest')
    expect(Number(after.timestamp) - Number(before.timestamp)).to.equal(8 * 30)
    expect(after.transactions).to.deep.equal([])
  })

  it('answers a block of such an epoch with the error of Lotus, and its neighbours as always', async () => {
    const head = await currentEpoch(provider)
    await nullRounds(provider, 2n)
    const strict: [string, unknown[]][] = [
      ['eth_getBlockByNumber', [false]],
      ['eth_getBlockTransactionCountByNumber', []],
      ['eth_getTransactionByBlockNumberAndIndex', ['0x0']],
      ['eth_getBlockReceipts', []],
    ]
    for (const [method, rest] of strict) {
      for (const epoch of [head + 1n, head + 2n]) {
        // lotus api/api_errors.go: code ENullRound, message and data of NewErrNullRound.
        expect(await failure(ask(method, hex(epoch), ...rest)), method).to.deep.include({
          code: 12,
          message: `requested epoch was a null round (${epoch})`,
          data: Number(epoch),
        })
      }
    }
    expect(await block(head)).to.have.property('number', hex(head))
    expect(await block(head + 3n)).to.have.property('number', hex(head + 3n))
    expect(await block(head + 4n)).to.equal(null)
  })

  it('gives the block behind them the block before them for a parent', async () => {
    const head = await currentEpoch(provider)
    await nullRounds(provider, 3n)
    const before = await block(head)
    const after = await block(head + 4n)
    expect(after.parentHash).to.equal(before.hash)
    const byHash = (await ask('eth_getBlockByHash', after.hash, false)) as Block
    expect(byHash.parentHash).to.equal(before.hash)
    await mine(provider, 1n)
    expect((await block(head + 5n)).parentHash).to.equal(after.hash)
  })

  it('has the state of the epoch before in each', async () => {
    await pay()
    const head = await currentEpoch(provider)
    await nullRounds(provider, 5n)
    await pay()
    const to = `0x${'ab'.repeat(20)}`
    for (const epoch of [head, head + 1n, head + 5n, head + 6n])
      expect(await ask('eth_getBalance', to, hex(epoch))).to.equal('0x1')
    expect(await ask('eth_getBalance', to, { blockNumber: hex(head + 2n) })).to.equal('0x1')
    expect(await ask('eth_getBalance', to, 'latest')).to.equal('0x2')
    expect(await ask('eth_getTransactionCount', sender, hex(head + 3n))).to.equal('0x1')
    // NUMBER PUSH0 MSTORE, return 32 bytes: the epoch that a call sees.
    const code = '0x435f5260205ff3'
    await ask('hardhat_setCode', to, code)
    expect(BigInt(String(await ask('eth_call', { to }, 'latest')))).to.equal(head + 7n)
  })

  it('has no logs in them, and gives those around', async () => {
    const from = hex((await currentEpoch(provider)) + 1n)
    // LOG0 of nothing.
    const to = `0x${'cd'.repeat(20)}`
    await ask('hardhat_setCode', to, '0x5f5fa000')
    const log = () => ask('eth_sendTransaction', { from: sender, to })
    await log()
    const head = await currentEpoch(provider)
    await nullRounds(provider, 3000n)
    await log()
    const logs = async (fromBlock: string, toBlock: string) =>
      ((await ask('eth_getLogs', { fromBlock, toBlock })) as { blockNumber: string }[]).map(
        ({ blockNumber }) => BigInt(blockNumber),
      )
    expect(await logs(from, 'latest')).to.deep.equal([head, head + 3002n])
    expect(await logs(hex(head + 1n), hex(head + 3000n))).to.deep.equal([])
    expect(await logs(hex(head + 2000n), 'latest')).to.deep.equal([head + 3002n])
  })

  it('is nothing for none, and refuses what is no number', async () => {
    const head = await currentEpoch(provider)
    expect(await nullRounds(provider, 0n)).to.equal(head)
    expect(await currentEpoch(provider)).to.equal(head)
    for (const count of ['x', '-0x1', undefined, 5])
      expect(await failure(ask('localnet_nullRounds', count))).to.have.property('code', -32602)
  })

  it('holds no transaction: what waits comes before', async () => {
    await ask('evm_setAutomine', false)
    const hash = await pay()
    const head = await currentEpoch(provider)
    expect(await nullRounds(provider, 2n)).to.equal(head + 4n)
    const receipt = (await ask('eth_getTransactionReceipt', hash)) as { blockNumber: string }
    expect(BigInt(receipt.blockNumber)).to.equal(head + 1n)
    expect(await block(head + 1n)).to.have.property('hash')
    expect(await failure(block(head + 2n))).to.have.property('code', 12)
  })

  it('refuses where a transaction waits that no block takes', async () => {
    await ask('evm_setAutomine', false)
    const nonce = '0x9'
    await ask('eth_sendTransaction', { from: sender, to: sender, nonce })
    const head = await currentEpoch(provider)
    const error = await failure(nullRounds(provider, 2n))
    expect(error).to.have.property('message').that.contains('hardhat_dropTransaction')
    expect((await currentEpoch(provider)) - head).to.equal(1n)
  })

  it('keeps others from looking while it goes on', async () => {
    const head = await currentEpoch(provider)
    const [, seen, sent] = await Promise.all([
      nullRounds(provider, 500n),
      currentEpoch(provider),
      pay(),
      nullRounds(provider, 5n),
    ])
    expect(seen).to.equal(head + 501n)
    const receipt = (await ask('eth_getTransactionReceipt', sent)) as { blockNumber: string }
    expect(await block(BigInt(receipt.blockNumber))).to.have.property('hash')
  })

  it('forgets with a snapshot what came after it', async () => {
    const head = await currentEpoch(provider)
    await nullRounds(provider, 1n)
    const snapshot = await ask('evm_snapshot')
    await nullRounds(provider, 5n)
    await ask('evm_revert', snapshot)
    await mine(provider, 10n)
    expect(await failure(block(head + 1n))).to.have.property('code', 12)
    expect(await block(head + 4n)).to.have.property('number', hex(head + 4n))
  })

  it('shows none to a filter of blocks', async () => {
    const filter = await ask('eth_newBlockFilter')
    await ask('eth_getFilterChanges', filter)
    await nullRounds(provider, 4n)
    const { hash } = await block('latest')
    expect(await ask('eth_getFilterChanges', filter)).to.deep.equal([hash])
    const logs = await ask('eth_newFilter', {})
    const to = `0x${'cd'.repeat(20)}`
    await ask('hardhat_setCode', to, '0x5f5fa000')
    await ask('eth_sendTransaction', { from: sender, to })
    expect(await ask('eth_getFilterChanges', logs)).to.have.length(1)
  })

  it('is the same over HTTP', async () => {
    const served = await serveProvider(provider, { port: 0 })
    try {
      const remote = connectLocalnet(served.url)
      const head = await currentEpoch(remote)
      expect(await nullRounds(remote, 2n)).to.equal(head + 3n)
      const params = [hex(head + 1n), false]
      expect(
        await failure(remote.request({ method: 'eth_getBlockByNumber', params })),
      ).to.deep.include({
        code: 12,
        data: Number(head + 1n),
      })
    } finally {
      await served.close()
    }
  })

  it('knows nothing of a network that is no Filecoin', async () => {
    const plain = (await (await project()).network.create('plain')).provider
    expect(await failure(nullRounds(plain, 1n))).to.be.instanceOf(Error)
  })
})
