/** Opens a running localnet for its controls, refuses every other chain, and tells in our codes what an actor refuses. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { toStorageError } from '../src/chain/failure.ts'
import { NETWORKS, type Network } from '../src/chain/networks.ts'
import { type ErrorCode, isStorageError, StorageError } from '../src/errors.ts'
import {
  ActorExit,
  checkLocalnet,
  connectLocalnet,
  ControlError,
  type ControlErrorCode,
  type Provider,
} from '../src/localnet/controls.ts'
import { hints, onNetwork } from './messages.ts'
import { openNetwork } from './network.ts'
import type { Run } from './run.ts'

/** A localnet that is there. */
export interface Localnet {
  readonly provider: Provider
  /** As `--network` names it. */
  readonly name: string
  /** Actor ids. */
  readonly miners: readonly bigint[]
}

/** Errors: UNKNOWN_NETWORK when it is no localnet; NODE_UNREACHABLE; those of `tellControl`. */
export async function withLocalnet<T>(
  hre: HardhatRuntimeEnvironment,
  run: Run,
  use: (localnet: Localnet) => Promise<T>,
): Promise<T> {
  const { network, name, close } = await openNetwork(hre, run)
  try {
    // The configuration says so already: nothing is asked of a public node.
    if (network.name !== 'localnet') throw notALocalnet(network, name)
    const provider = await providerOf(hre, name, run)
    return await tellControl(name, async () => {
      const { miners } = await checkLocalnet(provider)
      return use({ provider, name, miners: miners.map(BigInt) })
    })
  } finally {
    await close()
  }
}

/** Errors: UNKNOWN_NETWORK, CONTRACT_REFUSED, EPOCH_PAST, ARGUMENT_INVALID, PROPOSAL_NOT_FOUND, NODE_UNREACHABLE. */
export async function tellControl<T>(name: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (isStorageError(error)) throw error
    if (error instanceof ControlError) throw ofControl(error, name)
    if (error instanceof ActorExit) throw ofExit(error, name)
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw toStorageError(error, 'the control of the localnet', name)
  }
}

/** `t01000`, as the localnet prints it. */
export function minerName(id: bigint): string {
  return `${NETWORKS.localnet.prefix}0${id}`
}

async function providerOf(
  hre: HardhatRuntimeEnvironment,
  name: string,
  { signal }: Run,
): Promise<Provider> {
  const config = hre.config.networks[name]
  return config?.type === 'http'
    ? connectLocalnet(await config.url.getUrl(), { signal })
    : (await hre.network.getOrCreate(name)).provider
}

function notALocalnet(network: Network, name: string): StorageError {
  return new StorageError('UNKNOWN_NETWORK', {
    what: `the network "${name}" is not a localnet`,
    expected: `chain ${NETWORKS.localnet.chainId}`,
    got: `chain ${network.chainId}`,
    hint: hints.onlyLocalnet,
    next: `npx hardhat localnet`,
  })
}

const MEANING: Readonly<
  Record<ControlErrorCode, { readonly code: ErrorCode; readonly hint?: string; next?: string }>
> = {
  NOT_A_LOCALNET: {
    code: 'UNKNOWN_NETWORK',
    hint: hints.onlyLocalnet,
    next: 'npx hardhat localnet',
  },
  DEAL_ACTIVE: { code: 'CONTRACT_REFUSED', hint: hints.heldProviders },
  DEAL_NOT_ACTIVE: { code: 'CONTRACT_REFUSED' },
  START_PASSED: { code: 'EPOCH_PAST' },
  MINER_UNKNOWN: { code: 'ARGUMENT_INVALID' },
  WORKER_UNKNOWN: { code: 'ARGUMENT_INVALID' },
  CLIENT_REFUSED: { code: 'PROPOSAL_NOT_FOUND' },
}

function ofControl(error: ControlError, name: string): StorageError {
  const { code, hint, next = `npx hardhat deals${onNetwork(name)}` } = MEANING[error.code]
  return new StorageError(code, {
    what: error.message,
    ...(hint === undefined ? {} : { hint }),
    next,
    cause: error,
  })
}

/** builtin-actors: no such deal yet, and a deal that is over. */
const WHY: ReadonlyMap<number, string> = new Map([
  [17, hints.dealUnknown],
  [32, hints.dealOver],
])

function ofExit(error: ActorExit, name: string): StorageError {
  const hint = WHY.get(error.exitCode)
  return new StorageError('CONTRACT_REFUSED', {
    what: `an actor ended the message with ${error.message}`,
    ...(hint === undefined ? {} : { hint }),
    next: `npx hardhat deals${onNetwork(name)}`,
    cause: error,
  })
}
