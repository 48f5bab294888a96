import { expect } from 'chai'
import { type TransactionLike, Wallet } from 'ethers'
import { FilecoinProvider } from '../../../src/chain/filecoin-provider.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { callNode } from '../../../src/chain/node.ts'
import { send } from '../../../src/chain/send.ts'
import type { SignedBytes } from '../../../src/chain/sent-notes.ts'
import { refused } from '../../support/refused.ts'
import { CONTRACT, ManualClock } from './fake-node.ts'
import { type Answer, ScriptedNode } from './scripted-node.ts'

const CHAIN = 314_159
const wallet = new Wallet(`0x${'01'.repeat(32)}`)
const HASH = `0x${'ab'.repeat(32)}`

/** Calibration's epoch 1000 begins then: lotus build/buildconstants/params_calibnet.go has genesis 1667326380. */
const NOW = (1_667_326_380 + 30 * 1000) * 1000

const answer = (node: ScriptedNode, method: string, given: Answer): void => {
  node.answers[method] = () => given
}

const signed = (more: TransactionLike = {}): Promise<string> =>
  wallet.signTransaction({
    chainId: CHAIN,
    type: 2,
    to: CONTRACT,
    nonce: 3,
    gasLimit: 1n,
    maxFeePerGas: 1n,
    maxPriorityFeePerGas: 1n,
    ...more,
  } as Parameters<Wallet['signTransaction']>[0])

