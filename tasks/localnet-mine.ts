/** `localnet mine`: lets epochs of a running localnet pass. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { StorageError } from '../src/errors.ts'
import { currentEpoch, mine } from '../src/localnet/controls.ts'
import { formatCount, formatEpoch, formatPlural } from '../src/terminal/format.ts'
import { type Localnet, withLocalnet } from './localnet-open.ts'
import { mannersOf } from './manners.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { optional, toCount, toEpoch } from './values.ts'

interface MineArguments {
  readonly epochs: string | undefined
  readonly to: string | undefined
  readonly json: boolean
}

interface MineDocument {
  readonly version: 1
  readonly kind: 'localnet-mine'
  /** Epochs that passed. */
  readonly mined: number
  /** Where the chain stands. */
  readonly epoch: number
}

/** Ten years. */
const MAX_EPOCHS = 10_512_000

/** Errors: ARGUMENT_INVALID. */
export async function mineEpochs(
  args: Pick<MineArguments, 'epochs' | 'to'>,
  run: Pick<Run, 'progress'>,
  { provider }: Pick<Localnet, 'provider'>,
): Promise<Outcome<MineDocument>> {
  if (args.epochs !== undefined && args.to !== undefined) {
    throw new StorageError('ARGUMENT_INVALID', {
      what: '--epochs and --to exclude each other',
      hint: 'Give one of them.',
    })
  }
  const epochs = toCount('--epochs', args.epochs ?? '1', 1, MAX_EPOCHS)
  const to = optional('--to', args.to, toEpoch)
  const before = await currentEpoch(provider)
  const wanted = to === undefined ? BigInt(epochs) : to - before
  if (wanted > MAX_EPOCHS) {
    throw new StorageError('ARGUMENT_INVALID', {
      what: '--to lies too far ahead',
      expected: `at most ${formatCount(MAX_EPOCHS)} epochs from ${formatEpoch(before)}`,
      got: to ?? wanted,
    })
  }
  if (wanted > 0n) run.progress.line(`mining ${formatPlural(Number(wanted), 'epoch')}`)
  await mine(provider, wanted)
  const epoch = await currentEpoch(provider)
  const mined = Number(wanted > 0n ? epoch - before : 0n)
  return {
    document: { version: 1, kind: 'localnet-mine', mined, epoch: Number(epoch) },
    text: [
      mined === 0
        ? `The chain stands at epoch ${formatEpoch(epoch)} already: nothing was mined.`
        : `${formatPlural(mined, 'epoch')} passed: the chain stands at epoch ${formatEpoch(epoch)}.`,
    ],
  }
}

export default function action(args: MineArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withLocalnet(hre, run, (localnet) => mineEpochs(args, run, localnet)),
  )
}
