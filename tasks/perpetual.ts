/** The PerpetualStorage that a task speaks to: the one that is named, or the one that `deploy --perpetual` wrote down. */
import { tryReadDeployment } from '../src/chain/deployments.ts'
import { callNode } from '../src/chain/node.ts'
import { StorageError } from '../src/errors.ts'
import { onNetwork } from './messages.ts'
import type { OpenNetwork } from './network.ts'
import type { Run } from './run.ts'
import { deploymentsFolder, optional, toEthAddress } from './values.ts'

/** 0x… Errors: ARGUMENT_INVALID, NOT_DEPLOYED when none is known or the chain has nothing there, NODE_UNREACHABLE. */
export async function findPerpetual(
  text: string | undefined,
  { network, name, provider }: Pick<OpenNetwork, 'network' | 'name' | 'provider'>,
  run: Run,
  root: string,
): Promise<string> {
  const folder = deploymentsFolder({ ...run, root })
  const address =
    optional('--contract', text, toEthAddress) ??
    (await tryReadDeployment(folder, network.name, 'PerpetualStorage'))?.address
  const next = `npx hardhat deploy --perpetual${onNetwork(name)}`
  if (address === undefined)
    throw new StorageError('NOT_DEPLOYED', {
      what: `no PerpetualStorage is known on ${name}`,
      hint: 'Name one with --contract, or deploy one: nobody owns it.',
      next,
    })
  const code = await callNode(`the code of ${address}`, () => provider.getCode(address), {
    signal: run.signal,
    network: name,
  })
  if (code !== '0x') return address
  throw new StorageError('NOT_DEPLOYED', {
    what: `no contract is at ${address} on ${name}`,
    hint: 'The chain does not know it: a local chain that was started again is a new one.',
    next,
  })
}
