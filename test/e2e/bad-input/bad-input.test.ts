/**
 * What users get wrong, or the world does: each ends with a code, what was expected and got, what to do, and the command that
 * does it; and nothing is sent, or nothing twice.
 */
import { expect } from 'chai'
import { id, Wallet } from 'ethers'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openClient } from '../../../src/chain/client-contract.ts'
import type { Fault } from '../../fakes/lotus/faults.ts'
import { type LotusNode, type LotusNodeOptions, startLotusNode } from '../../fakes/lotus/server.ts'
import { deploy } from '../faults/commands.ts'
import { fund } from '../faults/story.ts'
import { openWorld, type World } from '../faults/world.ts'
import { startCalibration } from './calibration.ts'
import { type Typed, type } from './type.ts'

/** Nobody's. */
const KEY = id('the key of bad input')
const TOKEN = id('the token of bad input').slice(2)
const { address } = new Wallet(KEY)
/** By more than clocks differ. */
const HOUR = 3600

describe('bad input', function () {
  this.timeout(180_000)
  let world: World
  let folder: string
  const open: { close(): Promise<void> }[] = []
  before(async () => {
    world = await openWorld()
    folder = join(world.folder, 'person')
    await mkdir(folder)
    const node = await start()
    await fund(world, address)
    const { document, text } = await deploy({ world, key: KEY, url: node.url, folder })
    expect(document['kind'], text).to.equal('deployed')
  })
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })
  after(() => world.close())

  async function start(options: Partial<LotusNodeOptions> = {}): Promise<LotusNode> {
    const node = await startLotusNode({ provider: world.filecoin.provider, ...options })
    open.push(node)
    return node
  }

  async function calibration(aheadSeconds = 0) {
    const chain = await startCalibration(address, aheadSeconds)
    const node = await start({ provider: chain.provider, clockOffset: aheadSeconds })
    open.push(chain)
    return { node, client: chain.client }
  }

  function makeDeal(network: string, url: string, ...words: readonly string[]): Promise<Typed> {
    return type(['make-deal', '--cid', world.root, '--network', network, ...words], {
      [`SEALIFT_RPC_${network.toUpperCase()}`]: url,
      SEALIFT_STATE: join(folder, 'state'),
      SEALIFT_DEPLOYMENTS: join(folder, 'deployments'),
      SEALIFT_DEPOT: world.filecoin.depot.folder,
      SEALIFT_DEPOT_URL: world.filecoin.depotUrl,
      PRIVATE_KEY: KEY,
    })
  }

  it('a node of another chain behind the URL', async () => {
    const node = await start({ chainId: 314n })
    const message = expectRefusal('UNKNOWN_NETWORK', await makeDeal('localnet', node.url), node)
    expect(message).to.match(/expected chain 31415926, got chain 314$/)
  })

  it('a clock that is off', async () => {
    const { node, client } = await calibration(HOUR)
    const typed = await makeDeal('calibration', node.url, '--contract', client, '--yes')
    expect(expectRefusal('CLOCK_OFF', typed, node)).to.match(/60 min late/)
    expect(typed.document['next']).to.equal('date -u')
  })

  it('an endpoint that answers with a web page', async () => {
    const node = await start({ always: { kind: 'html' } })
    const message = expectRefusal('NODE_UNREACHABLE', await makeDeal('localnet', node.url), node)
    expect(message).to.match(/web page/)
  })

  it('a provider id that is no miner', async () => {
    const node = await start()
    const typed = await makeDeal('localnet', node.url, '--provider', 'f0999')
    expect(expectRefusal('PROVIDER_UNKNOWN', typed, node)).to.match(/0999/)
    expect(typed.document['next']).to.equal('npx hardhat providers --network localnet')
  })

  it('a URL that only works inside', async () => {
    const { node, client } = await calibration()
    // The depot of this machine, which serves the piece well.
    const typed = await makeDeal('calibration', node.url, '--contract', client, '--yes')
    const message = expectRefusal('WOULD_BE_REFUSED', typed, node)
    expect(message).to.match(/SL-D405 .* 127\.0\.0\.1/)
    expect(typed.document['next']).to.equal('npx hardhat explain SL-D405')
  })

  it('two make-deal at once with one key', async () => {
    const node = await start()
    const both = await Promise.all([0, 1].map(() => makeDeal('localnet', node.url)))
    const path = join(folder, 'deployments', 'localnet', 'DealClient.json')
    const deployment = JSON.parse(await readFile(path, 'utf8')) as { address: string }
    const proposals = await openClient(deployment.address, world.truth).proposals()
    expect(proposals).to.have.lengthOf(1)
    for (const { document, text } of both) {
      const isRefused = document['kind'] === 'error'
      if (isRefused) expect(document['next'] ?? document['hint'], text).to.be.a('string')
      else expect(document['kind'], text).to.equal('proposed')
    }
    expect(both.some(({ document }) => document['kind'] === 'proposed')).to.equal(true)
  })

  const failing: readonly Fault[] = [
    { kind: 'html' },
    { kind: 'status', status: 500, taken: false },
    { kind: 'drop', taken: false },
    { kind: 'truncate' },
  ]
  it('prints neither the key nor a token, whatever a node does', async () => {
    const typed = await Promise.all(
      failing.map(async (always) => {
        const { url } = await start({ always })
        const secret = `${url.replace('//', `//user:${TOKEN}@`)}/rpc/${TOKEN}?token=${TOKEN}`
        return makeDeal('localnet', secret, '--show-stack-traces')
      }),
    )
    for (const { text, document } of typed) {
      expect(document).to.include({ kind: 'error', code: 'NODE_UNREACHABLE' })
      expect(text).not.to.contain(TOKEN)
      expect(text.toLowerCase()).not.to.contain(KEY.slice(2))
    }
  })
})

/** A code, an explanation, a way on; and nothing was sent. @returns The message */
function expectRefusal(code: string, { code: exitCode, document, text }: Typed, node: LotusNode) {
  expect(document, text).to.include({ version: 1, kind: 'error', code })
  expect(exitCode).to.equal(1)
  expect(document['hint'] ?? document['next'], 'what to do').to.be.a('string')
  expect(node.methods).not.to.include('eth_sendRawTransaction')
  return document['message']
}
