import { mkdtemp, readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  type Deployment,
  readDeployment,
  tryReadDeployment,
  writeDeployment,
} from '../../../src/chain/deployments.ts'
import { refused } from '../../support/refused.ts'

const DEPLOYMENT: Deployment = {
  contract: 'DealClient',
  network: 'calibration',
  chainId: 314_159,
  address: `0x${'11'.repeat(20)}`,
  transaction: `0x${'22'.repeat(32)}`,
  block: 7,
  deployer: `0x${'33'.repeat(20)}`,
  constructorArguments: ['0x00', '18446744073709551615'],
  compilerInputHash: `0x${'44'.repeat(32)}`,
  abi: [{ type: 'constructor', inputs: [] }],
}

describe('chain/deployments', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sealift-deployments-'))
  })
  afterEach(() => rm(root, { recursive: true }))

  it('reads what it wrote', async () => {
    const path = await writeDeployment(root, DEPLOYMENT)
    expect(path).to.equal(join(root, 'calibration', 'DealClient.json'))
    expect(await readDeployment(root, 'calibration', 'DealClient')).to.deep.equal(DEPLOYMENT)
  })

  it('replaces, and leaves no other file', async () => {
    await writeDeployment(root, DEPLOYMENT)
    await writeDeployment(root, { ...DEPLOYMENT, block: 8 })
    expect((await readDeployment(root, 'calibration', 'DealClient')).block).to.equal(8)
    expect(await readdir(join(root, 'calibration'))).to.deep.equal(['DealClient.json'])
  })

  it('writes nothing that it could not read', async () => {
    let failed = false
    try {
      await writeDeployment(root, { ...DEPLOYMENT, address: 'nowhere' })
    } catch {
      failed = true
    }
    expect(failed).to.equal(true)
    expect(await readdir(join(root, 'calibration'))).to.deep.equal([])
  })

  it('says how to deploy where nothing is deployed', async () => {
    expect(await tryReadDeployment(root, 'calibration', 'DealClient')).to.equal(undefined)
    const error = await refused('NOT_DEPLOYED', readDeployment(root, 'calibration', 'DealClient'))
    expect(error.next).to.equal('npx hardhat deploy --network calibration')
  })

  for (const [name, change] of [
    ['half a file', (text: string) => text.slice(0, text.length / 2)],
    ['another network', (text: string) => text.replaceAll('calibration', 'filecoin')],
    ['another contract', (text: string) => text.replaceAll('DealClient', 'Other')],
    ['a short address', (text: string) => text.replace('0x1111', '0x11')],
    ['an unknown field', (text: string) => text.replace('{', '{"more": 1,')],
  ] as const)
    it(`does not trust a file with ${name}`, async () => {
      const path = await writeDeployment(root, DEPLOYMENT)
      const text = await readFile(path, 'utf8')
      await mkdir(root, { recursive: true })
      await writeFile(path, change(text))
      await refused('NOT_DEPLOYED', tryReadDeployment(root, 'calibration', 'DealClient'))
    })
})
