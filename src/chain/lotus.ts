/**
 * What only Filecoin's own JSON-RPC tells: ids of actors, addresses of miners, bounds of collateral. Nodes that offer
 * only Ethereum's methods answer nothing; then each function returns undefined.
 * @see lotus documentation/en/api-v1-unstable-methods.md, group State
 */
import { getAddress, getBytes, type Provider, toBeHex } from 'ethers'
import { z } from 'zod/v4'
import {
  actorIdOf,
  addressFromString,
  addressToString,
  ethFromAddress,
  f410FromEth,
  idAddress,
} from '../bytes/address.ts'
import type { CollateralBounds } from '../deal/terms.ts'
import { StorageError } from '../errors.ts'
import { isActorUnknown } from './failure.ts'
import { urlOfMultiaddr } from './multiaddr.ts'
import type { Network } from './networks.ts'
import { type CallOptions, callNode, callRpc } from './node.ts'

/** An empty tipset key means the head. */
const HEAD: unknown[] = []

/** The actor id behind `address` (f…, t… or 0x…); undefined also when there is no such actor. */
export async function lookupId(
  provider: Provider,
  network: Network,
  address: string,
  options?: CallOptions,
): Promise<bigint | undefined> {
  const name = addressToString(addressFromString(address), network.prefix)
  const answer = await state(provider, 'StateLookupID', [name, HEAD], z.string(), options)
  return answer === undefined ? undefined : actorIdOf(addressFromString(answer).bytes)
}

const LOOKUP_DELEGATED = '0xfe00000000000000000000000000000000000002'
const actorSchema = z.object({
  DelegatedAddress: z.string().nullish(),
  Address: z.string().nullish(),
})

/**
 * 0x… of the account or contract with actor id `id`: of the same as its f410. Undefined where there is none, as for a provider,
 * and where the node does not tell.
 */
export async function ethAddressOfId(
  provider: Provider,
  network: Network,
  id: bigint,
  options?: CallOptions,
): Promise<string | undefined> {
  const name = addressToString(idAddress(id), network.prefix)
  const actor = await state(provider, 'StateGetActor', [name, HEAD], actorSchema, options)
  const told = actor?.DelegatedAddress ?? actor?.Address
  if (typeof told === 'string') return ethOfF4(addressFromString(told).bytes)
  if (actor !== undefined) return undefined
  // The localnet has the precompile as a contract.
  const data = toBeHex(id, 32)
  const call = { to: LOOKUP_DELEGATED, data }
  const answer = await callNode('delegated address', () => provider.call(call), options)
  return answer === '0x' ? undefined : ethOfF4(getBytes(answer))
}

/** Undefined for what is no f410. */
function ethOfF4(bytes: Uint8Array): string | undefined {
  return bytes[0] === 4 ? getAddress(ethFromAddress(bytes)) : undefined
}

export interface AddressDescription {
  /** 0x… */
  readonly address: string
  /** f410… or t410… */
  readonly f4: string
  /** f0… or t0…; null where the node does not tell. */
  readonly id: string | null
}

/** The three names of an Ethereum account or contract. @throws ADDRESS_INVALID */
export async function describeAddress(
  provider: Provider,
  network: Network,
  address: string,
  options?: CallOptions,
): Promise<AddressDescription> {
  const f4 = addressToString(f410FromEth(address), network.prefix)
  const id = await lookupId(provider, network, f4, options)
  return { address, f4, id: id === undefined ? null : `${network.prefix}0${id}` }
}

const minerInfoSchema = z.object({
  PeerId: z.string().nullish(),
  Multiaddrs: z.array(z.base64()).nullish(),
  SectorSize: z.int().nullish(),
})

export interface MinerInfo {
  readonly peerId: string | undefined
  /** Binary. */
  readonly multiaddrs: readonly Uint8Array[]
  /** Base URLs of those that speak HTTP. */
  readonly urls: readonly string[]
  /** Padded bytes; undefined where the node does not tell. */
  readonly sectorSize: bigint | undefined
}

/** `provider` f0`minerId`; undefined also when there is no such miner. */
export async function minerInfo(
  provider: Provider,
  network: Network,
  minerId: bigint,
  options?: CallOptions,
): Promise<MinerInfo | undefined> {
  const name = addressToString(idAddress(minerId), network.prefix)
  const info = await state(provider, 'StateMinerInfo', [name, HEAD], minerInfoSchema, options)
  if (info === undefined) return undefined
  const multiaddrs = (info.Multiaddrs ?? []).map((text) =>
    Uint8Array.from(Buffer.from(text, 'base64')),
  )
  return {
    peerId: info.PeerId ?? undefined,
    multiaddrs,
    urls: multiaddrs.map(urlOfMultiaddr).filter((url) => url !== undefined),
    sectorSize: typeof info.SectorSize === 'number' ? BigInt(info.SectorSize) : undefined,
  }
}

const decimal = z.string().regex(/^\d+$/)

/** attoFIL for an unverified piece of `pieceSize` padded bytes. */
export async function collateralBounds(
  provider: Provider,
  pieceSize: number,
  options?: CallOptions,
): Promise<CollateralBounds | undefined> {
  const schema = z.object({ Min: decimal, Max: decimal })
  const params = [pieceSize, false, HEAD]
  const bounds = await state(provider, 'StateDealProviderCollateralBounds', params, schema, options)
  return bounds === undefined ? undefined : { min: BigInt(bounds.Min), max: BigInt(bounds.Max) }
}

/**
 * The answer of a method `Filecoin.State…`; undefined where the node does not offer it, or knows no such actor.
 * @throws as `callRpc`; NODE_UNREACHABLE for an answer of another form
 */
export async function state<T>(
  provider: Provider,
  method: string,
  params: unknown[],
  schema: z.ZodType<T>,
  options?: CallOptions,
): Promise<T | undefined> {
  let answer: unknown
  try {
    answer = await callRpc(provider, `Filecoin.${method}`, params, options)
  } catch (error) {
    if (isActorUnknown(error)) return undefined
    throw error
  }
  if (answer === undefined || answer === null) return undefined
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  throw new StorageError('NODE_UNREACHABLE', {
    what: `the node answered Filecoin.${method} in another form than Lotus`,
    cause: parsed.error,
  })
}
