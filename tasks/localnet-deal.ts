/** `localnet activate DEAL`, `skip-activation DEAL` and `expire DEAL`: what becomes of a published deal, by hand. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { formatFil } from '../src/deal/units.ts'
import {
  activateDeal,
  currentEpoch,
  expire as expireDeal,
  skipActivation as skipDeal,
} from '../src/localnet/controls.ts'
import { formatEpoch } from '../src/terminal/format.ts'
import { type Localnet, minerName, withLocalnet } from './localnet-open.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { toDealId } from './values.ts'

interface DealArguments {
  readonly deal: string
  readonly json: boolean
}

interface ControlDocument<Kind extends string> {
  readonly version: 1
  readonly kind: Kind
  readonly dealId: number
  /** Where the chain stands. */
  readonly epoch: number
}

interface ActivateDocument extends ControlDocument<'localnet-activate'> {
  readonly provider: string
  readonly sector: number
  /** Epoch until which the sector is committed. */
  readonly expiration: number
}

interface ExpireDocument extends ControlDocument<'localnet-expire'> {
  /** `payment` in attoFIL; null without --settle. */
  readonly settled: { readonly payment: string; readonly completed: boolean } | null
}

type At = Pick<Localnet, 'provider' | 'name'>

/** Errors: ARGUMENT_INVALID; as `activateDeal`. */
export async function activateOne(
  args: Pick<DealArguments, 'deal'>,
  { provider, name }: At,
): Promise<Outcome<ActivateDocument>> {
  const dealId = toDealId('DEAL', args.deal)
  const { miner, sector, expiration } = await activateDeal(provider, dealId)
  const epoch = await currentEpoch(provider)
  return {
    document: {
      ...about('localnet-activate', dealId, epoch),
      provider: minerName(miner),
      sector: Number(sector),
      expiration: Number(expiration),
    },
    text: [
      `Deal ${dealId} is active: ${minerName(miner)} committed sector ${sector} until epoch ${formatEpoch(expiration)}.`,
      next(dealId, name),
    ],
  }
}

/** Errors: ARGUMENT_INVALID; as `skipActivation`. */
export async function skipOne(
  args: Pick<DealArguments, 'deal'>,
  run: Pick<Run, 'progress'>,
  { provider, name }: At,
): Promise<Outcome<ControlDocument<'localnet-skip-activation'>>> {
  const dealId = toDealId('DEAL', args.deal)
  run.progress.line(`mining past the start epoch of deal ${dealId}`)
  const epoch = await skipDeal(provider, dealId)
  return {
    document: about('localnet-skip-activation', dealId, epoch),
    text: [
      `Deal ${dealId} can no longer be activated: the chain stands at epoch ${formatEpoch(epoch)}.`,
      next(dealId, name),
    ],
  }
}

/** Errors: ARGUMENT_INVALID; as `expire`. */
export async function expireOne(
  args: Pick<DealArguments, 'deal'> & { readonly settle: boolean },
  run: Pick<Run, 'progress'>,
  { provider, name }: At,
): Promise<Outcome<ExpireDocument>> {
  const dealId = toDealId('DEAL', args.deal)
  run.progress.line(`mining to the end epoch of deal ${dealId}`)
  const { epoch, settlement } = await expireDeal(provider, dealId, { settle: args.settle })
  const settled =
    settlement === undefined
      ? null
      : { payment: String(settlement.payment), completed: settlement.completed }
  return {
    document: { ...about('localnet-expire', dealId, epoch), settled },
    text: [
      `The end epoch of deal ${dealId} has come: the chain stands at epoch ${formatEpoch(epoch)}.`,
      ...(settlement === undefined ? [] : [`Settled: ${formatFil(settlement.payment)} paid.`]),
      next(dealId, name),
    ],
  }
}

function about<const Kind extends string>(
  kind: Kind,
  dealId: bigint,
  epoch: bigint,
): ControlDocument<Kind> {
  return { version: 1, kind, dealId: Number(dealId), epoch: Number(epoch) }
}

function next(dealId: bigint, name: string): string {
  return `Next: npx hardhat deals ${dealId}${onNetwork(name)}`
}

export function activate(args: DealArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withLocalnet(hre, run, (localnet) => activateOne(args, localnet)),
  )
}

export function skipActivation(args: DealArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withLocalnet(hre, run, (localnet) => skipOne(args, run, localnet)),
  )
}

export function expire(
  args: DealArguments & { readonly settle: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withLocalnet(hre, run, (localnet) => expireOne(args, run, localnet)),
  )
}
