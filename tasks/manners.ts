/** How a task talks, from its own `--json` and Hardhat's global options. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Manners } from './run.ts'

export function mannersOf(
  args: { readonly json: boolean },
  hre: Pick<HardhatRuntimeEnvironment, 'globalOptions'>,
): Manners {
  const debug = process.env['DEBUG'] ?? ''
  return { json: args.json, verbose: hre.globalOptions.showStackTraces || debug !== '' }
}
