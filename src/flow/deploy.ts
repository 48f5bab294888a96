/**
 * Deploys the factory, the owner's client and, where they are asked for, a hub of aggregations and a storage that is kept, and writes
 * deployments/<network>/. Safe to repeat.
 */
import { deploymentPath } from '../chain/deployments.ts'
import { openFactory } from '../chain/factory.ts'
import { openHub } from '../chain/hub.ts'
import { describeAddress } from '../chain/lotus.ts'
import { addressLink, checkChain, transactionLink } from '../chain/networks.ts'
import { callNode } from '../chain/node.ts'
import { openPerpetual, storeClientImplementation } from '../chain/perpetual.ts'
import { untilSeen } from '../chain/seen.ts'
import { providerOf } from '../chain/send.ts'
import { creationOf, type Deployed, type DeployOnceOptions, ensure } from './deploy-once.ts'
import type { ClientDocument, DeployedContract, DeployedDocument } from './documents.ts'
import { clientModule } from './ignite.ts'

/** The signer owns the client. */
export interface DeployOptions extends DeployOnceOptions {
  /** A hub too, whose default aggregator is the signer. */
  readonly hub?: boolean | undefined
  /** PerpetualStorage too, which nobody owns. */
  readonly perpetual?: boolean | undefined
}

/** @throws UNKNOWN_NETWORK, and as `ensure` */
export async function deployClient(options: DeployOptions): Promise<DeployedDocument> {
  const { network, signer, folder, signal } = options
  const provider = providerOf(signer)
  await check(options)
  const owner = await signer.getAddress()

  const factory = await ensure(
    options,
    creationOf(options, 'DealClientFactory', [], async (address, within) => {
      await openFactory(address, signer, { signal: within }).clientOf(owner)
    }),
  )
  const { clientOf } = openFactory(factory.address, signer, { signal })
  const client = await ensure(options, {
    contract: 'DealClient',
    // A factory that was made just now is not there for every node yet.
    find: () =>
      factory.fresh ? untilSeen(() => clientOf(owner), ['NOT_DEPLOYED'], options) : clientOf(owner),
    module: clientModule(factory.address, owner),
    made: () => clientOf(owner),
  })
  const hub =
    options.hub === true
      ? await ensure(
          options,
          creationOf(options, 'AggregationHub', [owner], async (address, within) => {
            await openHub(address, signer, { signal: within }).aggregator()
          }),
        )
      : undefined
  const perpetual = options.perpetual === true ? await deployPerpetual(options) : undefined

  const all = [factory, client, hub, ...(perpetual ?? [])].filter((one) => one !== undefined)
  const contracts: DeployedContract[] = []
  for (const { contract, address, transaction } of all) {
    const described = await describeAddress(provider, network, address, { signal })
    contracts.push({
      contract,
      ...described,
      transaction: transaction ?? null,
      file: deploymentPath(folder, network.name, contract),
      link: addressLink(network, address) ?? null,
      transactionLink:
        transaction === undefined ? null : (transactionLink(network, transaction) ?? null),
    })
  }
  const described = ({ contract }: Deployed): ClientDocument => {
    const { address, f4, id } = contracts.find(
      (one) => one.contract === contract,
    ) as DeployedContract
    return { address, f4, id }
  }
  const storage = perpetual?.at(-1)
  return {
    version: 1,
    kind: 'deployed',
    network: network.name,
    owner,
    client: described(client),
    factory: described(factory),
    ...(hub === undefined ? {} : { hub: described(hub) }),
    ...(storage === undefined ? {} : { perpetual: described(storage) }),
    contracts,
    deployed: all.filter(({ fresh }) => fresh).map(({ contract }) => contract),
    files: contracts.map(({ file }) => file),
    links: contracts.map(({ link }) => link).filter((link) => link !== null),
  }
}

/**
 * What makes the clients of accounts, and PerpetualStorage, which is last.
 * @throws UNKNOWN_NETWORK, and as `ensure`
 */
export async function deployPerpetual(
  options: DeployOnceOptions,
): Promise<[clients: Deployed, storage: Deployed]> {
  await check(options)
  const { signer } = options
  const clients = await ensure(
    options,
    creationOf(options, 'StoreClientFactory', [], async (address, signal) => {
      await storeClientImplementation(address, signer, { signal })
    }),
  )
  const storage = await ensure(
    options,
    creationOf(options, 'PerpetualStorage', [clients.address], async (address, signal) => {
      await openPerpetual(address, signer, { signal }).storeCount()
    }),
  )
  return [clients, storage]
}

async function check({ network, signer, signal }: DeployOnceOptions): Promise<void> {
  const provider = providerOf(signer)
  const { chainId } = await callNode('chain id', () => provider.getNetwork(), { signal })
  checkChain(network, chainId)
}
