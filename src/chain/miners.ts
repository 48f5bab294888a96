/** Whether actor ids are those of storage providers, as Filecoin's own JSON-RPC knows. */
import type { Provider } from 'ethers'
import { addressToString, idAddress } from '../bytes/address.ts'
import { StorageError } from '../errors.ts'
import { isActorUnknown } from './failure.ts'
import type { Network } from './networks.ts'
import { type CallOptions, callRpc } from './node.ts'

/** Undefined where the node does not tell. @throws as `callRpc` */
export async function isMiner(
  provider: Provider,
  network: Network,
  id: bigint,
  options?: CallOptions,
): Promise<boolean | undefined> {
  const name = addressToString(idAddress(id), network.prefix)
  try {
    const info = await callRpc(provider, 'Filecoin.StateMinerInfo', [name, []], options)
    return info === undefined ? undefined : info !== null
  } catch (error) {
    if (isActorUnknown(error)) return false
    throw error
  }
}

/** @throws PROVIDER_UNKNOWN for the first id that is not a provider's; as `callRpc` */
export async function checkMiners(
  provider: Provider,
  network: Network,
  ids: readonly bigint[],
  options?: CallOptions,
): Promise<void> {
  for (const id of ids) {
    if ((await isMiner(provider, network, id, options)) !== false) continue
    throw new StorageError('PROVIDER_UNKNOWN', {
      what: `${network.prefix}0${id} is not a storage provider of ${network.name}`,
      expected: 'the id of a miner actor',
      got: `${network.prefix}0${id}`,
      hint: 'A provider of another network has its id there only. Look which ones you can use.',
      next: `npx hardhat providers --network ${options?.network ?? network.name}`,
    })
  }
}
