/** Where a provider speaks HTTP, by its own entry on chain; and what it asks for there. */
import type { Provider } from 'ethers'
import { idAddress } from '../bytes/address.ts'
import { minerInfo } from '../chain/lotus.ts'
import type { Network } from '../chain/networks.ts'
import type { Ask } from '../deal/ask.ts'
import { isStorageError } from '../errors.ts'
import type { Endpoint } from './http.ts'
import { currentAsk } from './mk12-client.ts'

/** Of a provider's entry, which may name a hundred: each that does not answer costs a deadline, and may be somebody else's. */
const MOST_ADDRESSES = 3

export interface Reach {
  readonly provider: Provider
  readonly network: Network
  /** Milliseconds for one request to a provider. */
  readonly deadlineMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** The first few, in the order of its entry; or why there is none. @throws NODE_UNREACHABLE, ABORTED */
export async function endpointsOf(
  miner: bigint,
  { provider, network, deadlineMs, signal }: Reach,
): Promise<{ readonly endpoints: readonly Endpoint[]; readonly why: string }> {
  const info = await minerInfo(provider, network, miner, { signal })
  const name = `${network.prefix}0${miner}`
  if (info === undefined) return { endpoints: [], why: `the node knows no miner ${name}` }
  const urls = [...new Set(info.urls)].slice(0, MOST_ADDRESSES)
  const endpoints = urls.map((base) => ({
    base,
    // What runs on a chain of one's own runs on machines of one's own.
    allowPrivateHosts: network.name === 'localnet',
    deadlineMs,
    signal,
  }))
  const why =
    info.multiaddrs.length === 0
      ? `${name} has announced no address on chain`
      : `${name} has announced no HTTP address on chain`
  return { endpoints, why }
}

/** What the provider asks for now; undefined when it tells nothing or cannot be reached. @throws ABORTED */
export async function askOf(miner: bigint, reach: Reach): Promise<Ask | undefined> {
  const { endpoints } = await endpointsOf(miner, reach).catch((error: unknown) => {
    if (isStorageError(error, 'NODE_UNREACHABLE')) return { endpoints: [] }
    throw error
  })
  for (const endpoint of endpoints) {
    const told = await currentAsk(endpoint, miner)
    if (told.kind !== 'told') continue
    const ask = told.value.ask?.ask
    // Another's ask says nothing.
    if (ask === undefined || ask === null || !isOf(ask.miner, miner)) continue
    return {
      pricePerGib: ask.price,
      minPieceSize: ask.minPieceSize,
      maxPieceSize: ask.maxPieceSize,
      source: `GET ${endpoint.base}/market/mk12/ask`,
    }
  }
  return undefined
}

function isOf(address: Uint8Array, miner: bigint): boolean {
  return Buffer.compare(address, idAddress(miner)) === 0
}
