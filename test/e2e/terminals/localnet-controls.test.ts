/** A running localnet, driven by the commands that a person types into another terminal. */
import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { JsonRpcProvider } from 'ethers'
import { openClient } from '../../../src/chain/client-contract.ts'
import type { DeployedDocument, ProposedDocument } from '../../../src/flow/documents.ts'
import { openTerminal, type Terminal } from '../support/terminal.ts'

const HARDHAT = join('node_modules', 'hardhat', 'dist', 'src', 'cli.js')

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

describe('the controls of a running localnet', function () {
  this.timeout(180_000)
  let terminal: Terminal
  let client = ''

  before(async () => {
    terminal = await openTerminal('--manual')
    const deployed = (await run('deploy')) as unknown as DeployedDocument
    client = deployed.client.address
  })
  after(() => terminal.close())

  async function type(...words: string[]): Promise<Ran> {
    const args = [HARDHAT, ...words, '--network', 'localnet']
    try {
      return {
        code: 0,
        ...(await promisify(execFile)(process.execPath, args, { env: terminal.env })),
      }
    } catch (error) {
      return error as Ran
    }
  }

  /** The one JSON value that a command prints when it goes well. */
  async function run(...words: string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await type(...words, '--json')
    expect(code, stderr).to.equal(0)
    return JSON.parse(stdout) as Record<string, unknown>
  }

  /** The error document that a command prints when it does not. */
  async function refusal(...words: string[]): Promise<Record<string, unknown>> {
    const { code, stdout } = await type(...words, '--json')
    expect(code).to.equal(1)
    return JSON.parse(stdout) as Record<string, unknown>
  }

  async function propose(name: string): Promise<string> {
    const file = join(terminal.folder, name)
    await writeFile(file, name.repeat(200))
    const made = (await run('make-deal', '--file', file)) as unknown as ProposedDocument
    return made.proposals[0]?.proposalId ?? ''
  }

  /** As the client contract tells it: `deals` shows the same. */
  async function stateOf(dealId: number): Promise<string | undefined> {
    const node = new JsonRpcProvider(terminal.env['SEALIFT_LOCALNET_URL'], undefined, {
      cacheTimeout: -1,
    })
    const [deal] = await openClient(client, node).deals([BigInt(dealId)])
    node.destroy()
    return deal?.state
  }

  it('publish and activate what providers leave alone', async () => {
    const proposal = await propose('first')
    const published = await run('localnet', 'publish', proposal)
    expect(published).to.include({
      version: 1,
      kind: 'localnet-publish',
      proposalId: proposal,
      provider: 't01000',
      dealId: 0,
    })
    expect(await stateOf(0)).to.equal('published')
    expect(await run('localnet', 'activate', '0')).to.include({
      kind: 'localnet-activate',
      dealId: 0,
      provider: 't01000',
      sector: 0,
    })
    expect(await stateOf(0)).to.equal('active')
    const again = await refusal('localnet', 'publish', proposal, '--miner', 'f01001')
    expect(again).to.include({
      code: 'CONTRACT_REFUSED',
      next: 'npx hardhat deals --network localnet',
    })
  })

  it('let time pass, with blocks and without', async () => {
    const { code, stdout, stderr } = await type('localnet', 'mine', '--epochs', '100')
    expect(code).to.equal(0)
    expect(stdout).to.match(/^\d+ epochs passed: the chain stands at epoch 1,00\d,\d{3}\.\n$/)
    expect(stderr).to.equal('mining 100 epochs\n')
    const jumped = await run('localnet', 'null-rounds', '7')
    expect(jumped).to.include({ kind: 'localnet-null-rounds', nullEpochs: 7 })
    const to = String(Number(jumped['epoch']) + 500)
    expect(await run('localnet', 'mine', '--to', to))
      .to.have.property('epoch')
      .that.is.at.least(Number(to))
    expect(await run('localnet', 'mine', '--to', '5')).to.include({ mined: 0 })
    expect(await stateOf(0)).to.equal('active')
  })

  it('lose the sector and get it back', async () => {
    const about = { dealId: 0, provider: 't01000', sector: 0 }
    expect(await run('localnet', 'fault', '0')).to.include({ kind: 'localnet-fault', ...about })
    const bySector = ['--miner', 'f01000', '--sector', '0']
    expect(await run('localnet', 'recover', ...bySector)).to.include({
      kind: 'localnet-recover',
      ...about,
      dealId: null,
    })
  })

  it('terminate: the client sees it, and nothing more can be done to the deal', async () => {
    await type('localnet', 'mine', '--epochs', '3')
    expect(await run('localnet', 'terminate', '0')).to.include({
      kind: 'localnet-terminate',
      sector: 0,
    })
    expect(await stateOf(0)).to.equal('terminated')
    const { code, message } = await refusal('localnet', 'fault', '0')
    expect(code).to.equal('CONTRACT_REFUSED')
    expect(message).to.include('exit code 32')
  })

  it('skip an activation: the deal is missed for good', async () => {
    await run('localnet', 'publish', await propose('second'), '--miner', 'f01001')
    expect(await run('localnet', 'skip-activation', '1')).to.include({
      kind: 'localnet-skip-activation',
      dealId: 1,
    })
    expect(await stateOf(1)).to.equal('missed')
    expect(await refusal('localnet', 'activate', '1')).to.include({ code: 'EPOCH_PAST' })
  })

  it('let a deal expire and settle it', async () => {
    await run('localnet', 'publish', await propose('third'))
    await run('localnet', 'activate', '2')
    expect(await refusal('localnet', 'skip-activation', '2')).to.include({
      code: 'CONTRACT_REFUSED',
      hint: 'Providers of the localnet publish and activate by themselves, unless it was started with --manual.',
    })
    expect(await run('localnet', 'expire', '2')).to.include({
      kind: 'localnet-expire',
      dealId: 2,
      settled: null,
    })
    expect(await stateOf(2)).to.equal('ended')
    const { settled } = await run('localnet', 'expire', '2', '--settle')
    expect(settled).to.have.property('completed', true)
  })

  it('name what they cannot find', async () => {
    const unknown = `0x${'12'.repeat(32)}`
    expect(await refusal('localnet', 'publish', unknown)).to.include({ code: 'PROPOSAL_NOT_FOUND' })
    const { code, message } = await refusal('localnet', 'activate', '99')
    expect(code).to.equal('CONTRACT_REFUSED')
    expect(message).to.include('exit code 17')
    expect(await refusal('localnet', 'recover')).to.include({ code: 'ARGUMENT_INVALID' })
  })
})
