/** What a diagnosis looks at, opened for a task: also where much is missing, for that is what it shall tell. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { openClient } from '../src/chain/client-contract.ts'
import { readDeployment } from '../src/chain/deployments.ts'
import { openDepot } from '../src/depot/fs-store.ts'
import { attempt } from '../src/flow/attempt.ts'
import type { ExaminePorts } from '../src/flow/examine.ts'
import { askOf } from '../src/relay/reach.ts'
import { depotUrl } from './context.ts'
import { explain } from './explain.ts'
import { onNetwork } from './messages.ts'
import { openNetwork } from './network.ts'
import type { Run } from './run.ts'
import { deploymentsFolder, depotFolder, optional, toEthAddress } from './values.ts'

/** Errors: UNKNOWN_NETWORK for a network that the config does not have; DEPOT_READ_ONLY. */
export async function openExamination<T>(
  hre: HardhatRuntimeEnvironment,
  run: Run,
  args: { readonly depot?: string | undefined; readonly contract?: string | undefined },
  use: (opened: { readonly ports: ExaminePorts; readonly name: string }) => Promise<T>,
): Promise<T> {
  const opened = await openNetwork(hre, run)
  try {
    const { network, name, provider } = opened
    const { signal, env } = run
    const { root } = hre.config.paths
    const address = await attempt(
      async () =>
        optional('--contract', args.contract, toEthAddress) ??
        (await readDeployment(deploymentsFolder({ ...run, root }), network.name, 'DealClient'))
          .address,
    )
    const ports: ExaminePorts = {
      network,
      option: onNetwork(name),
      provider,
      client: address.known
        ? {
            known: true,
            value: openClient(address.value, provider, { signal, network: name }),
          }
        : address,
      depot: await openDepot(depotFolder(args.depot, { ...run, root })),
      depotUrl: depotUrl(undefined, env, network),
      account: async () => {
        try {
          return await (await opened.signer()).getAddress()
        } catch (error) {
          throw explain(error, { network: name })
        }
      },
      askOf: (id) => askOf(id, { provider, network, signal }),
      signal,
    }
    return await use({ ports, name })
  } finally {
    await opened.close()
  }
}
