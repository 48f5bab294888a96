/** Addresses of options in whichever form they are given: 0x…, f410…, or f0…, which the node resolves. */
import { ethAddressOfId } from '../src/chain/lotus.ts'
import { StorageError } from '../src/errors.ts'
import type { OpenNetwork } from './network.ts'
import type { Run } from './run.ts'
import { toAddressOrId } from './values.ts'

/** 0x…; undefined where the option was left out. Errors: ARGUMENT_INVALID, also for an actor that has no such form; NODE_UNREACHABLE. */
export async function resolveAddress(
  option: string,
  text: string | undefined,
  { network, name, provider }: Pick<OpenNetwork, 'network' | 'name' | 'provider'>,
  run: Pick<Run, 'signal'>,
): Promise<string | undefined> {
  if (text === undefined) return undefined
  const address = toAddressOrId(option, text)
  if (typeof address === 'string') return address
  const options = { signal: run.signal, network: name }
  const found = await ethAddressOfId(provider, network, address, options)
  if (found !== undefined) return found
  throw new StorageError('ARGUMENT_INVALID', {
    what: `${option} names an actor that has no Ethereum form, or of which the node does not tell it`,
    expected: 'an account or a contract of the FEVM: 0x…, f410… or its f0…',
    got: `${network.prefix}0${address}`,
    hint: 'Providers and accounts of Lotus (f1…, f3…) have none. Name the 0x or f410 form.',
  })
}
