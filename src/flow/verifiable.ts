/** What of a deployment has a source to verify: our contracts, and those that they create. Clones show their implementation's. */
import { getCreateAddress, Interface, type Provider } from 'ethers'
import { openContract } from '../chain/contract.ts'
import { type CallOptions, callNode } from '../chain/node.ts'
import type { DeployedDocument } from './documents.ts'

export interface Verifiable {
  readonly contract: string
  /** Of the project, such as contracts/DealClient.sol:DealClient. */
  readonly source: string
  readonly address: string
  readonly constructorArguments: readonly string[]
  /** Hash; undefined for what another contract created. */
  readonly transaction: string | undefined
}

const CREATORS = new Interface([
  'function implementation() view returns (address)',
  'function clients() view returns (address)',
  'function clerk() view returns (address)',
  'function aggregator() view returns (address)',
])

/** Those that are asked for, in the order in which they were made. */
export async function verifiableContracts(
  { contracts }: DeployedDocument,
  provider: Provider,
  options: CallOptions = {},
): Promise<Verifiable[]> {
  const all: Verifiable[] = []
  for (const { contract, address, transaction } of contracts) {
    const ask = async (method: string): Promise<string> =>
      (await openContract(address, provider, CREATORS, options).read(method))[0] as string
    const ours = (folder: string, constructorArguments: readonly string[] = []): Verifiable => ({
      contract,
      source: `contracts/${folder}${contract}.sol:${contract}`,
      address,
      constructorArguments,
      transaction: transaction ?? undefined,
    })
    switch (contract) {
      case 'DealClientFactory':
        all.push(ours(''), ...clientOf('DealClient', '', await ask('implementation')))
        break
      case 'AggregationHub':
        all.push(ours('', [await ask('aggregator')]))
        break
      case 'StoreClientFactory':
        all.push(
          ours('perpetual/'),
          ...clientOf('StoreClient', 'perpetual/', await ask('implementation')),
        )
        break
      case 'PerpetualStorage':
        all.push(
          ours('', [await ask('clients')]),
          created('StoreClerk', 'perpetual/', await ask('clerk')),
        )
        break
      // A clone.
      default:
    }
  }
  const codes = await Promise.all(
    all.map(({ address }) => callNode('code', () => provider.getCode(address), options)),
  )
  return all.filter((_, index) => codes[index] !== '0x')
}

/** A client's implementation and its two clerks: its constructor creates them first, and a contract's nonces begin with 1. */
function clientOf(contract: string, folder: string, address: string): Verifiable[] {
  return [
    created(contract, folder, address),
    created('MarketClerk', 'client/', getCreateAddress({ from: address, nonce: 1 })),
    created('ProposalClerk', 'client/', getCreateAddress({ from: address, nonce: 2 })),
  ]
}

function created(contract: string, folder: string, address: string): Verifiable {
  return {
    contract,
    source: `contracts/${folder}${contract}.sol:${contract}`,
    address,
    constructorArguments: [],
    transaction: undefined,
  }
}
