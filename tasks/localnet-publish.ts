/** `localnet publish PROPOSAL`: a miner of a running localnet publishes a proposal of your client contract. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { currentEpoch, publishProposal } from '../src/localnet/controls.ts'
import { formatEpoch } from '../src/terminal/format.ts'
import { withFlow } from './context.ts'
import { type Localnet, minerName, withLocalnet } from './localnet-open.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { type Outcome, runTask } from './run.ts'
import { toProposalId, toProvider } from './values.ts'

interface PublishArguments {
  readonly proposal: string
  readonly miner: string | undefined
  readonly contract: string | undefined
  readonly json: boolean
}

interface PublishDocument {
  readonly version: 1
  readonly kind: 'localnet-publish'
  readonly proposalId: string
  readonly provider: string
  readonly dealId: number
  readonly epoch: number
}

/** Errors: ARGUMENT_INVALID; as `publishProposal`. */
export async function publishOne(
  args: Pick<PublishArguments, 'proposal' | 'miner'>,
  { provider, name, miners }: Localnet,
  client: string,
): Promise<Outcome<PublishDocument>> {
  const proposalId = toProposalId('PROPOSAL', args.proposal)
  const miner = toProvider('--miner', args.miner ?? minerName(miners[0] ?? 0n))
  const dealId = await publishProposal(provider, { client, proposalId, miner })
  const epoch = await currentEpoch(provider)
  return {
    document: {
      version: 1,
      kind: 'localnet-publish',
      proposalId,
      provider: minerName(miner),
      dealId: Number(dealId),
      epoch: Number(epoch),
    },
    text: [
      `${minerName(miner)} published deal ${dealId} at epoch ${formatEpoch(epoch)}.`,
      `Next: npx hardhat localnet activate ${dealId}${onNetwork(name)}`,
    ],
  }
}

export default function action(
  args: PublishArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withLocalnet(hre, run, (localnet) =>
      withFlow(hre, run, { contract: args.contract }, ({ client }) =>
        publishOne(args, localnet, client.address),
      ),
    ),
  )
}
