/** Where a task finds what timelines are made of: the project's state, the depot's log, the deployment. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { deploymentPath, tryReadDeployment } from '../src/chain/deployments.ts'
import { readFetches } from '../src/depot/fetch-log.ts'
import type { FlowContext } from '../src/flow/context.ts'
import { openEventIndex } from '../src/flow/event-index.ts'
import type { TimelineSources } from '../src/flow/timelines.ts'
import { pushFolder, readPushes } from '../src/relay/push-log.ts'
import { deploymentsFolder, type Place, stateFolder } from './values.ts'

/** @throws NOT_DEPLOYED when the file of the deployment is not one */
export async function timelineSources(
  {
    client,
    depot,
    network,
    provider,
    signal,
  }: Pick<FlowContext, 'client' | 'depot' | 'network' | 'provider' | 'signal'>,
  name: string,
  place: Place,
  onFault: (why: string) => void,
): Promise<TimelineSources> {
  const deployments = deploymentsFolder(place)
  const state = stateFolder(place)
  const address = client.address.toLowerCase()
  const known = await tryReadDeployment(deployments, network.name, 'DealClient')
  const isOurs = known?.address.toLowerCase() === address
  const isLocal = network.name === 'localnet'
  const from = isOurs && known.block !== null ? BigInt(known.block) : undefined
  // A localnet forgets its chain: what it said is not worth keeping.
  const file = isLocal ? undefined : join(state, 'events', `${network.name}-${address}.json`)
  const pushes = pushFolder(join(state, 'relay'), network.name, address)
  return {
    index: openEventIndex({ provider, client: client.address, from, file, signal, network: name }),
    fetches: () => readFetches(depot.folder),
    // The depot outlives a localnet: what was fetched before the client was there is of an earlier one.
    fetchesSince: isLocal && isOurs ? await changedAt(deployments) : undefined,
    pushes: () => readPushes(pushes),
    onFault,
  }
}

async function changedAt(deployments: string): Promise<number | undefined> {
  const path = deploymentPath(deployments, 'localnet', 'DealClient')
  return (await stat(path).catch(() => undefined))?.mtimeMs
}
