/** `localnet fault`, `recover` and `terminate`: what happens to a sector, named by a deal in it or by miner and number. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { StorageError } from '../src/errors.ts'
import {
  currentEpoch,
  fault as faultSectors,
  recover as recoverSectors,
  sectorOfDeal,
  terminate as terminateSectors,
} from '../src/localnet/controls.ts'
import { formatEpoch } from '../src/terminal/format.ts'
import { type Localnet, minerName, withLocalnet } from './localnet-open.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { type Outcome, runTask } from './run.ts'
import { optional, toDealId, toProvider, toSector } from './values.ts'

interface SectorArguments {
  readonly deal: string | undefined
  readonly miner: string | undefined
  readonly sector: string | undefined
  readonly json: boolean
}

interface SectorDocument {
  readonly version: 1
  readonly kind: `localnet-${Act}`
  /** Null when the sector was named itself. */
  readonly dealId: number | null
  readonly provider: string
  readonly sector: number
  /** Where the chain stands. */
  readonly epoch: number
}

const ACTS = {
  fault: { act: faultSectors, told: 'is faulty' },
  recover: { act: recoverSectors, told: 'has recovered' },
  terminate: { act: terminateSectors, told: 'is terminated, and every deal in it' },
} as const

export type Act = keyof typeof ACTS

/** Errors: ARGUMENT_INVALID; as `sectorOfDeal`; CONTRACT_REFUSED. */
export async function actOnSector(
  name: Act,
  args: Pick<SectorArguments, 'deal' | 'miner' | 'sector'>,
  localnet: Pick<Localnet, 'provider' | 'name'>,
): Promise<Outcome<SectorDocument>> {
  const { provider } = localnet
  const { dealId, miner, sector } = await findSector(args, localnet)
  const { act, told } = ACTS[name]
  await act(provider, { miner, numbers: [sector] })
  const epoch = await currentEpoch(provider)
  return {
    document: {
      version: 1,
      kind: `localnet-${name}`,
      dealId: dealId === undefined ? null : Number(dealId),
      provider: minerName(miner),
      sector: Number(sector),
      epoch: Number(epoch),
    },
    text: [
      `Sector ${sector} of ${minerName(miner)} ${told} at epoch ${formatEpoch(epoch)}.`,
      `Next: npx hardhat deals${dealId === undefined ? '' : ` ${dealId}`}${onNetwork(localnet.name)}`,
    ],
  }
}

async function findSector(
  { deal, miner, sector }: Pick<SectorArguments, 'deal' | 'miner' | 'sector'>,
  { provider }: Pick<Localnet, 'provider'>,
): Promise<{ dealId: bigint | undefined; miner: bigint; sector: bigint }> {
  const dealId = optional('DEAL', deal, toDealId)
  if (dealId !== undefined && miner === undefined && sector === undefined)
    return { dealId, ...(await sectorOfDeal(provider, dealId)) }
  if (dealId === undefined && miner !== undefined && sector !== undefined)
    return {
      dealId,
      miner: toProvider('--miner', miner),
      sector: toSector('--sector', sector),
    }
  throw new StorageError('ARGUMENT_INVALID', {
    what: 'which sector is meant is not clear',
    expected: 'a deal, or --miner and --sector',
    got:
      Object.entries({ 'a deal': deal, '--miner': miner, '--sector': sector })
        .flatMap(([given, value]) => (value === undefined ? [] : [given]))
        .join(' and ') || 'neither',
  })
}

function taskOf(name: Act) {
  return (args: SectorArguments, hre: HardhatRuntimeEnvironment): Promise<void> =>
    runTask(mannersOf(args, hre), (run) =>
      withLocalnet(hre, run, (localnet) => actOnSector(name, args, localnet)),
    )
}

export const fault = taskOf('fault')
export const recover = taskOf('recover')
export const terminate = taskOf('terminate')
