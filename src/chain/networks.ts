/**
 * The networks that Sealift knows. Genesis is unix time; an epoch lasts 30 s.
 * @see lotus build/buildconstants/params_{mainnet,calibnet}.go for chain ids and genesis
 */
import { BOOST_START_WINDOW, type StartWindow } from '../deal/terms.ts'
import { StorageError } from '../errors.ts'

export type NetworkName = 'calibration' | 'filecoin' | 'localnet'

export interface Network {
  readonly name: NetworkName
  readonly chainId: bigint
  /** Unix seconds of epoch 0; undefined where every chain starts at a time of its own. */
  readonly genesis: number | undefined
  /** First letter of Filecoin addresses. */
  readonly prefix: 'f' | 't'
  /** Base URLs; undefined for a chain that no explorer shows. */
  readonly explorers: { readonly contracts: string; readonly deals: string } | undefined
  /** Pages that give away test FIL. */
  readonly faucets: readonly string[]
  /** Padded bytes of the largest sector. */
  readonly sectorSize: bigint
  /** Public nodes of JSON-RPC that serve it, the steadiest first. They keep logs of about 2,000 epochs. */
  readonly nodes: readonly string[]
  /** When providers with usual settings let a deal start. */
  readonly startWindow: StartWindow
}

const GIB = 1n << 30n

export const NETWORKS: Readonly<Record<NetworkName, Network>> = {
  calibration: {
    name: 'calibration',
    chainId: 314159n,
    genesis: 1667326380,
    prefix: 't',
    explorers: {
      contracts: 'https://filecoin-testnet.blockscout.com',
      deals: 'https://calibration.filfox.info/en',
    },
    faucets: [
      'https://faucet.calibnet.chainsafe-fil.io',
      'https://forest-explorer.chainsafe.dev/faucet/calibnet',
      'https://beryx.zondax.ch/faucet',
    ],
    sectorSize: 64n * GIB,
    nodes: [
      'https://api.calibration.node.glif.io/rpc/v1',
      'https://filecoin-calibration.chainup.net/rpc/v1',
      'https://rpc.ankr.com/filecoin_testnet',
      'https://filecoin-calibration.drpc.org',
    ],
    startWindow: BOOST_START_WINDOW,
  },
  filecoin: {
    name: 'filecoin',
    chainId: 314n,
    genesis: 1598306400,
    prefix: 'f',
    explorers: {
      contracts: 'https://filecoin.blockscout.com',
      deals: 'https://filfox.info/en',
    },
    faucets: [],
    sectorSize: 64n * GIB,
    nodes: [
      'https://api.node.glif.io/rpc/v1',
      'https://filecoin.chainup.net/rpc/v1',
      'https://rpc.ankr.com/filecoin',
      'https://filecoin.drpc.org',
    ],
    startWindow: BOOST_START_WINDOW,
  },
  localnet: {
    name: 'localnet',
    chainId: 31415926n,
    genesis: undefined,
    prefix: 't',
    explorers: undefined,
    faucets: [],
    sectorSize: 64n * GIB,
    nodes: [],
    // A devnet seals in seconds.
    startWindow: { minLead: 4n, maxLead: BOOST_START_WINDOW.maxLead },
  },
}

const ALIASES: Readonly<Record<string, NetworkName>> = {
  calibnet: 'calibration',
  testnet: 'calibration',
  mainnet: 'filecoin',
  devnet: 'localnet',
}

/** By name or alias. @throws UNKNOWN_NETWORK */
export function networkOf(name: string): Network {
  const network = Object.values(NETWORKS).find((known) => known.name === (ALIASES[name] ?? name))
  if (network !== undefined) return network
  throw unknown('the network is not known', Object.keys(NETWORKS).join(', '), name)
}

/** @throws UNKNOWN_NETWORK */
export function networkOfChain(chainId: bigint | number): Network {
  const network = Object.values(NETWORKS).find((known) => known.chainId === BigInt(chainId))
  if (network !== undefined) return network
  const known = Object.values(NETWORKS).map(({ name, chainId: id }) => `${id} (${name})`)
  throw unknown('the chain is no Filecoin', known.join(', '), BigInt(chainId))
}

/** @throws UNKNOWN_NETWORK when the node serves another chain than `network` */
export function checkChain(network: Network, chainId: bigint | number): void {
  if (BigInt(chainId) !== network.chainId)
    throw unknown(
      `the node is not one of ${network.name}`,
      `chain ${network.chainId}`,
      `chain ${chainId}`,
    )
}

/** Pages of an explorer; undefined where there is none. */
export function addressLink(network: Network, address: string): string | undefined {
  return network.explorers && `${network.explorers.contracts}/address/${address}`
}

export function transactionLink(network: Network, hash: string): string | undefined {
  return network.explorers && `${network.explorers.contracts}/tx/${hash}`
}

export function dealLink(network: Network, dealId: bigint): string | undefined {
  return network.explorers && `${network.explorers.deals}/deal/${dealId}`
}

function unknown(what: string, expected: string, got: string | bigint): StorageError {
  return new StorageError('UNKNOWN_NETWORK', {
    what,
    expected,
    got,
    hint: 'Look at the networks in hardhat.config.ts and name one with --network.',
  })
}
