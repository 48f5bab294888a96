import { expect } from 'chai'
import { VoidSigner } from 'ethers'
import { NETWORKS } from '../../src/chain/networks.ts'
import { StorageError } from '../../src/errors.ts'
import type { DeployedDocument } from '../../src/flow/documents.ts'
import { deploy, type DeployPorts } from '../../tasks/deploy.ts'
import { actJson, actPlain } from './support/act.ts'
import { CLIENT } from './support/documents.ts'

const DEPLOYED: DeployedDocument = {
  version: 1,
  kind: 'deployed',
  network: 'localnet',
  owner: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  client: CLIENT,
  factory: { ...CLIENT, id: null },
  contracts: [],
  deployed: ['DealClientFactory', 'DealClient'],
  files: ['/p/deployments/localnet/DealClientFactory.json'],
  links: [],
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
    ...change,
  }
  return { steps, ports }
}

describe('tasks/deploy', () => {
  it('prints the deployed document', async () => {
    const { steps, ports } = rig()
    const { document } = await actJson((run) => deploy({ yes: false, json: true }, run, ports))
    expect(document).to.deep.equal(JSON.parse(JSON.stringify(DEPLOYED)))
    expect(steps).to.deep.equal(['signer', 'check', 'build', 'deploy'])
  })

  it('tells a person every spelling of the addresses and the next command', async () => {
    const io = await actPlain((run) => deploy({ yes: false, json: false }, run, rig().ports))
    for (const part of [CLIENT.address, CLIENT.f4, CLIENT.id]) expect(io.out()).to.include(part)
    expect(io.out()).to.include(
      'Next: npx hardhat make-deal --file PATH --wait --network localnet\n',
    )
  })

  it('says that nothing was to do', async () => {
    const { ports } = rig({ deployClient: async () => ({ ...DEPLOYED, deployed: [] }) })
    const io = await actPlain((run) => deploy({ yes: false, json: false }, run, ports))
    expect(io.out()).to.include('nothing, all was there')
  })

  it('builds and sends nothing without a key', async () => {
    const { steps, ports } = rig({
      signer: async () => {
        throw new StorageError('NO_KEY', { what: 'no private key is configured' })
      },
    })
    const { document, io } = await actJson((run) => deploy({ yes: false, json: true }, run, ports))
    expect(document).to.include({ code: 'NO_KEY' })
    expect(steps).to.deep.equal([])
    expect(io.exitCode()).to.equal(1)
  })

  it('asks before it sends on the main network', async () => {
    const { steps, ports } = rig({ network: NETWORKS.filecoin, name: 'filecoin' })
    const io = await actPlain((run) => deploy({ yes: false, json: false }, run, ports))
    expect(io.exitCode()).to.equal(2)
    expect(steps).to.deep.equal(['signer', 'check'])
    await actJson((run) => deploy({ yes: true, json: true }, run, ports))
    expect(steps).to.include('deploy')
  })
})
