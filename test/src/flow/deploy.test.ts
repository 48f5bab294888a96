import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { deployClient, type DeployOptions } from '../../../src/flow/deploy.ts'
import type { FlowEvent } from '../../../src/flow/events.ts'
import { refused } from '../../support/refused.ts'
import { FakeEvm } from './fake-evm.ts'

describe('deployClient', () => {
  let folder: string
  let evm: FakeEvm

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-deploy-'))
    evm = new FakeEvm()
  })
  afterEach(() => rm(folder, { recursive: true }))

  function deploy(more: Partial<DeployOptions> = {}) {
    return deployClient({
      network: NETWORKS.localnet,
      artifact: async () => ({ abi: [], bytecode: '0x60', compilerInputHash: '0xaa' }),
      signer: evm.signer,
      folder,
      ...more,
    })
  }

  /** A run that ends as soon as it has sent a transaction. */
  async function crashAfterSending(): Promise<void> {
    const power = new AbortController()
    const onEvent = ({ type }: FlowEvent): void => {
      if (type === 'deploy:sent') power.abort()
    }
    evm.isMining = false
    await refused('ABORTED', deploy({ signal: power.signal, onEvent }))
    evm.isMining = true
  }

  async function files(): Promise<string[]> {
    return (await readdir(join(folder, 'localnet'))).toSorted()
  }

  it('deploys the factory and the client, and leaves their records and nothing else', async () => {
    const document = await deploy()
    expect(document.deployed).to.deep.equal(['DealClientFactory', 'DealClient'])
    expect(evm.transactions).to.have.length(2)
    expect(document.client.address.toLowerCase()).to.equal(evm.transactions[1]?.made)
    expect(await files()).to.deep.equal(['DealClient.json', 'DealClientFactory.json'])
    const record = await readFile(join(folder, 'localnet', 'DealClientFactory.json'), 'utf8')
    expect(JSON.parse(record)).to.include({
      address: evm.transactions[0]?.made,
      transaction: evm.transactions[0]?.hash,
      block: 5,
    })
  })

  it('keeps what is on chain', async () => {
    const first = await deploy()
    const again = await deploy()
    expect(evm.transactions).to.have.length(2)
    expect(again).to.deep.equal({ ...first, deployed: [] })
  })

  it('writes the record of a client again that was lost', async () => {
    await deploy()
    const [record = ''] = await files()
    const path = join(folder, 'localnet', record)
    await rm(path)
    await deploy()
    expect(evm.transactions).to.have.length(2)
    expect(JSON.parse(await readFile(path, 'utf8'))).to.include({ contract: 'DealClient' })
  })

  it('waits for what was sent before a crash, and does not send again', async () => {
    await crashAfterSending()
    expect(await files()).to.deep.equal(['.DealClientFactory.sent'])
    evm.mine()
    await crashAfterSending()
    evm.mine()
    await deploy()
    expect(evm.transactions).to.have.length(2)
    expect(await files()).to.deep.equal(['DealClient.json', 'DealClientFactory.json'])
  })

  it('sends again what failed, was dropped by the node, or was not written down whole', async () => {
    evm.status = 0
    await crashAfterSending()
    evm.status = 1
    evm.mine()
    await crashAfterSending()
    evm.transactions.pop()
    await crashAfterSending()
    await writeFile(join(folder, 'localnet', '.DealClientFactory.sent'), '0x12')
    const { deployed } = await deploy()
    expect(deployed).to.have.length(2)
  })

  it('says that a transaction failed, and tries anew when it is repeated', async () => {
    evm.status = 0
    await refused('TRANSACTION_FAILED', deploy())
    evm.status = 1
    await deploy()
    expect(await files()).to.deep.equal(['DealClient.json', 'DealClientFactory.json'])
  })

  it('deploys again on a local chain that was started anew', async () => {
    await deploy()
    evm = new FakeEvm('2')
    const { deployed, factory } = await deploy()
    expect(deployed).to.have.length(2)
    expect(factory.address).to.equal(evm.transactions[0]?.made)
    const [, record = ''] = await files()
    expect(await readFile(join(folder, 'localnet', record), 'utf8')).to.contain(factory.address)
  })

  it('does so also where the new chain has another contract at the address', async () => {
    const { factory } = await deploy()
    evm = new FakeEvm('2')
    evm.strangers.add(factory.address)
    expect((await deploy()).deployed).to.have.length(2)
  })

  it('deploys nothing on another chain than the network’s', async () => {
    evm.chainId = 314n
    await refused('UNKNOWN_NETWORK', deploy())
    expect(evm.transactions).to.deep.equal([])
  })

  it('pays for nothing when the folder cannot be written', async function () {
    // Root may write anywhere.
    if (process.getuid?.() === 0) this.skip()
    await mkdir(join(folder, 'localnet'))
    await chmod(join(folder, 'localnet'), 0o500)
    await refused('DEPOT_READ_ONLY', deploy())
    await chmod(join(folder, 'localnet'), 0o700)
    expect(evm.transactions).to.deep.equal([])
  })
})