describe('chain/filecoin-provider', () => {
  let first: ScriptedNode
  let second: ScriptedNode
  let clock: ManualClock
  let notices: string[]
  const opened: FilecoinProvider[] = []

  beforeEach(async () => {
    first = await new ScriptedNode(CHAIN).start()
    second = await new ScriptedNode(CHAIN).start()
    clock = new ManualClock()
    clock.time = NOW
    notices = []
  })
  afterEach(async () => {
    for (const provider of opened.splice(0)) provider.destroy()
    await Promise.all([first.stop(), second.stop()])
  })

  const open = (
    nodes: ScriptedNode[] = [first, second],
    more: Partial<ConstructorParameters<typeof FilecoinProvider>[0]> = {},
  ): FilecoinProvider => {
    const provider = new FilecoinProvider({
      network: NETWORKS.calibration,
      endpoints: nodes.map(({ url }) => ({ url })),
      clock,
      random: () => 0.5,
      notice: (text) => notices.push(text),
      batch: 1,
      ...more,
    })
    opened.push(provider)
    return provider
  }

  describe('asks another endpoint', () => {
    const FAULTS = {
      'after a connection that breaks': 'hang-up',
      'after 429': { status: 429 },
      'after 500': { status: 500 },
      'after 502 with a page': { status: 502, body: '<html>Bad gateway</html>' },
      'after a page with status 200': { status: 200, body: '<!doctype html><p>Hello' },
      'after text that is no JSON': { status: 200, body: 'OK' },
      'after JSON of another kind': { status: 200, body: '{"status":"up"}' },
    } as const
    for (const [name, fault] of Object.entries(FAULTS))
      it(name, async () => {
        first.faults.push(fault)
        expect(await open().send('eth_blockNumber', [])).to.equal('0x3e8')
        expect([first.methods(), second.methods()]).to.deep.equal([
          ['eth_blockNumber'],
          ['eth_blockNumber'],
        ])
        // The other is there at once: nobody waits.
        expect(clock.sleeps).to.deep.equal([])
      })

    it('when nobody listens', async () => {
      await first.stop()
      expect(await open().getBlockNumber()).to.equal(1000)
    })

    it('when it is silent', async () => {
      first.faults.push('silence')
      expect(await open([first, second], { budget: { postMs: 100 } }).getBlockNumber()).to.equal(
        1000,
      )
    })

    it('for a method that the first does not offer, and says so when none does', async () => {
      answer(second, 'Filecoin.StateLookupID', { result: 't01234' })
      const provider = open()
      expect(await provider.send('Filecoin.StateLookupID', [])).to.equal('t01234')
      const error: unknown = await provider.send('Filecoin.Other', []).catch((e: unknown) => e)
      expect(String(error)).to.contain('not found')
      expect(clock.sleeps).to.deep.equal([])
    })

    it('for a receipt that the first does not have yet', async () => {
      answer(first, 'eth_getTransactionReceipt', { result: null })
      answer(second, 'eth_getTransactionReceipt', { result: { status: '0x1' } })
      expect(await open().send('eth_getTransactionReceipt', [HASH])).to.deep.equal({
        status: '0x1',
      })
    })

    it('for logs of epochs that the first does not have', async () => {
      first.head = 990
      answer(first, 'eth_getLogs', { result: [] })
      answer(second, 'eth_getLogs', { result: ['a log'] })
      const range = [{ fromBlock: '0x3de', toBlock: '0x3e8' }]
      expect(await open().send('eth_getLogs', range)).to.deep.equal(['a log'])
      expect(first.methods()).to.not.include('eth_getLogs')
    })

    it('when the first is far behind the clock, and goes on with the other', async () => {
      first.head = 900
      const provider = open()
      expect(await provider.send('eth_blockNumber', [])).to.equal('0x3e8')
      expect(await provider.send('eth_blockNumber', [])).to.equal('0x3e8')
      expect(first.methods()).to.have.length(1)
      expect(notices).to.have.length(1)
      expect(notices[0]).to.contain('epoch 900')
    })
  })

  describe('repeats', () => {
    it('after pauses that grow and are drawn by lot', async () => {
      first.faults.push('hang-up', 'hang-up', 'hang-up')
      expect(await open([first]).getBlockNumber()).to.equal(1000)
      // Half of 500 ms, 1 s, 2 s: the lot is always one half here.
      expect(clock.sleeps).to.deep.equal([250, 500, 1000])
    })

    it('not before Retry-After', async () => {
      first.faults.push({ status: 429, headers: { 'retry-after': '7' } })
      expect(await open([first]).getBlockNumber()).to.equal(1000)
      expect(clock.sleeps).to.deep.equal([7000])
    })

    it('not when Retry-After is beyond the budget', async () => {
      first.faults.push({ status: 429, headers: { 'retry-after': '3600' } })
      await refused('NODE_UNREACHABLE', open([first]).getBlockNumber())
      expect(clock.sleeps).to.deep.equal([])
    })

    it('after five minutes at most, however long the endpoint wants to be left alone', async () => {
      first.faults.push({ status: 429, headers: { 'retry-after': '604800' } })
      const provider = open([first])
      await refused('NODE_UNREACHABLE', provider.getBlockNumber())
      clock.time += 300_000
      expect(await provider.getBlockNumber()).to.equal(1000)
    })

    it('nothing for an error that is null, which some proxies put beside the result', async () => {
      first.answers['eth_blockNumber'] = () => ({ result: '0x3e8', error: null }) as never
      expect(await open([first]).getBlockNumber()).to.equal(1000)
      expect(first.methods()).to.deep.equal(['eth_blockNumber'])
    })

    it('within its budget, and names each endpoint with what it did', async () => {
      first.faults.push(...Array.from({ length: 20 }, () => ({ status: 503 })))
      second.faults.push(...Array.from({ length: 20 }, () => 'hang-up' as const))
      const provider = open([first, second], { budget: { tries: 6 } })
      const error = await refused('NODE_UNREACHABLE', provider.getBlockNumber())
      expect(first.methods().length + second.methods().length).to.equal(6)
      expect(error.message).to.contain('status 503').and.to.contain('connection broke')
    })

    it('nothing that is not safe to repeat', async () => {
      first.faults.push('hang-up')
      const provider = open()
      await refused('NODE_UNREACHABLE', provider.send('eth_sendTransaction', [{}]))
      expect([first.methods(), second.methods()]).to.deep.equal([['eth_sendTransaction'], []])
    })

    it('no answer that a contract gave', async () => {
      const error = { code: 3, message: 'execution reverted: timed out' }
      answer(first, 'eth_call', { error })
      await open()
        .send('eth_call', [{}])
        .catch(() => undefined)
      expect(second.methods()).to.deep.equal([])
    })

    it('a batch one by one where the endpoint takes none', async () => {
      answer(first, 'eth_gasPrice', { result: '0x7' })
      first.faults.push({ status: 200, body: '{"error":{"code":-32600,"message":"no batches"}}' })
      const provider = open([first], { batch: 10 })
      const both = [provider.send('eth_gasPrice', []), provider.send('eth_blockNumber', [])]
      expect(await Promise.all(both)).to.deep.equal(['0x7', '0x3e8'])
    })
  })

  const mined = async (provider: FilecoinProvider): Promise<void> => {
    answer(first, 'eth_getTransactionReceipt', { result: receipt(HASH) })
    await provider.send('eth_getTransactionReceipt', [HASH])
    delete first.answers['eth_getTransactionReceipt']
  }

  describe('after a transaction', () => {
    const future = { code: 1, message: "requested a future epoch (beyond 'latest')" }
    const READS: Record<string, unknown[]> = {
      eth_call: [{}, 'latest'],
      eth_getBalance: [CONTRACT, 'latest'],
      eth_getCode: [CONTRACT, 'latest'],
      eth_getTransactionCount: [CONTRACT, 'latest'],
      eth_getStorageAt: [CONTRACT, '0x0', 'latest'],
    }
    /** A backend with this head: old state for `latest`, and nothing of what is newer. */
    const backend =
      (head: number) =>
      (params: unknown[]): Answer => {
        const tag = params.at(-1)
        const epoch = String(tag).startsWith('0x') ? Number(tag) : head
        return epoch > head ? { error: future } : { result: epoch >= 1000 ? '0x2' : '0x1' }
      }
    for (const [method, params] of Object.entries(READS)) {
      it(`${method} sees it, whichever node behind one URL answers`, async () => {
        const provider = open([first])
        await mined(provider)
        first.head = 999
        let turn = 0
        first.answers[method] = (asked) => backend((turn += 1) % 3 === 0 ? 1000 : 999)(asked)
        expect(await provider.send(method, params)).to.equal('0x2')
        expect(turn).to.equal(3)
        expect(clock.sleeps).to.deep.equal([250, 500])
      })

      it(`${method} sees it through a second URL when the first is behind`, async () => {
        const provider = open()
        await mined(provider)
        first.head = 999
        first.answers[method] = backend(999)
        second.answers[method] = backend(1000)
        expect(await provider.send(method, params)).to.equal('0x2')
        expect(clock.sleeps).to.deep.equal([])
      })
    }

    it('fails rather than show what was, when no node has come so far', async () => {
      const provider = open()
      await mined(provider)
      for (const node of [first, second]) {
        node.head = 999
        node.answers['eth_getTransactionCount'] = backend(999)
      }
      const asked: unknown = await provider.getTransactionCount(CONTRACT).catch((e: unknown) => e)
      expect(String(asked)).to.contain('future epoch')
    })

    it('reads at the newest head, which is asked for again while time goes by', async () => {
      const provider = open([first])
      await mined(provider)
      const tags: unknown[] = []
      first.answers['eth_call'] = ([, tag]) => (tags.push(tag), { result: '0x2' })
      for (const head of [1001, 1001, 1000, 1003]) {
        first.head = head
        clock.time += 6_000
        await Promise.all([1, 2].map(() => provider.send('eth_call', [{}, 'latest'])))
      }
      expect(tags).to.deep.equal(['0x3e9', '0x3e9', '0x3e9', '0x3eb'].flatMap((tag) => [tag, tag]))
      expect(first.methods().filter((method) => method === 'eth_blockNumber')).to.have.length(4)
    })

    it('does not hold to a head that no node has come to', async () => {
      const provider = open([first])
      await mined(provider)
      // Told by one, and by nobody after it.
      first.head = 1003
      first.answers['eth_call'] = backend(1001)
      const error = await refused(
        'NODE_UNREACHABLE',
        callNode('test', () => provider.call({ to: CONTRACT, data: '0x' })),
      )
      expect(error.message).to.contain('future epoch')
      first.head = 1001
      expect(await provider.send('eth_call', [{}, 'latest'])).to.equal('0x2')
    })

    it('asks for other states as it was told, and for all of them after ten epochs', async () => {
      const provider = open([first])
      const tags: unknown[] = []
      first.answers['eth_call'] = ([, tag]) => (tags.push(tag), { result: '0x2' })
      first.answers['eth_estimateGas'] = ([, tag]) => (tags.push(tag), { result: '0x2' })
      await provider.send('eth_call', [{}, 'latest'])
      await mined(provider)
      await provider.send('eth_call', [{}, 'pending'])
      await provider.send('eth_call', [{}, '0x3e0'])
      await provider.send('eth_estimateGas', [{}])
      clock.time += 300_000
      await provider.send('eth_call', [{}, 'latest'])
      expect(tags).to.deep.equal(['latest', 'pending', '0x3e0', undefined, 'latest'])
    })

    it('of another process it is told, and reads no older state either', async () => {
      const provider = open([first])
      provider.noteMined({ block: 1000, at: NOW - 60_000 })
      first.head = 998
      let turn = 0
      first.answers['eth_call'] = (asked) => backend((turn += 1) < 3 ? 999 : 1000)(asked)
      expect(await provider.send('eth_call', [{}, 'latest'])).to.equal('0x2')
    })

    it('the next nonce is not below what a node has shown as mined', async () => {
      first.answers['eth_getTransactionCount'] = ([, tag]) => ({
        result: tag === 'pending' ? '0x7' : '0x8',
      })
      const provider = open([first])
      await provider.getTransactionCount(wallet.address, 'latest')
      expect(await provider.getTransactionCount(wallet.address, 'pending')).to.equal(8)
    })

    it('a local network is read at `latest`, for it has one node and may begin anew', async () => {
      const provider = open([first], { network: { ...NETWORKS.calibration, genesis: undefined } })
      await mined(provider)
      first.answers['eth_call'] = ([, tag]) => ({ result: tag })
      expect(await provider.send('eth_call', [{}, 'latest'])).to.equal('latest')
    })
  })

  it('tells a web page from a node that is down', async () => {
    first.faults.push(
      ...Array.from({ length: 8 }, () => ({
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: '<html></html>',
      })),
    )
    const error = await refused('NODE_UNREACHABLE', open([first]).getBlockNumber())
    expect(error.message).to.contain('a web page instead of JSON-RPC')
    expect(error.hint).to.contain('/rpc/v1')
  })

  it('shows of a URL no more than its host', async () => {
    const url = new URL(first.url)
    await first.stop()
    const secret = `http://user:hunter2@${url.host}/v1/0123456789abcdef0123?token=hush`
    const provider = open([], { endpoints: [{ url: secret }], budget: { tries: 2 } })
    const error = await refused('NODE_UNREACHABLE', provider.getBlockNumber())
    expect(JSON.stringify({ ...error, message: error.message })).to.contain(url.host)
    expect(JSON.stringify({ ...error, message: error.message })).to.not.match(
      /hunter2|hush|0123456789abcdef/,
    )
  })

  it('never has more than 100 requests in a batch', async () => {
    const provider = open([first], { batch: 1000 })
    await Promise.all(Array.from({ length: 250 }, () => provider.send('eth_blockNumber', [])))
    expect(Math.max(...first.posts)).to.equal(100)
  })

  describe('the chain of an endpoint', () => {
    it('must be the network’s where it is the first', async () => {
      first.chainId = 1
      const error = await refused('UNKNOWN_NETWORK', open().getBlockNumber())
      expect(error.message).to.contain('chain 314159').and.to.contain('got chain 1')
      expect(second.asked).to.deep.equal([])
    })

    it('leaves out another one', async () => {
      second.chainId = 1
      first.faults.push('hang-up')
      expect(await open().getBlockNumber()).to.equal(1000)
      expect(second.methods()).to.deep.equal([])
      expect(notices.join()).to.contain('another chain')
    })
  })

  describe('what Filecoin says in its own way', () => {
    const unknown = { code: 1, message: 'resolution lookup failed (t410…): actor not found' }
    it('a fresh account has nonce 0, no money and no code', async () => {
      for (const method of ['eth_getTransactionCount', 'eth_getBalance', 'eth_getCode'])
        answer(first, method, { error: unknown })
      const provider = open([first])
      expect(await provider.getTransactionCount(wallet.address)).to.equal(0)
      expect(await provider.getBalance(wallet.address)).to.equal(0n)
      expect(await provider.getCode(wallet.address)).to.equal('0x')
    })

    it('an epoch without a block has none', async () => {
      const error = { code: 12, message: 'requested epoch was a null round (990)' }
      answer(first, 'eth_getBlockByNumber', { error })
      expect(await open([first]).getBlock(990)).to.equal(null)
    })

    it('fees are the node’s premium on top of the base fee', async () => {
      answer(first, 'eth_maxPriorityFeePerGas', { result: '0x30d40' })
      answer(first, 'eth_getBlockByNumber', { result: block(1000, { baseFeePerGas: '0x64' }) })
      const fees = await open([first]).getFeeData()
      expect(fees.maxPriorityFeePerGas).to.equal(200_000n)
      expect(fees.maxFeePerGas).to.equal(200_200n)
    })
  })

  describe('signed bytes', () => {
    it('are written down before a node has them, and let go with their receipt', async () => {
      const deeds: string[] = []
      const provider = open([first])
      first.answers['eth_sendRawTransaction'] = () => (deeds.push('sent'), { result: HASH })
      answer(first, 'eth_getTransactionReceipt', { result: { status: '0x1' } })
      provider.noteIn({
        note: async ({ nonce }: SignedBytes) => void deeds.push(`noted ${nonce}`),
        settle: async () => void deeds.push('settled'),
      })
      await provider.send('eth_sendRawTransaction', [await signed()])
      await provider.send('eth_getTransactionReceipt', [HASH])
      expect(deeds).to.deep.equal(['noted 3', 'sent', 'settled'])
    })

    for (const message of ['already in mpool', 'already known', 'known transaction: 0xab'])
      it(`are taken where the node says "${message}"`, async () => {
        first.faults.push('hang-up')
        answer(first, 'eth_sendRawTransaction', { error: { code: 1, message } })
        const sent = await open([first]).send('eth_sendRawTransaction', [await signed()])
        expect(sent).to.match(/^0x[0-9a-f]{64}$/)
      })

    it('are taken where their nonce is used by themselves, and by nothing else', async () => {
      const raw = await signed()
      answer(first, 'eth_sendRawTransaction', { error: { code: 1, message: 'nonce too low' } })
      answer(first, 'eth_getTransactionByHash', { result: { hash: HASH } })
      const provider = open([first])
      expect(await provider.send('eth_sendRawTransaction', [raw])).to.match(/^0x/)
      answer(first, 'eth_getTransactionByHash', { result: null })
      const error: unknown = await provider
        .send('eth_sendRawTransaction', [raw])
        .catch((e: unknown) => e)
      expect(error).to.have.property('code', 'NONCE_EXPIRED')
    })

    it('count for the next nonce, whatever a node says that was not told', async () => {
      answer(first, 'eth_sendRawTransaction', { result: HASH })
      answer(first, 'eth_getTransactionCount', { result: '0x3' })
      const provider = open([first])
      await provider.send('eth_sendRawTransaction', [await signed()])
      expect(await provider.getTransactionCount(wallet.address, 'pending')).to.equal(4)
      expect(await provider.getTransactionCount(wallet.address, 'latest')).to.equal(3)
    })

    it('of other types, chains, or with an access list are not sent', async () => {
      const provider = open([first])
      const list = [{ address: CONTRACT, storageKeys: [] }]
      for (const more of [{ chainId: 1 }, { accessList: list }, { type: 1, gasPrice: 1n }]) {
        const bare = { maxFeePerGas: undefined, maxPriorityFeePerGas: undefined }
        const raw = await signed('type' in more ? { ...bare, ...more } : more)
        await refused('ARGUMENT_INVALID', provider.send('eth_sendRawTransaction', [raw]))
      }
      await refused('ARGUMENT_INVALID', provider.send('eth_sendTransaction', [{ type: '0x4' }]))
      expect(first.methods()).to.deep.equal([])
    })

    it('are signed once and sent until they are mined, whatever happens on the way', async () => {
      const taken: unknown[] = []
      let looks = 0
      for (const node of [first, second]) {
        node.answers['eth_sendRawTransaction'] = ([raw]) => (taken.push(raw), { result: HASH })
        node.answers['eth_getTransactionReceipt'] = ([hash]) => ({
          result: (looks += 1) < 20 ? null : receipt(String(hash)),
        })
        answer(node, 'eth_estimateGas', { result: '0x3e8' })
        answer(node, 'eth_getTransactionCount', { result: '0x5' })
        answer(node, 'eth_maxPriorityFeePerGas', { result: '0x30d40' })
        answer(node, 'eth_getBlockByNumber', { result: block(1000, { baseFeePerGas: '0x64' }) })
      }
      const signer = wallet.connect(open())
      const told: string[] = []
      const sending = send(signer, { to: CONTRACT, data: '0x' }, 'test', {
        clock,
        onSent: (tx) => told.push(tx),
      })
      first.faults.push('hang-up-after', 'hang-up-after', 'hang-up-after')
      const { tx } = await sending
      expect(new Set(taken).size).to.equal(1)
      expect(taken.length).to.be.greaterThan(2)
      expect(told).to.deep.equal([tx])
      // An epoch between two looks, after the first ones.
      expect(Math.max(...clock.sleeps)).to.equal(30_000)
    })
  })
})

function block(epoch: number, more: object = {}): object {
  const word = `0x${'00'.repeat(32)}`
  return {
    number: `0x${epoch.toString(16)}`,
    timestamp: `0x${(1_667_326_380 + epoch * 30).toString(16)}`,
    hash: word,
    parentHash: word,
    nonce: '0x0000000000000000',
    difficulty: '0x0',
    gasLimit: '0x2540be400',
    gasUsed: '0x0',
    miner: CONTRACT,
    extraData: '0x',
    transactions: [],
    ...more,
  }
}

function receipt(hash: string): object {
  return {
    transactionHash: hash,
    transactionIndex: '0x0',
    blockHash: HASH,
    blockNumber: '0x3e8',
    from: wallet.address,
    to: CONTRACT,
    logs: [],
    logsBloom: `0x${'00'.repeat(256)}`,
    gasUsed: '0x1',
    cumulativeGasUsed: '0x0',
    effectiveGasPrice: '0x1',
    status: '0x1',
    type: '0x2',
  }
}
