/** Everything that a flow needs, opened for a task and closed after it. */
import { join } from 'node:path'
import type { Signer } from 'ethers'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { openClient } from '../src/chain/client-contract.ts'
import { readDeployment } from '../src/chain/deployments.ts'
import { datedNetwork } from '../src/chain/epoch.ts'
import type { Network } from '../src/chain/networks.ts'
import { callNode } from '../src/chain/node.ts'
import { openDepot } from '../src/depot/fs-store.ts'
import { StorageError } from '../src/errors.ts'
import type { FlowContext } from '../src/flow/context.ts'
import { withRelay } from '../src/flow/offer-directly.ts'
import { askOf } from '../src/relay/reach.ts'
import { resolveAddress } from './address.ts'
import { defaults, onNetwork } from './messages.ts'
import { checkNetwork, type OpenNetwork, openNetwork } from './network.ts'
import type { Run } from './run.ts'
import { deploymentsFolder, depotFolder, optional, stateFolder, toBaseUrl } from './values.ts'

/** For a provider to tell what it asks for: nice to know, not worth a long wait. */
const ASK_MS = 10_000

interface ContextArguments {
  readonly depot?: string | undefined
  readonly contract?: string | undefined
  readonly url?: string | undefined
}

/** Errors: as `openNetwork` and `checkNetwork`; NOT_DEPLOYED; when `signs`: NO_KEY, and as `sender`. */
export async function withFlow<T>(
  hre: HardhatRuntimeEnvironment,
  run: Run,
  args: ContextArguments & {
    readonly signs?: boolean
    /** A service, or hours of other work first: it takes the account when it sends, and does not keep commands from sending before. */
    readonly serves?: boolean
  },
  use: (context: FlowContext, name: string, signer: () => Promise<Signer>) => Promise<T>,
): Promise<T> {
  const opened = await openNetwork(hre, run)
  try {
    const { name, provider } = opened
    const { root } = hre.config.paths
    // Without a key nothing else needs to be right.
    if (args.signs === true) await opened.signer()
    await checkNetwork(opened, run)
    const network = await datedNetwork(opened.network, provider, {
      signal: run.signal,
      network: name,
    })
    run.datesFrom(network.genesis)
    const signs = args.serves === true ? opened.signer : opened.sender
    const runner = args.signs === true ? await signs() : provider
    const address = await clientAddress(
      args.contract,
      opened,
      deploymentsFolder({ ...run, root }),
      run,
    )
    const context: FlowContext = {
      network,
      provider,
      client: openClient(address, runner, { signal: run.signal, network: name }),
      depot: await openDepot(depotFolder(args.depot, { ...run, root })),
      depotUrl: depotUrl(args.url, run.env, network),
      askOf: (id) => askOf(id, { provider, network, signal: run.signal, deadlineMs: ASK_MS }),
      signal: run.signal,
      onEvent: run.follow,
      hold: async () => void (await opened.sender()),
    }
    const relay = join(stateFolder({ ...run, root }), 'relay')
    return await use(withRelay(context, relay), name, () => opened.signer())
  } finally {
    await opened.close()
  }
}

/** An address of a contract that is there: a local chain forgets its contracts when it ends. */
export async function clientAddress(
  contract: string | undefined,
  { network, name, provider }: OpenNetwork,
  deployments: string,
  run: Run,
): Promise<string> {
  const address =
    (await resolveAddress('--contract', contract, { network, name, provider }, run)) ??
    (await readDeployment(deployments, network.name, 'DealClient')).address
  const code = await callNode(`the code of ${address}`, () => provider.getCode(address), {
    signal: run.signal,
    network: name,
  })
  if (code !== '0x') return address
  throw new StorageError('NOT_DEPLOYED', {
    what: `no contract is at ${address} on ${name}`,
    hint: 'The chain does not know it: a local chain that was started again is a new one.',
    next: `npx hardhat deploy${onNetwork(name)}`,
  })
}

/** Empty where none is known: only proposing needs it. */
export function depotUrl(
  url: string | undefined,
  env: NodeJS.ProcessEnv,
  network: Pick<Network, 'name'>,
): string {
  const stated = optional('--url', url, toBaseUrl)
  if (stated !== undefined) return stated
  const configured = env['SEALIFT_DEPOT_URL']
  if (configured !== undefined && configured !== '') {
    return toBaseUrl('SEALIFT_DEPOT_URL', configured)
  }
  return network.name === 'localnet' ? `http://${defaults.depotHost}:${defaults.depotPort}` : ''
}
