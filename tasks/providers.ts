/** `providers [ID…]`: providers that can be used, compared, with the reasons for each place. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { openClient } from '../src/chain/client-contract.ts'
import { tryReadDeployment } from '../src/chain/deployments.ts'
import { datedNetwork } from '../src/chain/epoch.ts'
import type { Network } from '../src/chain/networks.ts'
import { StorageError } from '../src/errors.ts'
import type { ProvidersDocument } from '../src/flow/documents.ts'
import type { Candidates, GatherContext } from '../src/flow/gather-providers.ts'
import { compareProviders } from '../src/flow/rank-providers.ts'
import type { RankWish } from '../src/rank/obstacles.ts'
import { parseProviderList } from '../src/rank/provider-list.ts'
import { pushFolder, readPushes } from '../src/relay/push-log.ts'
import { askOf } from '../src/relay/reach.ts'
import { describeProviders } from './describe-providers.ts'
import { resolveAddress } from './address.ts'
import { mannersOf } from './manners.ts'
import { checkNetwork, openNetwork } from './network.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import {
  deploymentsFolder,
  optional,
  stateFolder,
  toPieceSize,
  toPrice,
  toProvider,
} from './values.ts'

interface ProvidersArguments {
  readonly ids: readonly string[]
  readonly list: string | undefined
  readonly pieceSize: string | undefined
  readonly price: string | undefined
  readonly contract: string | undefined
  readonly json: boolean
}

export interface ProvidersPorts {
  /** As `--network` names it. */
  readonly name: string
  readonly network: Network
  /** Text of a list of providers; `undefined` is the one that Sealift ships. */
  readonly readList: (path: string | undefined) => Promise<string>
  readonly compare: (candidates: Candidates, wish: RankWish) => Promise<ProvidersDocument>
}

const SHIPPED = new URL('../src/flow/known-providers.json', import.meta.url)
const ASK_MS = 10_000
const RELAY_FOLDER = 'relay'

export async function showProviders(
  args: Omit<ProvidersArguments, 'contract' | 'json'>,
  ports: ProvidersPorts,
): Promise<Outcome<ProvidersDocument>> {
  const { network, name } = ports
  const wish = readWish(args)
  const shipped = { path: undefined, title: 'list of Sealift' }
  const own = args.list === undefined ? [] : [{ path: args.list, title: args.list }]
  const lists: Candidates['lists'][number][] = []
  for (const { path, title } of [shipped, ...own])
    lists.push({
      name: title,
      providers: parseProviderList(await ports.readList(path), title, network.name),
    })
  const named = args.ids.flatMap((id) => [toProvider('ID', id)])
  const document = await ports.compare({ named: [...new Set(named)], lists }, wish)
  return { document, text: describeProviders(document, name) }
}

/** Errors: ARGUMENT_INVALID. */
function readWish(args: Pick<ProvidersArguments, 'pieceSize' | 'price'>): RankWish {
  const wish = {
    pieceSize: optional('--piece-size', args.pieceSize, toPieceSize),
    price: optional('--price', args.price, toPrice),
  }
  if (wish.price !== undefined && wish.price.bytes === undefined && wish.pieceSize === undefined)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'a --price for the whole piece needs its --piece-size',
      hint: 'Or give a price by size, such as 0.02FIL/TiB/mo.',
    })
  return wish
}

export default function action(
  args: ProvidersArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), async (run) => {
    const opened = await openNetwork(hre, run)
    try {
      await checkNetwork(opened, run)
      const { name, provider } = opened
      const call = { signal: run.signal, network: name }
      const network = await datedNetwork(opened.network, provider, call)
      const { root } = hre.config.paths
      const client = await clientOf(args.contract, { ...opened, network }, run, root)
      const reach = { provider, network, signal: run.signal, deadlineMs: ASK_MS }
      const folder = resolve(stateFolder({ ...run, root }), RELAY_FOLDER)
      return await showProviders(args, {
        name,
        network,
        readList: (path) => readList(path === undefined ? SHIPPED : resolve(run.cwd, path)),
        compare: async (candidates, wish) =>
          compareProviders(candidates, wish, {
            network,
            provider,
            client,
            askOf: (id) => askOf(id, reach),
            pushes:
              client === undefined
                ? []
                : await readPushes(pushFolder(folder, network.name, client.address)),
            signal: run.signal,
          }),
      })
    } finally {
      await opened.close()
    }
  })
}

/** Errors: INPUT_NOT_FOUND. */
export async function readList(path: string | URL): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new StorageError('INPUT_NOT_FOUND', {
      what: `the list of providers ${path} cannot be read`,
      hint: 'docs/providers.md shows the form of such a list.',
      cause,
    })
  }
}

/** The client whose past counts; none before the first deploy, and none that the chain has forgotten. */
async function clientOf(
  contract: string | undefined,
  { network, name, provider }: Pick<GatherContext, 'network' | 'provider'> & { name: string },
  run: Run,
  root: string,
): Promise<GatherContext['client']> {
  const folder = deploymentsFolder({ ...run, root })
  const deployment = await tryReadDeployment(folder, network.name, 'DealClient')
  const stated = await resolveAddress('--contract', contract, { network, name, provider }, run)
  const address = stated ?? deployment?.address
  if (address === undefined || (await provider.getCode(address)) === '0x') return undefined
  const isOwn = address.toLowerCase() === deployment?.address.toLowerCase()
  const block = isOwn ? deployment?.block : undefined
  return {
    ...openClient(address, provider, { signal: run.signal, network: name }),
    since: typeof block === 'number' ? BigInt(block) : undefined,
  }
}
