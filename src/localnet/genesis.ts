/**
 * The code of the localnet's actors and precompiles, as `make-genesis.ts` takes it from the compiler: the plugin needs no
 * compiler and no build of its own.
 */
import { readFileSync } from 'node:fs'

export interface Genesis {
  /** 0x address → runtime code as 0x hex. */
  code: Record<string, string>
  /** Runtime code of a miner; it stands at each miner's address. */
  minerCode: string
}

export const GENESIS_FILE = new URL('genesis.json', import.meta.url)

let loaded: Genesis | undefined

export function genesis(): Genesis {
  loaded ??= JSON.parse(readFileSync(GENESIS_FILE, 'utf8')) as Genesis
  return loaded
}
