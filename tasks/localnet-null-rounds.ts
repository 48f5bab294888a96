/** `localnet null-rounds N`: lets epochs of a running localnet pass without a block. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { nullRounds } from '../src/localnet/controls.ts'
import { formatEpoch } from '../src/terminal/format.ts'
import { type Localnet, withLocalnet } from './localnet-open.ts'
import { mannersOf } from './manners.ts'
import { type Outcome, runTask } from './run.ts'
import { toCount } from './values.ts'

interface NullRoundsArguments {
  readonly count: string
  readonly json: boolean
}

interface NullRoundsDocument {
  readonly version: 1
  readonly kind: 'localnet-null-rounds'
  readonly nullEpochs: number
  /** The epoch with a block that followed, where the chain stands. */
  readonly epoch: number
}

/** Ten days. On Filecoin more than a few at a time are rare. */
const MAX_ROUNDS = 28_800

/** Errors: ARGUMENT_INVALID. */
export async function makeNullRounds(
  args: Pick<NullRoundsArguments, 'count'>,
  { provider }: Pick<Localnet, 'provider'>,
): Promise<Outcome<NullRoundsDocument>> {
  const count = toCount('COUNT', args.count, 1, MAX_ROUNDS)
  const epoch = await nullRounds(provider, BigInt(count))
  return {
    document: {
      version: 1,
      kind: 'localnet-null-rounds',
      nullEpochs: count,
      epoch: Number(epoch),
    },
    text: [
      `${count === 1 ? 'One epoch has' : `${count} epochs have`} no block: the chain stands at epoch ${formatEpoch(epoch)}.`,
    ],
  }
}

export default function action(
  args: NullRoundsArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withLocalnet(hre, run, (localnet) => makeNullRounds(args, localnet)),
  )
}
