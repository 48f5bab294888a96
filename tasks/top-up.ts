/** `top-up ID AMOUNT`: money for the purse that a store draws on, from anyone. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Network } from '../src/chain/networks.ts'
import type { PerpetualStorage } from '../src/chain/perpetual.ts'
import type { StoresDocument, ToppedUpDocument } from '../src/flow/documents.ts'
import { listStores } from '../src/flow/list-stores.ts'
import { StorageError } from '../src/errors.ts'
import { confirmSpending } from './confirm.ts'
import { describePurse, describeStore } from './describe-store.ts'
import { mannersOf } from './manners.ts'
import { withPerpetual } from './perpetual.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { toAmount, toStoreId } from './values.ts'

interface TopUpArguments {
  readonly id: string
  readonly amount: string
  readonly contract: string | undefined
  readonly yes: boolean
  readonly json: boolean
}

export interface TopUpPorts {
  readonly network: Network
  readonly perpetual: Pick<PerpetualStorage, 'address' | 'topUp'>
  readonly listStores: (which: { readonly id: bigint }) => Promise<StoresDocument>
}

export async function topUp(
  args: Pick<TopUpArguments, 'id' | 'amount' | 'yes'>,
  run: Run,
  { network, perpetual, listStores: list }: TopUpPorts,
): Promise<Outcome<ToppedUpDocument>> {
  const id = toStoreId('ID', args.id)
  const value = toAmount('AMOUNT', args.amount)
  await confirmSpending(args, run, network)
  const onSent = (tx: string): void => {
    run.sends()
    run.progress.line(`adding: transaction ${tx}`)
  }
  const { tx } = await perpetual.topUp(id, { value, signal: run.signal, onSent })
  const { purse, stores } = await list({ id })
  const [store] = stores
  if (store === undefined) throw new StorageError('INTERNAL', { what: `store ${id} is gone` })
  return {
    document: {
      version: 1,
      kind: 'topped-up',
      network: network.name,
      contract: perpetual.address,
      tx,
      purse,
      store,
    },
    text: [...describeStore(store, network), '', ...describePurse(purse)],
  }
}

export default function action(
  args: TopUpArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withPerpetual(hre, run, { ...args, signs: true }, ({ opened, perpetual }) => {
      const { network, provider } = opened
      const context = { network, provider, perpetual, signal: run.signal }
      return topUp(args, run, {
        network,
        perpetual,
        listStores: (which) => listStores(which, context),
      })
    }),
  )
}
