/** Declares `localnet` and the controls of a running one. */
import { task } from 'hardhat/config'
import { ArgumentType } from 'hardhat/types/arguments'
import type { TaskDefinition } from 'hardhat/types/tasks'
import { contract, depot, json, maybe, preset } from './declare.ts'
import { defaults, descriptions, options, positionals } from './messages.ts'

const localnet = task('localnet', descriptions.localnet)
  .addOption(preset('port', options.nodePort, defaults.nodePort))
  .addOption(preset('host', options.host, defaults.depotHost))
  .addOption(preset('depotPort', options.depotPort, defaults.depotPort))
  .addOption(preset('providers', options.localProviders, defaults.providers))
  .addOption(preset('pushOnly', options.localPushOnly, defaults.pushOnly))
  .addOption(preset('epochSeconds', options.epochSeconds, defaults.epochSeconds))
  .addFlag({ name: 'manual', description: options.manual })
  .addOption(depot)
  .addFlag(json)
  .setAction(() => import('./localnet.ts'))
  .build()

const localnetMine = task(['localnet', 'mine'], descriptions.localnetMine)
  .addOption(maybe('epochs', options.epochs))
  .addOption(maybe('to', options.toEpoch))
  .addFlag(json)
  .setAction(() => import('./localnet-mine.ts'))
  .build()

const localnetNullRounds = task(['localnet', 'null-rounds'], descriptions.localnetNullRounds)
  .addPositionalArgument({ name: 'count', description: positionals.nullRounds })
  .addFlag(json)
  .setAction(() => import('./localnet-null-rounds.ts'))
  .build()

const localnetPublish = task(['localnet', 'publish'], descriptions.localnetPublish)
  .addPositionalArgument({ name: 'proposal', description: positionals.proposal })
  .addOption(maybe('miner', options.publisher))
  .addOption(contract)
  .addFlag(json)
  .setAction(() => import('./localnet-publish.ts'))
  .build()

const deal = { name: 'deal', description: positionals.deal } as const

const localnetActivate = task(['localnet', 'activate'], descriptions.localnetActivate)
  .addPositionalArgument(deal)
  .addFlag(json)
  .setAction(async () => ({ default: (await import('./localnet-deal.ts')).activate }))
  .build()

const localnetSkipActivation = task(
  ['localnet', 'skip-activation'],
  descriptions.localnetSkipActivation,
)
  .addPositionalArgument(deal)
  .addFlag(json)
  .setAction(async () => ({ default: (await import('./localnet-deal.ts')).skipActivation }))
  .build()

const localnetExpire = task(['localnet', 'expire'], descriptions.localnetExpire)
  .addPositionalArgument(deal)
  .addFlag({ name: 'settle', description: options.settle })
  .addFlag(json)
  .setAction(async () => ({ default: (await import('./localnet-deal.ts')).expire }))
  .build()

const dealOfSector = {
  name: 'deal',
  description: positionals.dealOfSector,
  type: ArgumentType.STRING_WITHOUT_DEFAULT,
  defaultValue: undefined,
} as const
const sectorMiner = maybe('miner', options.sectorMiner)
const sector = maybe('sector', options.sector)

const localnetFault = task(['localnet', 'fault'], descriptions.localnetFault)
  .addPositionalArgument(dealOfSector)
  .addOption(sectorMiner)
  .addOption(sector)
  .addFlag(json)
  .setAction(async () => ({ default: (await import('./localnet-sector.ts')).fault }))
  .build()

const localnetRecover = task(['localnet', 'recover'], descriptions.localnetRecover)
  .addPositionalArgument(dealOfSector)
  .addOption(sectorMiner)
  .addOption(sector)
  .addFlag(json)
  .setAction(async () => ({ default: (await import('./localnet-sector.ts')).recover }))
  .build()

const localnetTerminate = task(['localnet', 'terminate'], descriptions.localnetTerminate)
  .addPositionalArgument(dealOfSector)
  .addOption(sectorMiner)
  .addOption(sector)
  .addFlag(json)
  .setAction(async () => ({ default: (await import('./localnet-sector.ts')).terminate }))
  .build()

export const localnetTasks: TaskDefinition[] = [
  localnet,
  localnetMine,
  localnetPublish,
  localnetActivate,
  localnetSkipActivation,
  localnetFault,
  localnetRecover,
  localnetTerminate,
  localnetExpire,
  localnetNullRounds,
]
