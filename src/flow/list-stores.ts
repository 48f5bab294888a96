/** One store, or all of an account: how each stands, why, what is next, and for how long the money lasts. */
import { callNode } from '../chain/node.ts'
import { EPOCHS_PER_DAY } from '../deal/units.ts'
import { projectPurse } from '../keep/project.ts'
import type { KeepContext } from './context.ts'
import type { StoresDocument } from './documents.ts'
import { lookAtPurse, lookAtStore, storesOf } from './look-at-store.ts'

type View = Pick<KeepContext, 'network' | 'provider' | 'perpetual' | 'signal'>

/** How far the purse of many stores is looked into: 25 years. */
const HORIZON = 25 * 365 * Number(EPOCHS_PER_DAY)

/**
 * @param which A store by its id; or an account, 0x…, with all of its stores, the cancelled ones at the end of the list.
 * @throws CONTRACT_REFUSED for an id that was not given out; NODE_UNREACHABLE
 */
export async function listStores(
  which: { readonly id: bigint } | { readonly account: string },
  context: View,
): Promise<StoresDocument> {
  const { network, provider, perpetual, signal } = context
  const epoch = await callNode('epoch', () => provider.getBlockNumber(), { signal })
  const stores = []
  if ('id' in which) stores.push(await lookAtStore(which.id, context))
  else
    for (const [id, newest] of await storesOf(which.account, context))
      stores.push(await lookAtStore(id, context, newest))
  const account = 'id' in which ? (stores[0]?.account ?? '') : which.account
  const lasting = stores.filter(({ cancelled }) => !cancelled).map(({ id }) => BigInt(id))
  return {
    version: 1,
    kind: 'stores',
    network: network.name,
    epoch,
    contract: perpetual.address,
    purse: await lookAtPurse(account, perpetual),
    stores: stores.toSorted((a, b) => Number(a.cancelled) - Number(b.cancelled)),
    ...('id' in which ? {} : { allUntil: await completeUntil(account, lasting, epoch, context) }),
  }
}

/** Epoch; null: not before the horizon. Where money is short, who comes first is renewed first. */
async function completeUntil(
  account: string,
  ids: readonly bigint[],
  epoch: number,
  { perpetual }: View,
): Promise<number | null> {
  const { free } = await perpetual.accountOf(account)
  const stores = []
  for (const id of ids) {
    const [facts, { policy }] = await Promise.all([perpetual.factsOf(id), perpetual.storeOf(id)])
    const { maxPay } = await perpetual.policyOf(policy)
    // All of one epoch, though blocks come while they are read.
    stores.push({ id, facts: { ...facts, epoch }, pay: maxPay })
  }
  return projectPurse(stores, free, epoch + HORIZON).completeUntil ?? null
}
