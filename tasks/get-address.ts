/** `get-address`: the account that signs, in every spelling that tools ask for. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { addressToString, f410FromEth } from '../src/bytes/address.ts'
import { describeAddress } from '../src/chain/lotus.ts'
import type { Network } from '../src/chain/networks.ts'
import { isStorageError } from '../src/errors.ts'
import type { ClientDocument } from '../src/flow/documents.ts'
import { formatTable } from '../src/terminal/table.ts'
import { addressRows } from './describe.ts'
import { mannersOf } from './manners.ts'
import { openNetwork } from './network.ts'
import { type Outcome, type Run, runTask } from './run.ts'

interface GetAddressArguments {
  readonly json: boolean
}

export interface GetAddressPorts {
  readonly network: Network
  /** 0x… of the account that signs. */
  readonly address: () => Promise<string>
  /** Asks the node for the actor id. */
  readonly describe: (address: string) => Promise<ClientDocument>
}

/** `id` is null before the account's first money, and when the node does not answer. */
interface AddressDocument extends ClientDocument {
  readonly version: 1
  readonly kind: 'address'
  readonly network: string
}

export async function showAddress(
  run: Run,
  ports: GetAddressPorts,
): Promise<Outcome<AddressDocument>> {
  const { name, faucets } = ports.network
  const { address, f4, id } = await describe(await ports.address(), run, ports)
  return {
    document: { version: 1, kind: 'address', network: name, address, f4, id },
    text: formatTable([
      ...addressRows('account', { address, f4, id }),
      ...faucets.map((url, index) => [index === 0 ? 'faucets' : '', url]),
    ]),
  }
}

/** Two of the three spellings need no node. */
async function describe(
  address: string,
  run: Run,
  { network, describe: ask }: GetAddressPorts,
): Promise<ClientDocument> {
  try {
    return await ask(address)
  } catch (error) {
    if (!isStorageError(error, 'NODE_UNREACHABLE')) throw error
    run.progress.line(`no actor id: ${error.message}`)
    return { address, f4: addressToString(f410FromEth(address), network.prefix), id: null }
  }
}

export default function action(
  args: GetAddressArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), async (run) => {
    const opened = await openNetwork(hre, run)
    const { network, provider } = opened
    try {
      return await showAddress(run, {
        network,
        address: async () => (await opened.signer()).getAddress(),
        describe: (address) => describeAddress(provider, network, address, run),
      })
    } finally {
      await opened.close()
    }
  })
}
