/** A local Filecoin with a client contract, for the stories. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrowserProvider, type JsonRpcSigner } from 'ethers'
import hre from 'hardhat'
import { type Client, openClient } from '../../../src/chain/client-contract.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { readArtifact } from '../../../src/flow/artifact.ts'
import type { FlowContext } from '../../../src/flow/context.ts'
import { deployClient } from '../../../src/flow/deploy.ts'
import { type LocalFilecoin, startLocalFilecoin } from '../../../src/flow/local-filecoin.ts'
import type { Behaviour } from '../../../src/provider/behaviour.ts'
import type { ProviderEvent } from '../../../src/provider/events.ts'

export interface Local {
  readonly filecoin: LocalFilecoin
  readonly provider: BrowserProvider
  readonly owner: JsonRpcSigner
  readonly client: Client
  readonly context: FlowContext
  /** A folder for whatever the story writes. */
  readonly folder: string
  readonly events: ProviderEvent[]
  stop(): Promise<void>
}

/** @param pushOnly Providers behind those of `behaviours` that watch no chain. */
export async function startLocal(behaviours: readonly Behaviour[], pushOnly = 0): Promise<Local> {
  const folder = await mkdtemp(join(tmpdir(), 'sealift-story-'))
  const events: ProviderEvent[] = []
  const network = NETWORKS.localnet
  const filecoin = await startLocalFilecoin({
    folder: join(folder, 'depot'),
    providers: behaviours.length,
    pushOnly,
    behaviours,
    onProviderEvent: (event) => events.push(event),
  })
  const provider = new BrowserProvider(filecoin.provider, undefined, { cacheTimeout: -1 })
  const owner = await provider.getSigner(filecoin.accounts[0])
  const deployed = await deployClient({
    network,
    artifact: (name) => readArtifact(hre, name),
    signer: owner,
    folder: join(folder, 'deployments'),
  })
  const client = openClient(deployed.client.address, owner, { network: network.name })
  const { depot, depotUrl } = filecoin
  return {
    filecoin,
    provider,
    owner,
    client,
    context: { network, provider, client, depot, depotUrl },
    folder,
    events,
    async stop() {
      await filecoin.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
