/** What a node tells, as facts for a diagnosis: the chain, the account, the contract and its money. Nothing is sent. */
import { Interface, type Provider } from 'ethers'
import { z } from 'zod/v4'
import { CLIENT_ABI, OWNER_ABI } from '../chain/abi.ts'
import type { Client } from '../chain/client-contract.ts'
import { state } from '../chain/lotus.ts'
import { type CallOptions, callNode, callRpc } from '../chain/node.ts'
import {
  type AccountFacts,
  type ContractFacts,
  type Fact,
  known,
  type MoneyFacts,
  type NodeFacts,
  unseen,
} from '../doctor/facts.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { attempt } from './attempt.ts'

const CONTRACT = new Interface([...CLIENT_ABI, ...OWNER_ABI])

export async function lookAtNode(
  provider: Provider,
  options: CallOptions,
  now: number,
): Promise<NodeFacts> {
  const [chainId, head, lotus, networkVersion] = await Promise.all([
    attempt(async () => {
      const id = await callRpc(provider, 'eth_chainId', [], options)
      if (id === undefined) throw untold('its chain id')
      return BigInt(String(id))
    }),
    attempt(async () => {
      const block = await callNode('the head', () => provider.getBlock('latest'), options)
      if (block === null) throw untold('its head')
      return { epoch: BigInt(block.number), time: block.timestamp }
    }),
    attempt(async () => (await callRpc(provider, 'Filecoin.ChainHead', [], options)) !== undefined),
    attempt(async () => {
      const version = await state(provider, 'StateNetworkVersion', [[]], z.int(), options)
      if (version === undefined) throw untold('the version of the network')
      return version
    }),
  ])
  return { chainId, head, lotus, networkVersion, now }
}

export async function lookAtAccount(
  provider: Provider,
  address: string,
  options: CallOptions,
): Promise<AccountFacts> {
  const [balance, pending] = await Promise.all([
    attempt(() => callNode('the balance', () => provider.getBalance(address), options)),
    attempt(async () => {
      const [sent = 0, mined = 0] = await Promise.all(
        ['pending', 'latest'].map((tag) =>
          callNode('the nonce', () => provider.getTransactionCount(address, tag), options),
        ),
      )
      return Math.max(sent - mined, 0)
    }),
  ])
  return { address, balance, pending }
}

/** @param account Whose rights are looked at; undefined: nobody's. */
export async function lookAtContract(
  provider: Provider,
  address: string,
  account: string | undefined,
  options: CallOptions,
): Promise<ContractFacts> {
  const ask = async (name: string, values: readonly unknown[] = []) => {
    const data = CONTRACT.encodeFunctionData(name, values)
    const returned = await callNode(name, () => provider.call({ to: address, data }), options)
    try {
      return CONTRACT.decodeFunctionResult(name, returned)
    } catch (cause) {
      throw new StorageError('CONTRACT_REFUSED', { what: `it does not answer ${name}()`, cause })
    }
  }
  const [code, owner, paused, allowance, actorId] = await Promise.all([
    attempt(
      async () => (await callNode('the code', () => provider.getCode(address), options)) !== '0x',
    ),
    attempt(() => orNothing(async () => String((await ask('owner'))[0]))),
    attempt(async () => Boolean((await ask('paused'))[0])),
    account === undefined
      ? unseen<bigint>('no account is known')
      : attempt(async () => {
          const [limit, , spent] = await ask('proposerOf', [account])
          return BigInt(limit as bigint) - BigInt(spent as bigint)
        }),
    attempt(() => orNothing(async () => BigInt((await ask('actorId'))[0] as bigint))),
  ])
  return { address: known(address), code, owner, paused, allowance, actorId }
}

export function noContract(why: string): ContractFacts {
  const none = unseen<never>('there is no contract')
  return {
    address: unseen(why),
    code: none,
    owner: none,
    paused: none,
    allowance: none,
    actorId: none,
  }
}

export async function lookAtMoney(client: Pick<Client, 'funds'>): Promise<MoneyFacts> {
  const funds = await attempt(() => client.funds())
  const of = (value: (all: Awaited<ReturnType<Client['funds']>>) => bigint): Fact<bigint> =>
    funds.known ? known(value(funds.value)) : funds
  return {
    available: of(({ available }) => available),
    balance: of(({ balance }) => balance),
    unlocked: of(({ escrow, locked }) => escrow - locked),
  }
}

/** A contract that refuses, or that is another one, has no such thing. */
async function orNothing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look()
  } catch (error) {
    if (isStorageError(error, 'CONTRACT_REFUSED') || isStorageError(error, 'NOT_DEPLOYED'))
      return undefined
    throw error
  }
}

function untold(what: string): StorageError {
  return new StorageError('NODE_UNREACHABLE', { what: `the node does not tell ${what}` })
}
