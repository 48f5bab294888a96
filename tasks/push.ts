/** `push PROPOSAL`: offers a proposal to providers directly, once more or to others, and shows their answers. */
import { join } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { StorageError } from '../src/errors.ts'
import type { PushedDocument } from '../src/flow/documents.ts'
import { type Addressed, offerDirectly } from '../src/flow/offer-directly.ts'
import { pushDocument } from '../src/flow/offered.ts'
import type { PushRecord } from '../src/relay/push-record.ts'
import { observe } from '../src/watch/observe.ts'
import { withFlow } from './context.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { describePushes } from './pushes.ts'
import { type Outcome, runTask } from './run.ts'
import { optional, stateFolder, toProposalId, toProviders } from './values.ts'

interface PushArguments {
  readonly proposal: string
  readonly provider: string | undefined
  readonly contract: string | undefined
  readonly json: boolean
}

export interface PushPorts {
  /** As `--network` names it. */
  readonly name: string
  /** As documents name it. */
  readonly network: string
  /** Actor ids that the proposal names. */
  readonly namedBy: (proposalId: string) => Promise<readonly bigint[]>
  readonly offer: (proposals: readonly Addressed[]) => Promise<readonly PushRecord[]>
}

export async function push(
  args: Pick<PushArguments, 'proposal' | 'provider'>,
  ports: PushPorts,
): Promise<Outcome<PushedDocument>> {
  const proposalId = toProposalId('PROPOSAL', args.proposal)
  const stated = optional('--provider', args.provider, toProviders)
  const named = await ports.namedBy(proposalId)
  const providers = stated ?? named
  if (providers.length === 0)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'the proposal names no provider to offer it to',
      expected: '--provider',
      hint: 'Any provider may take it: those that watch the chain hear of it when it is announced.',
      next: `npx hardhat reannounce ${proposalId}${onNetwork(ports.name)}`,
    })
  const pushes = (await ports.offer([{ proposalId, providers }])).map(pushDocument)
  const isTaken = pushes.some(({ outcome }) => outcome === 'accepted')
  const next = isTaken ? `deals ${proposalId}` : `reannounce ${proposalId}`
  return {
    document: { version: 1, kind: 'pushed', network: ports.network, proposalId, pushes },
    text: [...describePushes(pushes), `Next: npx hardhat ${next}${onNetwork(ports.name)}`],
    isIncomplete: !isTaken,
  }
}

export default function action(args: PushArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withFlow(hre, run, args, (context, name) => {
      const state = stateFolder({ ...run, root: hre.config.paths.root })
      return push(args, {
        name,
        network: context.network.name,
        namedBy: async (id) => (await observe(context.client, [id])).proposals[0]?.providers ?? [],
        offer: (proposals) =>
          offerDirectly(proposals, { ...context, relayFolder: join(state, 'relay') }),
      })
    }),
  )
}
