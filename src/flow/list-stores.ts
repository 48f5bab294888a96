/** One store, or all of an account: how each stands, why, what is next, and for how long the money lasts. */
import { callNode } from '../chain/node.ts'
import type { KeepContext } from './context.ts'
import type { StoresDocument } from './documents.ts'
import { lookAtPurse, lookAtStore, storesOf } from './look-at-store.ts'

/**
 * @param which A store by its id; or an account, 0x…, with all of its stores, the cancelled ones at the end of the list.
 * @throws CONTRACT_REFUSED for an id that was not given out; NODE_UNREACHABLE
 */
export async function listStores(
  which: { readonly id: bigint } | { readonly account: string },
  context: Pick<KeepContext, 'network' | 'provider' | 'perpetual' | 'signal'>,
): Promise<StoresDocument> {
  const { network, provider, perpetual, signal } = context
  const epoch = await callNode('epoch', () => provider.getBlockNumber(), { signal })
  const stores = []
  if ('id' in which) stores.push(await lookAtStore(which.id, context))
  else
    for (const [id, newest] of await storesOf(which.account, context))
      stores.push(await lookAtStore(id, context, newest))
  const account = 'id' in which ? (stores[0]?.account ?? '') : which.account
  return {
    version: 1,
    kind: 'stores',
    network: network.name,
    epoch,
    contract: perpetual.address,
    purse: await lookAtPurse(account, perpetual),
    stores: stores.toSorted((a, b) => Number(a.cancelled) - Number(b.cancelled)),
  }
}
