import { expect } from 'chai'
import { VoidSigner } from 'ethers'
import { NETWORKS } from '../../src/chain/networks.ts'
import { StorageError } from '../../src/errors.ts'
import type { DeployedDocument, Verification } from '../../src/flow/documents.ts'
import { deploy, type DeployPorts } from '../../tasks/deploy.ts'
import { actJson, actPlain } from './support/act.ts'
import { CLIENT } from './support/documents.ts'

const PLAIN = { yes: false, json: false, verify: false }
const FILE = '/p/deployments/localnet/DealClient.json'
const PAGE = 'https://filecoin-testnet.blockscout.com'
const TX = `0x${'5c'.repeat(32)}`

const DEPLOYED: DeployedDocument = {
  version: 1,
  kind: 'deployed',
  network: 'localnet',
  owner: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  client: CLIENT,
  factory: { ...CLIENT, id: null },
  contracts: [
    {
      ...CLIENT,
      contract: 'DealClient',
      transaction: TX,
      file: FILE,
      link: `${PAGE}/address/${CLIENT.address}`,
      transactionLink: `${PAGE}/tx/${TX}`,
    },
  ],
  deployed: ['DealClientFactory', 'DealClient'],
  files: ['/p/deployments/localnet/DealClientFactory.json'],
  links: [],
}

const VERIFIED: Verification = {
  contract: 'DealClient',
  address: CLIENT.address,
  explorer: 'blockscout',
  verified: true,
  reason: null,
}

function rig(change: Partial<DeployPorts> = {}) {
  const steps: string[] = []
  const ports: DeployPorts = {
    network: NETWORKS.localnet,
    name: 'localnet',
    signer: async () => {
      steps.push('signer')
      return new VoidSigner(DEPLOYED.owner)
    },
    check: async () => {
      steps.push('check')
    },
    build: async () => {
      steps.push('build')
    },
    deployClient: async () => {
      steps.push('deploy')
      return DEPLOYED
    },
    verify: async () => {
      steps.push('verify')
      return [VERIFIED]
    },
    ...change,
  }
  return { steps, ports }
}

describe('tasks/deploy', () => {
  it('prints the deployed document', async () => {
    const { steps, ports } = rig()
    const { document } = await actJson((run) => deploy(PLAIN, run, ports))
    expect(document).to.deep.equal(JSON.parse(JSON.stringify(DEPLOYED)))
    expect(steps).to.deep.equal(['signer', 'check', 'build', 'deploy'])
  })

  it('tells a person every spelling of the addresses and the next command', async () => {
    const io = await actPlain((run) => deploy(PLAIN, run, rig().ports))
    const links = [`${PAGE}/address/${CLIENT.address}`, `${PAGE}/tx/${TX}`]
    for (const part of [CLIENT.address, CLIENT.f4, CLIENT.id, ...links, FILE])
      expect(io.out()).to.include(`  ${part}\n`)
    expect(io.out()).to.include(
      'Next: npx hardhat make-deal --file PATH --wait --network localnet\n',
    )
  })

  it('says that nothing was to do', async () => {
    const { ports } = rig({ deployClient: async () => ({ ...DEPLOYED, deployed: [] }) })
    const io = await actPlain((run) => deploy(PLAIN, run, ports))
    expect(io.out()).to.include('nothing, all was there')
  })

  it('builds and sends nothing without a key', async () => {
    const { steps, ports } = rig({
      signer: async () => {
        throw new StorageError('NO_KEY', { what: 'no private key is configured' })
      },
    })
    const { document, io } = await actJson((run) => deploy(PLAIN, run, ports))
    expect(document).to.include({ code: 'NO_KEY' })
    expect(steps).to.deep.equal([])
    expect(io.exitCode()).to.equal(1)
  })

  it('asks before it sends on the main network', async () => {
    const { steps, ports } = rig({ network: NETWORKS.filecoin, name: 'filecoin' })
    const io = await actPlain((run) => deploy(PLAIN, run, ports))
    expect(io.exitCode()).to.equal(2)
    expect(steps).to.deep.equal(['signer', 'check'])
    await actJson((run) => deploy({ ...PLAIN, yes: true }, run, ports))
    expect(steps).to.include('deploy')
  })

  it('verifies where it is asked to, after it deployed', async () => {
    const { steps, ports } = rig({ network: NETWORKS.calibration, name: 'calibration' })
    const { document, io } = await actJson((run) => deploy({ ...PLAIN, verify: true }, run, ports))
    expect(document).to.deep.equal({ ...DEPLOYED, verifications: [VERIFIED] })
    expect(steps.slice(-2)).to.deep.equal(['deploy', 'verify'])
    expect(io.exitCode()).to.equal(0)
  })

  it('is incomplete when an explorer does not show the source: the deployment stands', async () => {
    const refused = { ...VERIFIED, verified: false, reason: 'Fail - Unable to verify' }
    const { ports } = rig({
      network: NETWORKS.calibration,
      name: 'calibration',
      verify: async () => [VERIFIED, refused],
    })
    const io = await actPlain((run) => deploy({ ...PLAIN, verify: true }, run, ports))
    expect(io.exitCode()).to.equal(2)
    expect(io.out()).to.include('DealClient is not verified: Fail - Unable to verify')
    expect(io.out()).to.include(CLIENT.address)
    expect(io.out()).to.match(/npx hardhat deploy --verify\n$/)
  })

  it('refuses to verify on a chain that no explorer shows, before it sends', async () => {
    const { steps, ports } = rig()
    const { document, io } = await actJson((run) => deploy({ ...PLAIN, verify: true }, run, ports))
    expect(document).to.include({ code: 'ARGUMENT_INVALID' })
    expect(io.exitCode()).to.equal(1)
    expect(steps).to.deep.equal([])
  })
})
