/**
 * The endpoints of one network, and which of them is asked next: the first that is well, in the order in which they were
 * named.
 */
import { StorageError } from '../errors.ts'
import type { Network } from './networks.ts'
import { httpPost, type Post, TransportFault } from './transport.ts'

export interface EndpointAddress {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface Endpoint {
  /** Host and port: what may be shown of a URL. */
  readonly name: string
  readonly post: Post
  /** Named by the user, or by the configuration: its faults are told, not passed over. */
  readonly isFirst: boolean
  /** Its chain id was asked for. */
  isChecked: boolean
  /** It serves another chain, and is not asked again. */
  isForeign: boolean
  /** Faults in a row. */
  faults: number
  /** Milliseconds since 1970 until which others are asked first; and until which it wants to be left alone. */
  coolUntil: number
  busyUntil: number
  /** The newest epoch that it told. */
  head: number | undefined
  /** It is far behind the others or the clock, or ahead of what can be. */
  isAstray: boolean
}

/** After a fault others come first for a second, for two after the next, up to this. */
const LONGEST_COOL_MS = 60_000

export function endpointsOf(addresses: readonly EndpointAddress[]): Endpoint[] {
  return addresses.map(({ url, headers }, index) => ({
    name: new URL(url).host,
    post: httpPost(url, headers),
    isFirst: index === 0,
    isChecked: false,
    isForeign: false,
    faults: 0,
    coolUntil: 0,
    busyUntil: 0,
    head: undefined,
    isAstray: false,
  }))
}

/** @param tried How often each was asked within this exchange. */
export function nextEndpoint(
  endpoints: readonly Endpoint[],
  tried: ReadonlyMap<Endpoint, number>,
  now: number,
): Endpoint | undefined {
  const rank = (endpoint: Endpoint): number[] => [
    tried.get(endpoint) ?? 0,
    Math.max(0, endpoint.busyUntil - now),
    endpoint.isAstray ? 1 : 0,
    endpoint.coolUntil > now ? 1 : 0,
  ]
  return endpoints
    .filter(({ isForeign }) => !isForeign)
    .toSorted((a, b) => {
      const [first, second] = [rank(a), rank(b)]
      return first.map((value, at) => value - (second[at] ?? 0)).find((d) => d !== 0) ?? 0
    })[0]
}

/** Of what an endpoint may ask for. */
const LONGEST_BUSY_MS = 300_000

export function noteFault(endpoint: Endpoint, fault: TransportFault, now: number): void {
  endpoint.faults += 1
  endpoint.coolUntil = now + Math.min(LONGEST_COOL_MS, 1000 * 2 ** (endpoint.faults - 1))
  // One that wants to be left alone for days is asked again while somebody still waits for it.
  if (fault.retryAfterMs !== undefined)
    endpoint.busyUntil = now + Math.min(LONGEST_BUSY_MS, fault.retryAfterMs)
}

export function noteAnswer(endpoint: Endpoint): void {
  endpoint.faults = 0
  endpoint.coolUntil = 0
  endpoint.busyUntil = 0
}

/**
 * Asks for the chain id, once.
 * @throws UNKNOWN_NETWORK when the first endpoint serves another chain; TransportFault
 * @returns Whether it may be asked.
 */
export async function checkEndpoint(
  endpoint: Endpoint,
  network: Pick<Network, 'name' | 'chainId'>,
  options: Parameters<Post>[1],
): Promise<boolean> {
  if (endpoint.isChecked) return !endpoint.isForeign
  const { answers } = await endpoint.post([{ id: 0, method: 'eth_chainId', params: [] }], options)
  const { result, error } = answers[0] ?? {}
  if (typeof result !== 'string' || !/^0x[0-9a-f]{1,16}$/i.test(result))
    throw new TransportFault('not-json', `it does not tell its chain: ${error?.message ?? result}`)
  endpoint.isForeign = BigInt(result) !== network.chainId
  if (endpoint.isForeign && endpoint.isFirst) throw foreign(endpoint.name, network, BigInt(result))
  endpoint.isChecked = true
  return !endpoint.isForeign
}

function foreign(
  name: string,
  network: Pick<Network, 'name' | 'chainId'>,
  got: bigint,
): StorageError {
  return new StorageError('UNKNOWN_NETWORK', {
    what: `the node ${name} is not one of ${network.name}`,
    expected: `chain ${network.chainId}`,
    got: `chain ${got}`,
    hint: 'Look at the URL of the network in hardhat.config.ts, or name another one with --network.',
  })
}
