/**
 * A Filecoin in which the parties of the wire vectors exist: miners under their numbers, clients that agree under their
 * addresses, money in escrow. What the real actors send each other is read from the trace of a transaction.
 */
import { readFileSync } from 'node:fs'
import { AbiCoder, concat, getBytes } from 'ethers'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import localnet, {
  actorAddress,
  ActorExit,
  idAddress,
  MARKET_ACTOR_ID,
  type Provider,
  sendNative,
  workerOf,
} from '../../../../src/localnet/index.ts'

const ROOT = new URL('../../../../', import.meta.url)
export const SYSTEM = actorAddress(0n)
const PLENTY = `0x${(10n ** 40n).toString(16)}`
const ADD_BALANCE = 822473126n

export const coder = AbiCoder.defaultAbiCoder()

export interface Call {
  readonly from: string
  readonly to: string
  readonly input: string
  readonly output?: string
  readonly calls?: Call[]
}

export interface World {
  readonly provider: Provider
  /** The first account. */
  readonly account: string
  /** A client that agrees, at an address. */
  place(at: string): Promise<void>
  ask(method: string, ...params: unknown[]): Promise<unknown>
  /** Every call of a transaction, callers before what they call. */
  callsOf(hash: string): Promise<Call[]>
}

export async function createWorld(
  miners: readonly bigint[] = [1000n],
  baseEpoch = 5_000_000n,
): Promise<World> {
  const own = {
    type: 'edr-simulated',
    blockGasLimit: 10n ** 10n,
    filecoin: { baseEpoch, miners: miners.map((id) => ({ id, sectorSize: 64 * 2 ** 30 })) },
  } as const
  const hre = await createHardhatRuntimeEnvironment(
    { plugins: [localnet], networks: { own } },
    {},
    ROOT.pathname,
  )
  const { provider } = await hre.network.create('own')
  const ask = (method: string, ...params: unknown[]) => provider.request({ method, params })
  const [account = ''] = (await ask('eth_accounts')) as string[]
  await ask('hardhat_setBalance', account, PLENTY)
  await ask('hardhat_setBalance', SYSTEM, PLENTY)
  await ask('hardhat_impersonateAccount', SYSTEM)
  return {
    provider,
    account,
    ask,
    place: async (at) => {
      await ask('hardhat_setCode', at, artifact('TestClient.sol/TestClient').deployedBytecode)
    },
    callsOf: async (hash) => {
      const trace = await ask('debug_traceTransaction', hash, { tracer: 'callTracer' })
      return flatten(trace as Call)
    },
  }
}

function flatten(call: Call): Call[] {
  return [call, ...(call.calls ?? []).flatMap(flatten)]
}

function artifact(file: string): { bytecode: string; deployedBytecode: string } {
  const url = new URL(`artifacts/test/contracts/localnet/support/${file}.json`, ROOT)
  return JSON.parse(readFileSync(url, 'utf8')) as { bytecode: string; deployedBytecode: string }
}

/** Deploys a contract that answers every native message with `abi`. */
export async function deployAnswer({ ask, account }: World, abi: string): Promise<string> {
  const { bytecode } = artifact('Receivers.sol/Answers')
  const data = concat([bytecode, coder.encode(['bytes'], [abi])])
  const hash = await ask('eth_sendTransaction', { from: account, data })
  const receipt = (await ask('eth_getTransactionReceipt', hash)) as { contractAddress: string }
  return receipt.contractAddress
}

/* MESSAGES */

export async function addBalance(
  { provider, account: from }: World,
  address: Uint8Array,
  value: bigint,
): Promise<void> {
  const params = getBytes(bytesItem(hex(address)))
  await sendNative(provider, { from, to: MARKET_ACTOR_ID, method: ADD_BALANCE, params, value })
}

/** CBOR byte string of 0x hex, below 64 KiB. */
export function bytesItem(data: string): string {
  const length = (data.length - 2) / 2
  const head =
    length < 24
      ? (0x40 + length).toString(16)
      : length < 256
        ? `58${pad(length, 2)}`
        : `59${pad(length, 4)}`
  return `0x${head}${data.slice(2)}`
}

/** [[[proposal, signature]]] */
export function publishParams(proposal: string, signature = '0x02dead'): Uint8Array {
  return getBytes(concat(['0x8181', '0x82', proposal, bytesItem(signature)]))
}

/** Exit code and message of an actor, or the hash of the transaction and what it answered. */
export async function sent(
  provider: Provider,
  message: Parameters<typeof sendNative>[1],
): Promise<
  | { readonly exit: 0; readonly hash: string; readonly data: string }
  | { readonly exit: number; readonly why: string }
> {
  try {
    const { hash, data } = await sendNative(provider, message)
    return { exit: 0, hash, data: hex(data) }
  } catch (error) {
    if (!(error instanceof ActorExit)) throw error
    return { exit: error.exitCode, why: error.message }
  }
}

export function senderOf(world: World, miner: bigint): Promise<string> {
  return miner >= 2n ** 40n ? Promise.resolve(world.account) : workerOf(world.provider, miner)
}

export function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`
}

export function idBytes(id: bigint): string {
  return hex(idAddress(id))
}

function pad(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
