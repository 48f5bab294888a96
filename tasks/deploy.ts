/**
 * `deploy`: the factory, your client contract and, with `--hub`, a hub of aggregations, with `--perpetual` a storage that is kept; what is
 * there already stays. `--verify` hands the sources to explorers.
 */
import type { Signer } from 'ethers'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Network } from '../src/chain/networks.ts'
import { StorageError } from '../src/errors.ts'
import { readArtifact } from '../src/flow/artifact.ts'
import { deployClient } from '../src/flow/deploy.ts'
import type { DeployedContract, DeployedDocument, Verification } from '../src/flow/documents.ts'
import { verifiableContracts } from '../src/flow/verifiable.ts'
import { verifyContracts } from '../src/flow/verify-contracts.ts'
import { formatTable } from '../src/terminal/table.ts'
import { confirmSpending } from './confirm.ts'
import { addressRows } from './describe.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { checkNetwork, openNetwork } from './network.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { deploymentsFolder } from './values.ts'
import { verifierOf } from './verify.ts'

interface DeployArguments {
  readonly hub: boolean
  readonly perpetual: boolean
  readonly verify: boolean
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
  readonly verify: (document: DeployedDocument) => Promise<readonly Verification[]>
}

export async function deploy(
  args: Omit<DeployArguments, 'hub' | 'perpetual'>,
  run: Run,
  ports: DeployPorts,
): Promise<Outcome<DeployedDocument>> {
  const { network } = ports
  if (args.verify && network.explorers === undefined)
    throw new StorageError('ARGUMENT_INVALID', {
      what: '--verify needs a chain that explorers show',
      expected: 'calibration or filecoin',
      got: network.name,
    })
  const signer = await ports.signer()
  await ports.check()
  await confirmSpending(args, run, network)
  await ports.build()
  const deployed = await ports.deployClient(signer)
  const document = args.verify
    ? { ...deployed, verifications: await ports.verify(deployed) }
    : deployed
  const isIncomplete = document.verifications?.some(({ verified }) => !verified) === true
  const done =
    document.deployed.length === 0 ? 'nothing, all was there' : document.deployed.join(', ')
  return {
    document,
    isIncomplete,
    text: [
      ...formatTable([
        ['network', document.network],
        ['owner', document.owner],
        ...document.contracts.flatMap(contractRows),
        ['deployed', done],
        ...(document.verifications ?? []).map(verificationRow),
      ]),
      isIncomplete
        ? `Next, in some minutes: npx hardhat deploy --verify${onNetwork(ports.name)}`
        : `Next: npx hardhat make-deal --file PATH --wait${onNetwork(ports.name)}`,
    ],
  }
}

function contractRows(contract: DeployedContract): string[][] {
  const { link, transactionLink, file } = contract
  return [
    ...addressRows(contract.contract, contract),
    ...[link, transactionLink, file].filter((row) => row !== null).map((row) => ['', row]),
  ]
}

function verificationRow({ contract, explorer, verified, reason }: Verification): string[] {
  return [explorer, `${contract} ${verified ? 'is verified' : `is not verified: ${reason}`}`]
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
        verify: async (document) => {
          const { provider, name } = opened
          const contracts = await verifiableContracts(document, provider, { signal: run.signal })
          return verifyContracts(contracts, {
            submit: verifierOf(hre, name, provider),
            signal: run.signal,
            onEvent: run.follow,
          })
        },
      })
    } finally {
      await opened.close()
    }
  })
}
