/** The factory that gives each owner one client contract. */
import { type ContractRunner, Interface, ZeroAddress } from 'ethers'
import { StorageError } from '../errors.ts'
import { FACTORY_ABI } from './abi.ts'
import { type ContractDefaults, openContract } from './contract.ts'
import type { SendOptions, Sent } from './send.ts'

const INTERFACE = new Interface(FACTORY_ABI)

export interface Factory {
  /** 0x… */
  readonly address: string
  /** Of this owner; undefined while there is none. */
  clientOf(owner: string): Promise<string | undefined>
  /** Where the client of `owner` is or will be: it may be funded before. */
  predictClient(owner: string): Promise<string>
  /** Anyone may create an owner's client. @throws CONTRACT_REFUSED when there is one, and as `send` */
  createClient(owner: string, options?: SendOptions): Promise<Sent & { readonly client: string }>
}

/** @param defaults As of `openClient`. */
export function openFactory(
  address: string,
  runner: ContractRunner,
  defaults: ContractDefaults = {},
): Factory {
  const { read, write, events } = openContract(address, runner, INTERFACE, defaults)
  const addressIn = async (method: string, owner: string): Promise<string> =>
    (await read(method, [owner]))[0] as string
  return {
    address,
    async clientOf(owner) {
      const client = await addressIn('clientOf', owner)
      return client === ZeroAddress ? undefined : client
    },
    predictClient: (owner) => addressIn('predictClient', owner),
    async createClient(owner, options) {
      const sent = await write('createClient', [owner], options)
      const client: unknown = events(sent, 'ClientCreated')[0]?.args['client']
      if (typeof client === 'string') return { ...sent, client }
      throw new StorageError('INTERNAL', {
        what: `the transaction ${sent.tx} created no client contract`,
      })
    },
  }
}
