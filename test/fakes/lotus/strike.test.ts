import { expect } from 'chai'
import { mine } from '../../../src/localnet/controls.ts'
import type { Fault, Schedule } from './faults.ts'
import type { LotusNode } from './server.ts'
import { ask, Fake, number, post, sign } from './support.ts'

const chainId = { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }

describe('fakes/lotus: faults strike', () => {
  const fake = Fake.use()

  it('lose a connection before or after the node took the request', async () => {
    for (const taken of [false, true]) {
      const wallet = await fake.freshKey()
      const node = await fake.start({ schedule: first({ kind: 'drop', taken }) })
      const body = {
        jsonrpc: '2.0',
        id: 1,
        method: 'eth_sendRawTransaction',
        params: [sign(wallet)],
      }
      const error: unknown = await post(node, body).catch((failure: unknown) => failure)
      expect(error).to.be.instanceOf(TypeError)
      expect(node.taken.size).to.equal(taken ? 1 : 0)
      expect(node.struck).to.have.lengthOf(1)
      expect((await post(node, chainId)).status, 'once').to.equal(200)
    }
  })

  it('answer 429, 500, HTML or half of the answer', async () => {
    const busy = await post(
      await fake.start({ schedule: first({ kind: 'status', status: 429, taken: false }) }),
      chainId,
    )
    expect(busy.status).to.equal(429)
    expect(busy.headers.get('Retry-After')).to.equal('1')
    const broken = await post(
      await fake.start({ schedule: first({ kind: 'status', status: 500, taken: true }) }),
      chainId,
    )
    expect(broken.status).to.equal(500)
    const page = await post(await fake.start({ schedule: first({ kind: 'html' }) }), chainId)
    expect(page.status).to.equal(200)
    expect(page.headers.get('Content-Type')).to.match(/html/)
    expect(await page.text()).to.match(/^<!doctype html>/)
    const half = await post(await fake.start({ schedule: first({ kind: 'truncate' }) }), chainId)
    const text = await half.text()
    expect(text).to.match(/^\{"jsonrpc"/)
    expect(() => JSON.parse(text)).to.throw(SyntaxError)
  })

  it('delay', async () => {
    const node = await fake.start({ schedule: first({ kind: 'delay', ms: 60_000 }) })
    const waited = fetch(node.url, {
      method: 'POST',
      body: JSON.stringify(chainId),
      signal: AbortSignal.timeout(50),
    })
    const error: unknown = await waited.catch((failure: unknown) => failure)
    expect(error).to.have.property('name', 'TimeoutError')
  })

  it('lie about the head', async () => {
    const schedule: Schedule = [
      { method: 'eth_blockNumber', nth: 2, fault: { kind: 'ahead', epochs: 7n } },
      { method: 'eth_blockNumber', nth: 3, fault: { kind: 'behind', epochs: 5n } },
      { method: 'eth_getBalance', nth: 2, fault: { kind: 'behind', epochs: 2n } },
    ]
    const node = await fake.start({ schedule })
    const wallet = await fake.freshKey(5n)
    await fake.transfer(wallet.address, 3n)
    await mine(fake.provider, 1n)
    const head = await number(node, 'eth_blockNumber')
    expect(await number(node, 'eth_blockNumber')).to.equal(head + 7n)
    expect(await number(node, 'eth_blockNumber')).to.equal(head - 5n)
    const balance = () => number(node, 'eth_getBalance', wallet.address, 'latest')
    expect([await balance(), await balance(), await balance()]).to.deep.equal([8n, 5n, 8n])
  })

  it('forget a transaction that the pool took', async () => {
    const wallet = await fake.freshKey()
    const node = await fake.start({ schedule: first({ kind: 'forget' }, 'eth_sendRawTransaction') })
    const hash = (await ask(node, 'eth_sendRawTransaction', sign(wallet))).result
    expect(node.taken.has(String(hash))).to.equal(true)
    expect(await ask(node, 'eth_getTransactionByHash', hash)).to.have.property('result', null)
    expect((await ask(node, 'eth_sendRawTransaction', sign(wallet))).result).to.equal(hash)
    expect((await ask(node, 'eth_getTransactionByHash', hash)).result).not.to.equal(null)
  })

  it('take a transaction back that a receipt was shown of', async () => {
    const wallet = await fake.freshKey()
    const schedule = first({ kind: 'reorg', depth: 1n, epochs: 2n }, 'receipt')
    const node = await fake.start({ schedule })
    const hash = (await ask(node, 'eth_sendRawTransaction', sign(wallet))).result
    await mine(fake.provider, 1n)
    await ask(node, 'eth_blockNumber')
    await mine(fake.provider, 2n)
    const seen = async () => (await ask(node, 'eth_getTransactionReceipt', hash)).result !== null
    expect([await seen(), await seen()]).to.deep.equal([true, false])
    await mine(fake.provider, 2n)
    expect(await seen()).to.equal(true)
  })

  it('are an endpoint of another chain, or a clock that is off', async () => {
    const node = await fake.start({ chainId: 314n, clockOffset: 3600 })
    expect(await number(node, 'eth_chainId')).to.equal(314n)
    const honest = await fake.start()
    expect((await timeOf(node)) - (await timeOf(honest))).to.equal(3600)
  })
})

function first(fault: Fault, method = '*'): Schedule {
  return [{ method, nth: 1, fault }]
}

/** Unix seconds of its latest block. */
async function timeOf(node: LotusNode): Promise<number> {
  const { result } = await ask(node, 'eth_getBlockByNumber', 'latest', false)
  return Number((result as { timestamp: string }).timestamp)
}
