import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { Interface, type InterfaceAbi } from 'ethers'
import {
  CLIENT_ABI,
  FACTORY_ABI,
  HUB_ABI,
  INNER_ERRORS_ABI,
  OWNER_ABI,
} from '../../../src/chain/abi.ts'
import { HUB_ERRORS_ABI } from '../../../src/chain/hub-revert.ts'
import {
  PERPETUAL_ABI,
  STORE_CLIENT_ABI,
  STORE_CLIENT_FACTORY_ABI,
} from '../../../src/chain/perpetual-abi.ts'
import { LIBRARY_ERRORS_ABI, PERPETUAL_ERRORS_ABI } from '../../../src/chain/perpetual-revert.ts'
import { DESCRIBED_ERRORS } from '../../../src/chain/revert.ts'

const ARTIFACTS = new URL('../../../artifacts/contracts/', import.meta.url)

function compiled(path: string): Interface {
  const file = new URL(`${path}.json`, ARTIFACTS)
  if (!existsSync(file)) expect.fail(`${path} is not compiled; run npx hardhat build`)
  return new Interface((JSON.parse(readFileSync(file, 'utf8')) as { abi: InterfaceAbi }).abi)
}

function lines(abi: Interface): string[] {
  return abi.format().toSorted()
}

describe('chain/abi', () => {
  it('is that of IDealClient', () => {
    expect(lines(new Interface(CLIENT_ABI))).to.deep.equal(
      lines(compiled('interfaces/IDealClient.sol/IDealClient')),
    )
  })

  it('is that of IDealClientFactory', () => {
    expect(lines(new Interface(FACTORY_ABI))).to.deep.equal(
      lines(compiled('interfaces/IDealClientFactory.sol/IDealClientFactory')),
    )
  })

  it('is that of IAggregationHub, but for the errors', () => {
    const hub = lines(compiled('interfaces/IAggregationHub.sol/IAggregationHub'))
    expect(lines(new Interface(HUB_ABI))).to.deep.equal(
      hub.filter((line) => !line.startsWith('error ')),
    )
  })

  it('is that of IPerpetualStorage, with its errors', () => {
    expect(lines(new Interface([...PERPETUAL_ABI, ...PERPETUAL_ERRORS_ABI]))).to.deep.equal(
      lines(compiled('interfaces/IPerpetualStorage.sol/IPerpetualStorage')),
    )
  })

  it('is that of IStoreClient and of what makes such clients', () => {
    expect(lines(new Interface([...CLIENT_ABI, ...STORE_CLIENT_ABI]))).to.deep.equal(
      lines(compiled('interfaces/IStoreClient.sol/IStoreClient')),
    )
    const factory = lines(compiled('perpetual/StoreClientFactory.sol/StoreClientFactory'))
    expect(lines(new Interface(STORE_CLIENT_FACTORY_ABI))).to.deep.equal(
      factory.filter((line) => !line.startsWith('constructor')),
    )
  })

  it('has what is the contract own', () => {
    expect(lines(compiled('DealClient.sol/DealClient'))).to.include.members(
      lines(new Interface(OWNER_ABI)),
    )
  })

  it('knows every error with which the client and its parts can revert', () => {
    const known = new Interface([...CLIENT_ABI, ...OWNER_ABI, ...INNER_ERRORS_ABI])
    for (const path of ['DealClient.sol/DealClient', ...parts()])
      compiled(path).forEachError((error) => {
        expect(known.getError(error.selector)?.format(), error.format()).to.equal(error.format())
        expect(DESCRIBED_ERRORS).to.include(error.name)
      })
  })

  it('knows every error with which PerpetualStorage and its clients can revert', () => {
    const known = new Interface([
      ...CLIENT_ABI,
      ...OWNER_ABI,
      ...INNER_ERRORS_ABI,
      ...PERPETUAL_ERRORS_ABI,
      ...LIBRARY_ERRORS_ABI,
      ...STORE_CLIENT_ABI,
      ...STORE_CLIENT_FACTORY_ABI,
    ])
    for (const path of [
      'PerpetualStorage.sol/PerpetualStorage',
      'perpetual/StoreClient.sol/StoreClient',
      'perpetual/StoreClientFactory.sol/StoreClientFactory',
    ])
      compiled(path).forEachError((error) => {
        expect(known.getError(error.selector)?.format(), error.format()).to.equal(error.format())
        expect(DESCRIBED_ERRORS).to.include(error.name)
      })
  })

  it('knows every error with which the hub can revert', () => {
    const known = new Interface([...HUB_ERRORS_ABI, ...INNER_ERRORS_ABI, ...CLIENT_ABI])
    for (const path of ['AggregationHub.sol/AggregationHub', 'piece/DataSegment.sol/DataSegment'])
      compiled(path).forEachError((error) => {
        expect(known.getError(error.selector)?.format(), error.format()).to.equal(error.format())
        expect(DESCRIBED_ERRORS).to.include(error.name)
      })
  })
})

/** The contracts and libraries of contracts/client. */
function parts(): string[] {
  return readdirSync(new URL('client/', ARTIFACTS)).map(
    (file) => `client/${file}/${file.replace(/\.sol$/, '')}`,
  )
}
