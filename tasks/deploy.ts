/**
 * `deploy`: the factory, your client contract and, with `--hub`, a hub of aggregations, with `--perpetual` a storage that is kept; what is
 * there already stays.
 */
import type { Signer } from 'ethers'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Network } from '../src/chain/networks.ts'
import { readArtifact } from '../src/flow/artifact.ts'
import { deployClient } from '../src/flow/deploy.ts'
import type { DeployedDocument } from '../src/flow/documents.ts'
import { formatTable } from '../src/terminal/table.ts'
import { confirmSpending } from './confirm.ts'
import { addressRows } from './describe.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { checkNetwork, openNetwork } from './network.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { deploymentsFolder } from './values.ts'

interface DeployArguments {
  readonly hub: boolean
  readonly perpetual: boolean
  readonly yes: boolean
  readonly json: boolean
}

export interface DeployPorts {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  readonly signer: () => Promise<Signer>
  /** Errors: UNKNOWN_NETWORK when the node serves another chain. */
  readonly check: () => Promise<void>
  readonly build: () => Promise<void>
  readonly deployClient: (signer: Signer) => Promise<DeployedDocument>
}

export async function deploy(
  args: Omit<DeployArguments, 'hub' | 'perpetual'>,
  run: Run,
  ports: DeployPorts,
): Promise<Outcome<DeployedDocument>> {
  const signer = await ports.signer()
  await ports.check()
  await confirmSpending(args, run, ports.network)
  await ports.build()
  const document = await ports.deployClient(signer)
  const done =
    document.deployed.length === 0 ? 'nothing, all was there' : document.deployed.join(', ')
  return {
    document,
    text: [
      ...formatTable([
        ['network', document.network],
        ['owner', document.owner],
        ...addressRows('client', document.client),
        ...addressRows('factory', document.factory),
        ...(document.hub === undefined ? [] : addressRows('hub', document.hub)),
        ...(document.perpetual === undefined ? [] : addressRows('perpetual', document.perpetual)),
        ['deployed', done],
        ...document.files.map((file) => ['written', file]),
        ...document.links.map((link) => ['look', link]),
      ]),
      `Next: npx hardhat make-deal --file PATH --wait${onNetwork(ports.name)}`,
    ],
  }
}

export default function action(
  args: DeployArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), async (run) => {
    const opened = await openNetwork(hre, run)
    try {
      return await deploy(args, run, {
        ...opened,
        check: () => checkNetwork(opened, run),
        build: async () => {
          await hre.tasks.getTask('build').run({ quiet: true, noTests: true })
        },
        deployClient: async () =>
          deployClient({
            network: opened.network,
            artifact: (contract) => readArtifact(hre, contract),
            signer: await opened.sender(),
            folder: deploymentsFolder({ ...run, root: hre.config.paths.root }),
            hub: args.hub,
            perpetual: args.perpetual,
            signal: run.signal,
            onEvent: run.follow,
          }),
      })
    } finally {
      await opened.close()
    }
  })
}
