/**
 * Opens the network that a task speaks to. Reading needs no key: Hardhat's own connection resolves accounts before its
 * first request, so a node is reached directly, and the key is fetched when something is signed.
 */
import {
  FetchRequest,
  HDNodeWallet,
  JsonRpcProvider,
  Network as EthersNetwork,
  type Provider,
  type Signer,
  Wallet,
} from 'ethers'
import type { HttpNetworkConfig } from 'hardhat/types/config'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import {
  checkChain,
  type Network,
  networkOf,
  networkOfChain,
  NETWORKS,
} from '../src/chain/networks.ts'
import { callNode } from '../src/chain/node.ts'
import { StorageError } from '../src/errors.ts'
import { noKey, unknownNetwork } from './explain.ts'
import { defaults } from './messages.ts'
import type { Run } from './run.ts'

export interface OpenNetwork {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  readonly provider: Provider
  /** The account that signs. Asks for the keystore's password, once. Errors: NO_KEY. */
  signer(): Promise<Signer>
  close(): Promise<void>
}

type Connection = Pick<OpenNetwork, 'provider' | 'signer' | 'close'>

/** A local node makes blocks at once; a public one every 30 s. */
const LOCAL_POLL_MS = 200
const PUBLIC_POLL_MS = 5_000

/**
 * Connects without asking the node anything; `checkNetwork` does. A name always means its chain, whatever the config says.
 * Errors: UNKNOWN_NETWORK.
 */
export async function openNetwork(hre: HardhatRuntimeEnvironment, run: Run): Promise<OpenNetwork> {
  const name = configuredName(hre)
  run.usesNetwork(name)
  const config = hre.config.networks[name]
  if (config === undefined) throw new StorageError(...unknownNetwork(name))
  const { chainId } = config
  if (chainId === undefined) {
    throw new StorageError('UNKNOWN_NETWORK', {
      what: `the network "${name}" has no chainId`,
      hint: 'Add its chainId in hardhat.config.ts.',
    })
  }
  const network = name in NETWORKS ? networkOf(name) : networkOfChain(chainId)
  checkChain(network, chainId)
  const { provider, signer, close } =
    config.type === 'http' ? await overHttp(config, network, run) : await inProcess(hre, name)
  let account: Promise<Signer> | undefined
  return { network, name, provider, close, signer: () => (account ??= signer()) }
}

/** Errors: UNKNOWN_NETWORK when the node serves another chain, NODE_UNREACHABLE. */
export async function checkNetwork(opened: OpenNetwork, run: Run): Promise<void> {
  const { network, name, provider } = opened
  const options = { signal: run.signal, network: name }
  // A provider with a fixed network does not ask the node for it.
  const { send } = provider as Partial<Pick<JsonRpcProvider, 'send'>>
  const chainId = await callNode(
    'its chain id',
    async () =>
      send === undefined
        ? (await provider.getNetwork()).chainId
        : BigInt(String(await send.call(provider, 'eth_chainId', []))),
    options,
  )
  checkChain(network, chainId)
}

/** A network of the config by its name, or a known one by an alias; Calibration unless stated. */
function configuredName(hre: HardhatRuntimeEnvironment): string {
  const wanted = hre.globalOptions.network ?? defaults.network
  return wanted in hre.config.networks ? wanted : networkOf(wanted).name
}

async function overHttp(
  config: HttpNetworkConfig,
  network: Network,
  run: Run,
): Promise<Connection> {
  const request = new FetchRequest(await config.url.getUrl())
  request.timeout = config.timeout
  for (const [header, value] of Object.entries(config.httpHeaders ?? {})) {
    request.setHeader(header, value)
  }
  const staticNetwork = EthersNetwork.from(network.chainId)
  const provider = new JsonRpcProvider(request, staticNetwork, { staticNetwork, batchMaxCount: 1 })
  provider.pollingInterval = network.name === 'localnet' ? LOCAL_POLL_MS : PUBLIC_POLL_MS
  return {
    provider,
    signer: () => signerOf(config.accounts, provider, run),
    close: async () => provider.destroy(),
  }
}

async function inProcess(hre: HardhatRuntimeEnvironment, name: string): Promise<Connection> {
  const { ethers } = await hre.network.getOrCreate(name)
  return {
    provider: ethers.provider,
    signer: async () => {
      const [first] = await ethers.getSigners()
      if (first === undefined)
        throw new StorageError(...noKey(`the network "${name}" has no account`))
      return first
    },
    // Later tasks of this process find the same chain.
    close: async () => {},
  }
}

async function signerOf(
  accounts: HttpNetworkConfig['accounts'],
  provider: JsonRpcProvider,
  run: Run,
): Promise<Signer> {
  if (accounts === 'remote') {
    const [first] = await callNode('which accounts it has', () => provider.listAccounts(), run)
    if (first === undefined)
      throw new StorageError(...noKey('neither the config nor the node has an account'))
    return first
  }
  if (!Array.isArray(accounts)) {
    const [mnemonic, passphrase] = await Promise.all([
      accounts.mnemonic.get(),
      accounts.passphrase.get(),
    ])
    run.hides(mnemonic)
    const path = `${accounts.path}/${accounts.initialIndex}`
    const { privateKey } = HDNodeWallet.fromPhrase(mnemonic, passphrase, path)
    return new Wallet(privateKey, provider)
  }
  const [first] = accounts
  if (first === undefined) throw new StorageError(...noKey('no private key is configured'))
  const key = (await first.get()).trim()
  run.hides(key)
  const [, digits] = /^(?:0x)?([0-9a-f]{64})$/i.exec(key) ?? []
  if (digits === undefined) {
    throw new StorageError(...noKey('the configured private key is not 32 bytes in hexadecimal'))
  }
  return new Wallet(`0x${digits}`, provider)
}
