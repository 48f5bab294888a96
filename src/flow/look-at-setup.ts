/** What holds for every proposal: this machine, the node, the account, the contract and its money, as facts for a diagnosis. */
import { statfs } from 'node:fs/promises'
import {
  type Fact,
  type Facts,
  known,
  type MachineFacts,
  type NoAccount,
  unseen,
} from '../doctor/facts.ts'
import { isStorageError } from '../errors.ts'
import { hashBackend } from '../piece/hash-pairs.ts'
import { attempt } from './attempt.ts'
import type { ExaminePorts } from './examine.ts'
import {
  lookAtAccount,
  lookAtContract,
  lookAtMoney,
  lookAtNode,
  noContract,
} from './look-at-chain.ts'

export type Setup = Facts & Pick<Required<Facts>, 'node'>

/**
 * @param sends Whether the account matters.
 * @throws ABORTED
 */
export async function lookAtSetup(ports: ExaminePorts, sends: boolean): Promise<Setup> {
  const { network, option, provider, client, signal, now = Date.now } = ports
  const options = { signal, network: network.name }
  const account = sends ? await accountOf(ports) : undefined
  const address = account?.known === true ? account.value.address : undefined
  const [node, purse, contract, money, machine] = await Promise.all([
    lookAtNode(provider, options, Math.floor(now() / 1000)),
    address === undefined ? undefined : lookAtAccount(provider, address, options),
    client.known
      ? lookAtContract(provider, client.value.address, address, options)
      : noContract(client.why),
    client.known ? lookAtMoney(client.value) : undefined,
    machineOf(ports),
  ])
  return {
    network: {
      name: network.name,
      chainId: network.chainId,
      local: network.name === 'localnet',
      option,
      sectorSize: network.sectorSize,
      startWindow: network.startWindow,
    },
    machine,
    node,
    contract,
    ...(account === undefined
      ? {}
      : { account: purse === undefined ? without(account) : known(purse) }),
    ...(money === undefined ? {} : { money }),
  }
}

type Account = Fact<{ readonly address: string | undefined; readonly missing: string }>

/** Whose key is asked for. Without one there is no account; a node that does not tell says nothing. */
async function accountOf({ account }: ExaminePorts): Promise<Account | undefined> {
  if (account === undefined) return undefined
  return attempt(async () => {
    try {
      return { address: await account(), missing: '' }
    } catch (error) {
      if (isStorageError(error, 'NO_KEY')) return { address: undefined, missing: error.message }
      throw error
    }
  })
}

function without(account: Account): Fact<NoAccount> {
  return account.known ? known({ missing: account.value.missing }) : account
}

async function machineOf({ depot, depotUrl }: ExaminePorts): Promise<MachineFacts> {
  return {
    node: process.versions.node,
    hashBackend: hashBackend(),
    freeBytes: await freeBytes(depot.folder),
    depotUrl,
  }
}

async function freeBytes(folder: string): Promise<Fact<number>> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return known(bavail * bsize)
  } catch (error) {
    return unseen(error instanceof Error ? error.message : String(error))
  }
}
