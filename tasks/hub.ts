/** The hub that a task speaks to: the one that is named, or the one that `deploy --hub` wrote down. */
import { findContract, type Found } from './find-contract.ts'
import type { OpenNetwork } from './network.ts'
import type { Run } from './run.ts'

/** Errors: as `findContract`. */
export function findHub(
  text: string | undefined,
  opened: Pick<OpenNetwork, 'network' | 'name' | 'provider'>,
  run: Run,
  root: string,
): Promise<Found> {
  const contract = 'AggregationHub'
  const command = 'npx hardhat deploy --hub'
  return findContract({ contract, what: 'hub', option: '--hub', text, command }, opened, run, root)
}
