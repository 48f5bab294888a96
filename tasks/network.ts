/**
 * Opens the network that a task speaks to. Reading needs no key: Hardhat's own connection resolves accounts before its
 * first request, so a node is reached directly, and the key is fetched when something is signed.
 */
import { HDNodeWallet, type JsonRpcProvider, type Provider, type Signer, Wallet } from 'ethers'
import type { HttpNetworkConfig } from 'hardhat/types/config'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { FilecoinProvider } from '../src/chain/filecoin-provider.ts'
import { boundGas } from '../src/chain/gas-bound.ts'
import { clockTrouble } from '../src/chain/heads.ts'
import {
  checkChain,
  type Network,
  networkOf,
  networkOfChain,
  NETWORKS,
} from '../src/chain/networks.ts'
import { callNode } from '../src/chain/node.ts'
import { StorageError } from '../src/errors.ts'
import { accountHolder } from './account.ts'
import { endpointsFor } from './endpoints.ts'
import { noKey, unknownNetwork } from './explain.ts'
import { defaults } from './messages.ts'
import type { Run } from './run.ts'
import { mostForGas } from './values.ts'

export interface OpenNetwork {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  readonly provider: Provider
  /** The account that signs. Asks for the keystore's password, once. Errors: NO_KEY. */
  signer(): Promise<Signer>
  /**
   * The same, for a command that decides and then sends: one at a time for each account, until `close` or until the command only
   * waits. What an earlier one signed is mined before. Errors: also IN_USE, DEADLINE.
   */
  sender(): Promise<Signer>
  /** The key was asked for. */
  isSigning(): boolean
  close(): Promise<void>
}

type Connection = Pick<OpenNetwork, 'provider' | 'signer' | 'close'>

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
  const bound = mostForGas(run.env)
  const { provider, signer, close } =
    config.type === 'http' ? await overHttp(config, network, name, run) : await inProcess(hre, name)
  boundGas(provider, bound)
  let account: Promise<Signer> | undefined
  const open = (): Promise<Signer> => (account ??= signer())
  const hold = accountHolder({ provider, network, name, root: hre.config.paths.root, run })
  return {
    network,
    name,
    provider,
    signer: open,
    async sender() {
      const signs = await open()
      await hold.take(await signs.getAddress())
      return signs
    },
    async close() {
      await hold.release()
      await close()
    },
    isSigning: () => account !== undefined,
  }
}

/**
 * Errors: UNKNOWN_NETWORK when the node serves another chain; NODE_UNREACHABLE; CLOCK_OFF and NODE_BEHIND where something is
 * to be signed: who only reads is told.
 */
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
  if (network.genesis === undefined || !(provider instanceof FilecoinProvider)) return
  await callNode('the newest block', () => provider.getBlock('latest'), options)
  const { witness } = provider
  const trouble = witness === undefined ? undefined : clockTrouble(network, witness)
  if (trouble === undefined) return
  if (opened.isSigning()) throw trouble
  run.progress.line(`${trouble.code}: ${trouble.message}`)
}

/** A network of the config by its name, or a known one by an alias; Calibration unless stated. */
function configuredName(hre: HardhatRuntimeEnvironment): string {
  const wanted = hre.globalOptions.network ?? defaults.network
  return wanted in hre.config.networks ? wanted : networkOf(wanted).name
}

async function overHttp(
  config: HttpNetworkConfig,
  network: Network,
  name: string,
  run: Run,
): Promise<Connection> {
  const provider = new FilecoinProvider({
    network,
    endpoints: await endpointsFor(config, network, name, run.env),
    signal: run.signal,
    notice: (text) => run.progress.line(text),
  })
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
    run.hides(privateKey)
    if (passphrase !== '') run.hides(passphrase)
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
