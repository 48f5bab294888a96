import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { JsonRpcProvider } from 'ethers'
import { currentEpoch, type Provider } from '../../../src/localnet/controls.ts'
import { actorAddress, encodeNative } from '../../../src/localnet/native.ts'
import { PortError, serveLocalnet, type ServedLocalnet } from '../../../src/localnet/serve.ts'
import { project } from './support/filecoin.ts'

function request(method: string, params: unknown[] = []): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
}

describe('localnet/serve', () => {
  let served: ServedLocalnet

  before(async () => {
    served = await serveLocalnet(await project(), { port: 0, network: 'own' })
  })
  after(() => served.close())

  async function post(body: string): Promise<unknown> {
    const response = await fetch(served.url, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(5000),
    })
    expect(response.status).to.equal(200)
    return response.json()
  }

  it('is the network that its provider speaks to', async () => {
    const remote: Provider = {
      request: async ({ method, params = [] }) => {
        const answer = (await post(request(method, params))) as { result: unknown }
        return answer.result
      },
    }
    expect(await currentEpoch(remote)).to.equal(await currentEpoch(served.provider))
  })

  it('answers wallets', async () => {
    const provider = new JsonRpcProvider(served.url)
    expect((await provider.getNetwork()).chainId).to.equal(31415926n)
    const signer = await provider.getSigner(0)
    const receipt = await (await signer.sendTransaction({ to: actorAddress(5n), value: 1n })).wait()
    expect(receipt?.status).to.equal(1)
    provider.destroy()
  })

  it('answers Lotus methods, and refuses those it does not know', async () => {
    expect(await post(request('Filecoin.ChainHead'))).to.have.nested.property('result.Height')
    expect(await post(request('Filecoin.MpoolPush'))).to.have.nested.property('error.code', -32601)
    expect(
      await post(request('Filecoin.StateLookupID', ['t3nonsense', null])),
    ).to.have.nested.property('error.code', -32602)
  })

  it('keeps the data of a revert where toolkits look for it', async () => {
    const call = { to: actorAddress(5n), data: encodeNative(2567238399n, Uint8Array.of(7)) }
    const answer = (await post(request('eth_call', [call, 'latest']))) as {
      error: { code: number; data: string }
    }
    expect(answer.error.code).to.equal(3)
    expect(answer.error.data).to.match(/^0x44a4ded0/)
  })

  it('answers batches in order', async () => {
    const batch = `[${request('eth_chainId')}, ${request('net_version')}, 5]`
    expect(await post(batch))
      .to.have.length(3)
      .and.have.nested.property('[2].error.code', -32600)
    expect(await post('[]')).to.have.nested.property('error.code', -32600)
  })

  it('answers what is no request with an error', async () => {
    expect(await post('{')).to.have.nested.property('error.code', -32700)
    expect(await post('5')).to.have.nested.property('error.code', -32600)
    expect(await post('{"method": 5}')).to.have.nested.property('error.code', -32600)
  })

  it('takes POST, and OPTIONS from a browser', async () => {
    const signal = AbortSignal.timeout(5000)
    expect((await fetch(served.url, { signal })).status).to.equal(405)
    const preflight = await fetch(served.url, { method: 'OPTIONS', signal })
    expect(preflight.status).to.equal(204)
    expect(preflight.headers.get('access-control-allow-origin')).to.equal('*')
  })

  it('names a port that is in use', async () => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
    const address = holder.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const error = await serveLocalnet(await project(), { port, network: 'own' }).catch(
      (thrown: unknown) => thrown,
    )
    holder.close()
    expect(error).to.be.instanceOf(PortError).with.property('code', 'PORT_IN_USE')
    expect(error).to.have.property('message').that.contains(String(port))
  })

  it('lets epochs pass by themselves when asked to', async () => {
    const ticking = await serveLocalnet(await project(), {
      port: 0,
      network: 'own',
      epochSeconds: 1,
    })
    const before = await currentEpoch(ticking.provider)
    while ((await currentEpoch(ticking.provider)) === before) await sleep(100)
    await ticking.close()
  })

  it('closes while callers hold their connections', async () => {
    const short = await serveLocalnet(await project(), { port: 0, network: 'own' })
    const provider = new JsonRpcProvider(short.url)
    await provider.getBlockNumber()
    await short.close()
    provider.destroy()
  })
})
