/** `stores [ID]`: how each store stands, why, what is next, and for how long the money lasts. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Network } from '../src/chain/networks.ts'
import type { StoresDocument } from '../src/flow/documents.ts'
import { listStores } from '../src/flow/list-stores.ts'
import { formatEpoch } from '../src/terminal/format.ts'
import { resolveAddress } from './address.ts'
import { describePurse, describeStore } from './describe-store.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { withPerpetual } from './perpetual.ts'
import { type Outcome, runTask } from './run.ts'
import { optional, toEthAddress, toStoreId } from './values.ts'

interface StoresArguments {
  readonly id: string | undefined
  readonly account: string | undefined
  readonly contract: string | undefined
  readonly json: boolean
}

type Which = Parameters<typeof listStores>[0]

export interface StoresPorts {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  /** Of the signer. */
  readonly account: () => Promise<string>
  readonly listStores: (which: Which) => Promise<StoresDocument>
}

export async function stores(
  args: Pick<StoresArguments, 'id' | 'account'>,
  ports: StoresPorts,
): Promise<Outcome<StoresDocument>> {
  const id = optional('ID', args.id, toStoreId)
  const account = optional('--account', args.account, toEthAddress)
  const document = await ports.listStores(
    id === undefined ? { account: account ?? (await ports.account()) } : { id },
  )
  const { network, name } = ports
  const head = `${document.network}, epoch ${formatEpoch(document.epoch, network.genesis)}`
  const lines = document.stores.flatMap((one) => ['', ...describeStore(one, network)])
  const none =
    lines.length === 0
      ? ['No stores.', `Next: npx hardhat store --file PATH${onNetwork(name)}`]
      : []
  const purse = [...describePurse(document.purse), ...allUntil(document, network)]
  return { document, text: [head, ...purse, ...lines, ...none] }
}

/** Of several stores on one purse: for how long it is enough for all of them. */
function allUntil({ allUntil: until, stores: all }: StoresDocument, network: Network): string[] {
  if (until === undefined || all.every(({ cancelled }) => cancelled)) return []
  if (until === null) return ['all copies of all stores are paid for 25 years and more']
  return [
    `all copies of all stores are paid until epoch ${formatEpoch(until, network.genesis)}, if nothing changes but time`,
  ]
}

export default function action(
  args: StoresArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withPerpetual(hre, run, args, async ({ opened, perpetual, account }) => {
      const { network, name, provider } = opened
      const context = { network, provider, perpetual, signal: run.signal }
      const named = await resolveAddress('--account', args.account, opened, run)
      return stores(
        { ...args, account: named },
        {
          network,
          name,
          account,
          listStores: (which) => listStores(which, context),
        },
      )
    }),
  )
}
