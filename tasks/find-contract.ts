/** A contract that a task speaks to: the one that is named, or the one that `deploy` wrote down. */
import { tryReadDeployment } from '../src/chain/deployments.ts'
import { callNode } from '../src/chain/node.ts'
import { StorageError } from '../src/errors.ts'
import { resolveAddress } from './address.ts'
import { onNetwork } from './messages.ts'
import type { OpenNetwork } from './network.ts'
import type { Run } from './run.ts'
import { deploymentsFolder } from './values.ts'

interface Wanted {
  /** As `deploy` records it. */
  readonly contract: string
  /** What a person calls it. */
  readonly what: string
  /** That names one, such as `--hub`, and its text. */
  readonly option: string
  readonly text: string | undefined
  /** That deploys one. */
  readonly command: string
}

export interface Found {
  readonly address: string
  /** In which it was deployed, where that is known. */
  readonly block: number | undefined
}

/** Errors: ARGUMENT_INVALID, NOT_DEPLOYED when none is known or the chain has nothing there, NODE_UNREACHABLE. */
export async function findContract(
  { contract, what, option, text, command }: Wanted,
  { network, name, provider }: Pick<OpenNetwork, 'network' | 'name' | 'provider'>,
  run: Run,
  root: string,
): Promise<Found> {
  const stated = await resolveAddress(option, text, { network, name, provider }, run)
  const known = await tryReadDeployment(deploymentsFolder({ ...run, root }), network.name, contract)
  const address = stated ?? known?.address
  const next = `${command}${onNetwork(name)}`
  if (address === undefined)
    throw new StorageError('NOT_DEPLOYED', {
      what: `no ${what} is known on ${name}`,
      hint: `Name one with ${option}, or deploy one of your own.`,
      next,
    })
  const code = await callNode(`the code of ${address}`, () => provider.getCode(address), {
    signal: run.signal,
    network: name,
  })
  if (code === '0x')
    throw new StorageError('NOT_DEPLOYED', {
      what: `no contract is at ${address} on ${name}`,
      hint: 'The chain does not know it: a local chain that was started again is a new one.',
      next,
    })
  const isKnown = known?.address.toLowerCase() === address.toLowerCase()
  return { address, block: isKnown ? (known.block ?? undefined) : undefined }
}
