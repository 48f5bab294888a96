/**
 * Who sends for a miner: its worker, as the miner itself names it, held by the node or impersonated.
 */
import { decode } from '@ipld/dag-cbor'
import { actorIdOf, ethOf } from './address.ts'
import { ControlError } from './control-error.ts'
import { ANYONE, callNative } from './messages.ts'
import { CONTROL_ADDRESSES } from './miner-messages.ts'
import { type Provider, quantity } from './provider.ts'

const LOOKUP_DELEGATED_ADDRESS = '0xfe00000000000000000000000000000000000002'
/** An impersonated worker pays gas as any other. attoFIL */
const LEAST_BALANCE = 10n ** 18n
const GIVEN_BALANCE = 10n * LEAST_BALANCE

/**
 * 0x address of the worker of a miner, from which the node sends from now on. One whose key the node has not is impersonated
 * and, below 1 FIL, given 10 FIL for gas.
 * @throws ControlError MINER_UNKNOWN, WORKER_UNKNOWN
 */
export async function workerOf(provider: Provider, miner: bigint): Promise<string> {
  const worker = await addressOf(provider, miner, await workerIdOf(provider, miner))
  const accounts = (await provider.request({ method: 'eth_accounts' })) as string[]
  if (accounts.some((account) => account.toLowerCase() === worker)) return worker
  await provider.request({ method: 'hardhat_impersonateAccount', params: [worker] })
  const balance = await provider.request({ method: 'eth_getBalance', params: [worker, 'latest'] })
  if (BigInt(String(balance)) < LEAST_BALANCE) {
    const params = [worker, quantity(GIVEN_BALANCE)]
    await provider.request({ method: 'hardhat_setBalance', params })
  }
  return worker
}

/** The account that pays for what needs no one in particular: the node's first. */
export async function anyAccount(provider: Provider): Promise<string> {
  const [first] = (await provider.request({ method: 'eth_accounts' })) as string[]
  if (first === undefined) throw new Error('the network has no account: name the one that sends')
  return first
}

async function workerIdOf(provider: Provider, miner: bigint): Promise<bigint> {
  try {
    const message = { from: ANYONE, to: miner, method: CONTROL_ADDRESSES }
    const [, worker] = decode(await callNative(provider, message)) as [Uint8Array, Uint8Array]
    return actorIdOf(worker)
  } catch (cause) {
    throw new ControlError('MINER_UNKNOWN', `f0${miner} is not a miner of this network`, { cause })
  }
}

async function addressOf(provider: Provider, miner: bigint, id: bigint): Promise<string> {
  const call = { to: LOOKUP_DELEGATED_ADDRESS, data: `0x${id.toString(16).padStart(64, '0')}` }
  const bytes = String(await provider.request({ method: 'eth_call', params: [call, 'latest'] }))
  const eth = ethOf(new Uint8Array(Buffer.from(bytes.slice(2), 'hex')))
  if (eth !== undefined) return eth
  throw new ControlError('WORKER_UNKNOWN', `the worker f0${id} of f0${miner} has no f410 address`)
}
