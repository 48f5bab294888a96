/**
 * The methods of Lotus' JSON-RPC that a storage client needs, answered from the actors of the localnet.
 * Shapes: lotus api/api_full.go, api/miner types. Tipset arguments are taken and not looked at: the answer is of the head.
 */
import { decode } from '@ipld/dag-cbor'
import { base58btc } from 'multiformats/bases/base58'
import { actorIdOf, formatAddress, idAddress, parseAddress } from './address.ts'
import { windowPostProof } from './config.ts'
import { currentEpoch } from './epochs.ts'
import { ANYONE, callNative } from './messages.ts'
import {
  CONTROL_ADDRESSES,
  GET_MULTIADDRS,
  GET_PEER_ID,
  GET_SECTOR_SIZE,
} from './miner-messages.ts'
import { hexOf } from './native.ts'
import { minProviderCollateral } from './network-figures.ts'
import type { Provider } from './provider.ts'
import { FAILED, INVALID_PARAMS, METHOD_NOT_FOUND, RpcError } from './rpc-error.ts'
import { storageDeal } from './storage-deal.ts'

/** Lotus reports 1.1 × the minimum (lotus node/impl/full/state.go). */
const COLLATERAL_MARGIN = { numerator: 110n, denominator: 100n }
/** 2e9 FIL in attoFIL (builtin-actors actors/market/src/policy.rs). */
const TOTAL_FILECOIN = 2_000_000_000n * 10n ** 18n
const RESOLVE_ADDRESS = '0xfe00000000000000000000000000000000000001'

type Method = (provider: Provider, params: readonly unknown[]) => Promise<unknown>

const METHODS: ReadonlyMap<string, Method> = new Map([
  ['Filecoin.ChainHead', chainHead],
  ['Filecoin.StateLookupID', stateLookupId],
  ['Filecoin.StateMinerInfo', stateMinerInfo],
  ['Filecoin.StateDealProviderCollateralBounds', collateralBounds],
  ['Filecoin.StateMarketStorageDeal', marketStorageDeal],
])

export function isLotusMethod(method: string): boolean {
  return method.startsWith('Filecoin.')
}

/** @throws RpcError */
export async function answerLotus(
  provider: Provider,
  method: string,
  params: readonly unknown[],
): Promise<unknown> {
  const answer = METHODS.get(method)
  if (answer === undefined) {
    const known = [...METHODS.keys()].join(', ')
    throw new RpcError(
      METHOD_NOT_FOUND,
      `the localnet does not answer ${method}; it answers ${known}`,
    )
  }
  return answer(provider, params)
}

async function chainHead(provider: Provider): Promise<unknown> {
  return { Cids: [], Blocks: [], Height: Number(await currentEpoch(provider)) }
}

/** Address → `t0…`. */
async function stateLookupId(provider: Provider, [address]: readonly unknown[]): Promise<string> {
  return formatAddress(idAddress(await lookUp(provider, address)))
}

async function stateMinerInfo(provider: Provider, [address]: readonly unknown[]): Promise<unknown> {
  const to = await lookUp(provider, address)
  const ask = async (method: bigint) => {
    try {
      return decode(await callNative(provider, { from: ANYONE, to, method }))
    } catch (cause) {
      throw new RpcError(FAILED, `failed to load miner actor f0${to}: not a miner`, { cause })
    }
  }
  const [owner, worker, controls] = (await ask(CONTROL_ADDRESSES)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array[],
  ]
  const [peerId] = (await ask(GET_PEER_ID)) as [Uint8Array]
  const [multiaddrs] = (await ask(GET_MULTIADDRS)) as [Uint8Array[]]
  const sectorSize = (await ask(GET_SECTOR_SIZE)) as number
  return {
    Owner: formatAddress(owner),
    Worker: formatAddress(worker),
    NewWorker: '<empty>',
    ControlAddresses: controls.map(formatAddress),
    WorkerChangeEpoch: -1,
    PeerId: peerId.length === 0 ? null : base58btc.baseEncode(peerId),
    Multiaddrs: multiaddrs.map((bytes) => Buffer.from(bytes).toString('base64')),
    WindowPoStProofType: windowPostProof(BigInt(sectorSize)),
    SectorSize: sectorSize,
    ConsensusFaultElapsed: -1,
    Beneficiary: formatAddress(owner),
  }
}

/** Padded bytes, verified → {Min, Max} in attoFIL. */
async function collateralBounds(provider: Provider, [size]: readonly unknown[]): Promise<unknown> {
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new RpcError(INVALID_PARAMS, `expected a padded piece size in bytes, got ${String(size)}`)
  }
  const { numerator, denominator } = COLLATERAL_MARGIN
  const min = await minProviderCollateral(provider, BigInt(size))
  return { Min: String((min * numerator) / denominator), Max: String(TOTAL_FILECOIN) }
}

async function marketStorageDeal(provider: Provider, [id]: readonly unknown[]): Promise<unknown> {
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
    throw new RpcError(INVALID_PARAMS, `expected the number of a deal, got ${String(id)}`)
  return storageDeal(provider, BigInt(id))
}

async function lookUp(provider: Provider, address: unknown): Promise<bigint> {
  const bytes = typeof address === 'string' ? parseAddress(address) : undefined
  if (bytes === undefined) {
    throw new RpcError(INVALID_PARAMS, `expected an f0 or f410 address, got ${String(address)}`)
  }
  if (bytes[0] === 0) return actorIdOf(bytes)
  const call = { to: RESOLVE_ADDRESS, data: `0x${hexOf(bytes)}` }
  const id = String(await provider.request({ method: 'eth_call', params: [call, 'latest'] }))
  if (id === '0x') throw new RpcError(FAILED, `actor not found: ${String(address)}`)
  return BigInt(id)
}
