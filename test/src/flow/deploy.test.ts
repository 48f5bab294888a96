import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { computeAddress, getCreateAddress, toQuantity, Wallet } from 'ethers'
import hre from 'hardhat'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { readArtifact } from '../../../src/flow/artifact.ts'
import { deployClient, type DeployOptions } from '../../../src/flow/deploy.ts'
import type { FlowEvent } from '../../../src/flow/events.ts'
import { refused } from '../../support/refused.ts'
import { type Chain, type Cut, fundedKey, Power, startChain } from './cut-node.ts'

/** Reading the record of a compilation takes longer than a deployment. */
const artifacts = new Map<string, ReturnType<typeof readArtifact>>()
function artifact(name: string): ReturnType<typeof readArtifact> {
  const known = artifacts.get(name) ?? readArtifact(hre, name)
  artifacts.set(name, known)
  return known
}

/** As after another build. */
async function changedArtifact(name: string): ReturnType<typeof readArtifact> {
  const known = await artifact(name)
  return { ...known, bytecode: `${known.bytecode}00` }
}

describe('deployClient', function () {
  this.timeout(60_000)
  let folder: string
  let chain: Chain
  let key: string

  before(async () => {
    chain = await startChain()
  })
  after(() => chain.close())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-deploy-'))
    key = await fundedKey(chain.node)
  })
  afterEach(() => rm(folder, { recursive: true }))

  function deploy(power: Power, more: Partial<DeployOptions> = {}) {
    const { wallet: signer, signal } = power
    return deployClient({ network: NETWORKS.localnet, artifact, signer, folder, signal, ...more })
  }
  const on = (cut?: Cut): Power => new Power(chain.node, key, cut)

  /** All that the key ever sent and was mined. */
  async function sent(tag = 'latest'): Promise<number> {
    const params = [computeAddress(key), tag]
    return Number(await chain.node.request({ method: 'eth_getTransactionCount', params }))
  }

  async function mining(isOn: boolean): Promise<void> {
    await chain.node.request({ method: 'evm_setAutomine', params: [isOn] })
    if (isOn) await chain.node.request({ method: 'evm_mine', params: [] })
  }

  /** A run that ends as soon as it has sent a transaction, which is not mined. */
  async function crashAfterSending(power = on()): Promise<string> {
    let hash = ''
    const onEvent = (event: FlowEvent): void => {
      if (event.type !== 'deploy:sent') return
      hash = event.tx
      power.cut()
    }
    await mining(false)
    await refused('ABORTED', deploy(power, { onEvent }))
    return hash
  }

  async function record(contract: string): Promise<Record<string, unknown>> {
    const text = await readFile(join(folder, 'localnet', `${contract}.json`), 'utf8')
    return JSON.parse(text) as Record<string, unknown>
  }

  it('signs nothing where a node asks 1,000 FIL of gas', async () => {
    const lying = new Power(chain.node, key, undefined, (method, answer) =>
      method === 'eth_estimateGas' ? toQuantity(10n ** 12n) : answer,
    )
    const error = await refused('COST_TOO_HIGH', deploy(lying))
    expect(error.message).to.contain('at most 1 FIL')
    expect(await sent('pending')).to.equal(0)
    expect(lying.methods).not.to.include('eth_sendRawTransaction')
  })

  it('deploys the factory and the client, and leaves their records and the journal', async () => {
    const document = await deploy(on())
    expect(document.deployed).to.deep.equal(['DealClientFactory', 'DealClient'])
    expect(await sent()).to.equal(2)
    const from = computeAddress(key)
    const address = getCreateAddress({ from, nonce: 0 })
    expect(document.factory.address).to.equal(address)
    expect((await readdir(join(folder, 'localnet'))).toSorted()).to.deep.equal([
      '.chainId',
      'DealClient.json',
      'DealClientFactory.json',
      'ignition',
    ])
    expect(await readFile(join(folder, 'localnet', '.chainId'), 'utf8')).to.equal('31415926')
    expect(await readdir(join(folder, 'localnet', 'ignition'))).to.deep.equal([
      'DealClient',
      'DealClientFactory',
    ])
  })

  it('writes what the scripts of hardhat-deploy read', async () => {
    const { client, contracts } = await deploy(on())
    const [factory, ours] = [await record('DealClientFactory'), await record('DealClient')]
    const { bytecode, abi } = await artifact('DealClientFactory')
    expect(factory).to.deep.include({ bytecode, abi, args: [], numDeployments: 1 })
    expect(factory['transactionHash']).to.equal(contracts[0]?.transaction)
    expect(factory['receipt']).to.include({
      from: computeAddress(key),
      to: null,
      contractAddress: factory['address'],
      status: 1,
      transactionHash: factory['transactionHash'],
    })
    expect(ours['address']).to.equal(client.address)
    expect(ours['receipt']).to.include({ to: factory['address'], contractAddress: null })
    expect(JSON.stringify(factory).length).to.be.below(200_000)
  })

  it('keeps what is on chain', async () => {
    const first = await deploy(on())
    const again = await deploy(on())
    expect(await sent()).to.equal(2)
    expect(again.deployed).to.deep.equal([])
    expect(again.client).to.deep.equal(first.client)
    expect(again.contracts.map(({ transaction }) => transaction)).to.deep.equal(
      first.contracts.map(({ transaction }) => transaction),
    )
  })

  it('adopts contracts that were deployed before there was a journal', async () => {
    const first = await deploy(on())
    await rm(join(folder, 'localnet', 'ignition'), { recursive: true })
    const again = await deploy(on())
    expect(again.client).to.deep.equal(first.client)
    expect(await sent()).to.equal(2)
  })

  it('writes the records again that were lost', async () => {
    const first = await deploy(on())
    await rm(join(folder, 'localnet', 'DealClient.json'))
    await rm(join(folder, 'localnet', 'DealClientFactory.json'))
    await deploy(on())
    expect(await sent()).to.equal(2)
    expect(await record('DealClient')).to.include({ address: first.client.address })
    expect(await record('DealClientFactory')).to.include({ address: first.factory.address })
  })

  it('sends nothing twice, wherever the power is cut', async function () {
    this.timeout(240_000)
    const whole = on()
    await deploy(whole)
    const requests = whole.methods.length
    expect(whole.methods.filter((method) => method === 'eth_sendRawTransaction')).to.have.length(2)
    for (let at = 1; at <= requests; at += 1) {
      // Asked so often that the request before or after it stands for it.
      if (whole.methods[at - 1] === 'eth_chainId') continue
      // To lose the answer of a question is to lose the next question.
      const isSending = whole.methods[at - 1] === 'eth_sendRawTransaction'
      for (const isAnswered of isSending ? [false, true] : [false]) {
        const where = `request ${at} of ${requests}, ${whole.methods[at - 1]}, ${isAnswered ? 'answered' : 'lost'}`
        key = await fundedKey(chain.node)
        folder = await mkdtemp(join(tmpdir(), 'sealift-deploy-'))
        await refused('ABORTED', deploy(on({ at, isAnswered })))
        const { client } = await deploy(on())
        expect(await sent(), where).to.equal(2)
        expect(await record('DealClient'), where).to.include({ address: client.address })
        expect((await record('DealClient'))['transaction'], where).to.be.a('string')
        await rm(folder, { recursive: true })
      }
    }
    folder = await mkdtemp(join(tmpdir(), 'sealift-deploy-'))
  })

  it('waits for what was sent before a crash and is not mined yet', async () => {
    const hash = await crashAfterSending()
    const waiting = deploy(on(), {
      onEvent: (event) => {
        if (event.type === 'deploy:waiting') void mining(true)
      },
    })
    const { contracts } = await waiting
    expect(contracts[0]?.transaction).to.equal(hash)
    expect(await sent()).to.equal(2)
  })

  it('hands the same transaction over again where the node forgot it', async () => {
    const hash = await crashAfterSending()
    expect(
      await chain.node.request({ method: 'hardhat_dropTransaction', params: [hash] }),
    ).to.equal(true)
    await mining(true)
    expect(await sent()).to.equal(0)
    const { contracts } = await deploy(on())
    expect(contracts[0]?.transaction).to.equal(hash)
    expect(await sent()).to.equal(2)
  })

  it('sends another one where its nonce was taken', async () => {
    const hash = await crashAfterSending()
    await chain.node.request({ method: 'hardhat_dropTransaction', params: [hash] })
    await mining(true)
    await on().wallet.sendTransaction({ to: Wallet.createRandom().address, value: 1n })
    const { contracts } = await deploy(on())
    expect(contracts[0]?.transaction).to.not.equal(hash)
    expect(await sent()).to.equal(3)
  })

  it('keeps what was sent before in mind when the contract has changed since', async () => {
    const hash = await crashAfterSending()
    const error = await refused('TRANSACTION_FAILED', deploy(on(), { artifact: changedArtifact }))
    expect(error.hint).to.include('may be on its way')
    await mining(true)
    const { contracts } = await deploy(on())
    expect(contracts[0]?.transaction).to.equal(hash)
    expect(await sent()).to.equal(2)
  })

  /** A public network, whose epochs pass as fast as they are waited for. */
  function publicly() {
    let now = 0
    const sleep = async (ms: number): Promise<void> => {
      now += ms
      await chain.node.request({ method: 'evm_mine', params: [] })
    }
    const more: Partial<DeployOptions> = {
      network: { ...NETWORKS.localnet, genesis: 1 },
      clock: { now: () => now, sleep },
    }
    return { more, now: () => now }
  }

  /** Nodes behind one address: for `ms` all but the count of nonces is answered by one that has not seen the newest epochs. */
  function behind(now: () => number, ms: number, found = 0): Power {
    let left = found
    return new Power(chain.node, key, undefined, (method, answer) => {
      if (method === 'eth_getTransactionByHash' && left > 0) left -= 1
      else if (now() < ms) {
        if (method === 'eth_call' || method === 'eth_getCode') return '0x'
        if (/^eth_getTransaction(ByHash|Receipt)$/.test(method)) return null
      }
      return answer
    })
  }

  it('sends no other one when the node falls behind while Ignition goes on', async () => {
    const hash = await crashAfterSending()
    await mining(true)
    const { more, now } = publicly()
    const { contracts } = await deploy(behind(now, 40_000, 1), more)
    expect(contracts[0]?.transaction).to.equal(hash)
    expect(await sent()).to.equal(2)
  })

  it('gives up in time, and goes on when it is repeated', async () => {
    await mining(false)
    const error = await refused('DEADLINE', deploy(on(), { deadlineMs: 300 }))
    expect(error.hint).to.include('sends nothing twice')
    await mining(true)
    await deploy(on())
    expect(await sent()).to.equal(2)
  })

  it('says that a transaction failed, and tries anew when it is repeated', async () => {
    const power = new Power(chain.node, key, undefined, (method, answer) =>
      method === 'eth_getTransactionReceipt' && answer !== null
        ? { ...(answer as object), status: '0x0', contractAddress: null }
        : answer,
    )
    await refused('TRANSACTION_FAILED', deploy(power))
    const { deployed } = await deploy(on())
    expect(deployed).to.have.length(2)
  })

  it('deploys again on a local chain that was started anew', async () => {
    await deploy(on())
    const [, other] = [chain, await startChain()]
    try {
      const params = [computeAddress(key), '0x3635c9adc5dea00000']
      await other.node.request({ method: 'hardhat_setBalance', params })
      const { deployed } = await deploy(new Power(other.node, key))
      expect(deployed).to.have.length(2)
      // The records are those of the new chain now.
      const again = await deploy(new Power(other.node, key))
      expect(again.deployed).to.deep.equal([])
    } finally {
      await other.close()
    }
  })

  it('says what to do when the account has no money', async () => {
    const params = [computeAddress(key), '0x0']
    await chain.node.request({ method: 'hardhat_setBalance', params })
    const error = await refused('NO_MONEY', deploy(on()))
    expect(error.next).to.equal('npx hardhat init-wallet')
  })

  it('deploys nothing on another chain than the network’s', async () => {
    await refused('UNKNOWN_NETWORK', deploy(on(), { network: NETWORKS.calibration }))
    expect(await sent('pending')).to.equal(0)
  })

  it('lets one process deploy at a time', async () => {
    const both = await Promise.allSettled([deploy(on()), deploy(on())])
    const codes = both.map((one) => (one.status === 'rejected' ? one.reason.code : 'done'))
    expect(codes.toSorted()).to.deep.equal(['IN_USE', 'done'])
    expect(await sent()).to.equal(2)
  })

  it('takes a note that a crash left unfinished for none', async () => {
    const journal = join(folder, 'localnet', 'ignition', 'DealClientFactory')
    await mkdir(journal, { recursive: true })
    await writeFile(join(journal, 'transaction.json'), '{"from":"0x12')
    await deploy(on())
    expect(await sent()).to.equal(2)
  })

  it('pays for nothing when the folder cannot be written', async function () {
    // Root may write anywhere.
    if (process.getuid?.() === 0) this.skip()
    await mkdir(join(folder, 'localnet'))
    await chmod(join(folder, 'localnet'), 0o500)
    await refused('DEPOT_READ_ONLY', deploy(on()))
    await chmod(join(folder, 'localnet'), 0o700)
    expect(await sent('pending')).to.equal(0)
  })
})
