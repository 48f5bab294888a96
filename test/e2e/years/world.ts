/** A Filecoin of its own with twelve providers and PerpetualStorage, and the plain ways to act on it. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import { Interface, type InterfaceAbi, type LogDescription } from 'ethers'
import { idAddress } from '../../../src/bytes/address.ts'
import { escrowAddress, getBalanceReturn } from '../../../src/deal/market.ts'
import { METHODS } from '../../../src/deal/methods.ts'
import localnet from '../../../src/localnet/index.ts'
import { callNative, currentEpoch, mineTo, type Provider } from '../../../src/localnet/controls.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** attoFIL for a unit of gas: fixed, so that what keepers are paid follows from gas alone. */
export const GAS_PRICE = 100_000n
/** As Filecoin's, room for a batch of all stores. */
const BLOCK_GAS = 10_000_000_000n
const ACCOUNTS = 48

export interface Log {
  readonly epoch: number
  readonly tx: string
  readonly address: string
  readonly event: LogDescription
}

export interface Receipt {
  readonly epoch: number
  readonly ok: boolean
  readonly gasUsed: bigint
  readonly contractAddress: string | null
  readonly logs: readonly Log[]
}

interface RawReceipt {
  blockNumber: string
  status: string
  gasUsed: string
  transactionHash: string
  contractAddress: string | null
  logs: { address: string; topics: string[]; data: string }[]
}

export type World = Awaited<ReturnType<typeof openWorld>>

/** What `hardhat build` made of a contract. */
export function artifact(path: string): { abi: InterfaceAbi; bytecode: string } {
  return JSON.parse(readFileSync(`${ROOT}/artifacts/${path}`, 'utf8')) as never
}

const PERPETUAL = artifact('contracts/PerpetualStorage.sol/PerpetualStorage.json')
const CLIENT = artifact('contracts/perpetual/StoreClient.sol/StoreClient.json')
const CLIENTS = artifact('contracts/perpetual/StoreClientFactory.sol/StoreClientFactory.json')

const storage = new Interface(PERPETUAL.abi)
const client = new Interface(CLIENT.abi)

export async function openWorld(miners: number) {
  const environment = await createHardhatRuntimeEnvironment(
    {
      plugins: [localnet],
      networks: {
        own: {
          type: 'edr-simulated',
          filecoin: { miners: Array.from({ length: miners }, () => ({})) },
          accounts: { count: ACCOUNTS },
          initialBaseFeePerGas: 0,
          blockGasLimit: BLOCK_GAS,
          // Two keepers in one block come in the order in which they sent.
          mining: { auto: true, mempool: { order: 'fifo' } },
        },
      },
    },
    {},
    ROOT,
  )
  const connection = await environment.network.create('own')
  const node: Provider = connection.provider
  const accounts = (await node.request({ method: 'eth_accounts' })) as string[]

  const receiptOf = async (hash: string): Promise<Receipt> => {
    const asked = { method: 'eth_getTransactionReceipt', params: [hash] }
    const raw = (await node.request(asked)) as RawReceipt
    const epoch = Number(raw.blockNumber)
    const logs = raw.logs.flatMap(({ address, topics, data }) => {
      const event = storage.parseLog({ topics, data }) ?? client.parseLog({ topics, data })
      return event === null ? [] : [{ epoch, tx: raw.transactionHash, address, event }]
    })
    const { contractAddress } = raw
    return {
      epoch,
      ok: raw.status === '0x1',
      gasUsed: BigInt(raw.gasUsed),
      contractAddress,
      logs,
    }
  }
  /** @returns The hash. @throws when it reverts */
  const post = async (from: string, to: string | undefined, data: string, value = 0n) => {
    const tx = {
      from,
      data,
      value: hex(value),
      gas: hex(BLOCK_GAS / 4n),
      gasPrice: hex(GAS_PRICE),
      ...(to === undefined ? {} : { to }),
    }
    return String(await node.request({ method: 'eth_sendTransaction', params: [tx] }))
  }
  const send = async (from: string, to: string | undefined, data: string, value = 0n) =>
    receiptOf(await post(from, to, data, value))
  const deploy = async (bytecode: string, args = '') => {
    const { contractAddress } = await send(accounts[0] ?? '', undefined, bytecode + args)
    if (contractAddress === null) throw new Error('nothing was deployed')
    return contractAddress
  }
  const clients = await deploy(CLIENTS.bytecode)
  const address = await deploy(PERPETUAL.bytecode, word(clients))

  const ask = async (to: string, face: Interface, name: string, args: readonly unknown[]) => {
    const call = { to, data: face.encodeFunctionData(name, args), gas: hex(BLOCK_GAS / 4n) }
    const answer = await node.request({ method: 'eth_call', params: [call, 'latest'] })
    return face.decodeFunctionResult(name, String(answer))
  }

  return {
    node,
    accounts,
    address,
    storage,
    client,
    deploy,
    post,
    receiptOf,
    send,
    act: (from: string, name: string, args: readonly unknown[], value = 0n) =>
      send(from, address, storage.encodeFunctionData(name, args), value),
    view: (name: string, ...args: unknown[]) => ask(address, storage, name, args),
    viewClient: (to: string, name: string, ...args: unknown[]) => ask(to, client, name, args),
    epoch: async () => Number(await currentEpoch(node)),
    /** Does nothing if the chain stands there, or later. */
    to: (epoch: number) => mineTo(node, BigInt(epoch)),
    balanceOf: async (who: string) =>
      BigInt(String(await node.request({ method: 'eth_getBalance', params: [who, 'latest'] }))),
    /** attoFIL that a provider has in f05. */
    async escrowOf(id: number): Promise<bigint> {
      const params = escrowAddress.encode(idAddress(BigInt(id)))
      const message = { from: accounts[0] ?? '', to: 5n, method: METHODS.GetBalance, params }
      return getBalanceReturn.decode(await callNative(node, message)).balance
    },
    /** Transactions that are sent in `deeds` are of one block. */
    async inOneBlock(deeds: () => Promise<void>): Promise<void> {
      await node.request({ method: 'evm_setAutomine', params: [false] })
      await deeds()
      await node.request({ method: 'evm_mine', params: [] })
      await node.request({ method: 'evm_setAutomine', params: [true] })
    },
    stop: () => connection.close(),
  }
}

export function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}

function word(address: string): string {
  return address.slice(2).padStart(64, '0')
}
