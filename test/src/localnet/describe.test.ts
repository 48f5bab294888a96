import { expect } from 'chai'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  checkLocalnet,
  connectLocalnet,
  ControlError,
  currentEpoch,
  type Provider,
} from '../../../src/localnet/controls.ts'
import { serveProvider } from '../../../src/localnet/serve.ts'
import { project } from './support/filecoin.ts'
import { failure } from './support/market.ts'

/** A node that answers some methods, and says of all others that it does not know them. */
function node(answers: Record<string, unknown>): Provider {
  return {
    request: async ({ method }) => {
      if (method in answers) return answers[method]
      throw new Error(`method '${method}' not found`)
    },
  }
}

describe('localnet/describe', () => {
  it('knows a localnet, in this process and over HTTP', async () => {
    const { provider } = await (await project()).network.create('own')
    const description = { version: 1, miners: ['1000', '1001'] }
    expect(await checkLocalnet(provider)).to.deep.equal(description)
    const served = await serveProvider(provider, { port: 0 })
    const remote = connectLocalnet(served.url)
    expect(await checkLocalnet(remote)).to.deep.equal(description)
    expect(await currentEpoch(remote)).to.equal(await currentEpoch(provider))
    await served.close()
  })

  it('refuses every other chain, Lotus on a devnet of the same id too', async () => {
    const others: Provider[] = [
      node({ eth_chainId: '0x13a' }),
      node({ eth_chainId: '0x1df5e76' }),
      node({ eth_chainId: '0x1df5e76', localnet_describe: { version: 2 } }),
      (await (await project()).network.create('plain')).provider,
    ]
    for (const other of others) {
      const error = await failure(checkLocalnet(other))
      expect(error).to.be.instanceOf(ControlError).with.property('code', 'NOT_A_LOCALNET')
    }
  })

  it('passes on that nobody answers', async () => {
    const error = await failure(checkLocalnet(connectLocalnet('http://127.0.0.1:9')))
    expect(error).to.not.be.instanceOf(ControlError)
  })

  it('does not take a page for an answer', async () => {
    const server = createServer((_, response) => response.end('"hello"'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const error = await failure(currentEpoch(connectLocalnet(`http://127.0.0.1:${port}`)))
    server.close()
    expect(error).to.be.instanceOf(TypeError)
  })
})
