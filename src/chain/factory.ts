/** The factory that gives each owner one client contract. */
import { type ContractRunner, Interface, ZeroAddress } from 'ethers'
import { StorageError } from '../errors.ts'
import { FACTORY_ABI } from './abi.ts'
import { callNode } from './node.ts'
import { providerOf, send, type SendOptions, type Sent } from './send.ts'

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
  defaults: Omit<SendOptions, 'value' | 'onSent'> = {},
): Factory {
  const read = async (method: string, owner: string): Promise<string> => {
    const data = INTERFACE.encodeFunctionData(method, [owner])
    return callNode(
      method,
      async () => {
        const answer = await providerOf(runner).call({ to: address, data })
        return INTERFACE.decodeFunctionResult(method, answer)[0] as string
      },
      defaults,
    )
  }
  return {
    address,
    async clientOf(owner) {
      const client = await read('clientOf', owner)
      return client === ZeroAddress ? undefined : client
    },
    predictClient: (owner) => read('predictClient', owner),
    async createClient(owner, options) {
      const data = INTERFACE.encodeFunctionData('createClient', [owner])
      const sent = await send(runner, { to: address, data }, 'createClient', {
        ...defaults,
        ...options,
      })
      const client: unknown = sent.receipt.logs
        .map((log) => INTERFACE.parseLog(log))
        .find((log) => log?.name === 'ClientCreated')?.args['client']
      if (typeof client === 'string') return { ...sent, client }
      throw new StorageError('INTERNAL', {
        what: `the transaction ${sent.tx} created no client contract`,
      })
    },
  }
}
