/** What a keeper knows of the stores, from one run to the next. */
import { join } from 'node:path'
import { z } from 'zod/v4'
import { loadIndex, saveIndex } from './index-file.ts'
import type { KeeperChain } from './ports.ts'
import { Stores } from './stores.ts'

interface Known {
  readonly stores: Stores
  /** Epoch up to which they follow the logs; undefined: they are to be found. */
  readonly read: number | undefined
}

const meta = z.object({ read: z.number(), stores: z.unknown() })

/** What an earlier run wrote down, unless the chain is another one since. */
export async function loadKnown(
  chain: KeeperChain,
  folder: string,
  service: string,
): Promise<Known> {
  const nothing = { stores: new Stores(), read: undefined }
  const index = await loadIndex(pathIn(folder), service)
  const told = meta.safeParse(index?.meta)
  if (index === undefined || !told.success) return nothing
  const { read } = told.data
  const stores = Stores.restore(told.data.stores, index.columns)
  if (stores === undefined || (await chain.head()).epoch < read) return nothing
  return (await chain.storeCount()) < stores.count ? nothing : { stores, read }
}

/** @throws DEPOT_FULL, DEPOT_READ_ONLY */
export async function saveKnown(
  folder: string,
  service: string,
  { stores, read }: Known,
): Promise<void> {
  const { meta: told, columns } = stores.index()
  await saveIndex(pathIn(folder), service, { meta: { read, stores: told }, columns })
}

function pathIn(folder: string): string {
  return join(folder, 'stores.bin')
}
