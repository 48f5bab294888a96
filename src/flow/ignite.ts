/**
 * One contract through Hardhat Ignition, with a journal of its own in deployments/<network>/ignition/<Contract>. docs/deploying.md
 * says what Ignition does here, and what it leaves to us.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Artifact as IgnitionArtifact,
  buildModule,
  deploy,
  type DeploymentResult,
  DeploymentResultType,
  type IgnitionModule,
  type IgnitionModuleResult,
  trackTransaction,
} from '@nomicfoundation/ignition-core'
import { ignitionProvider, type IgnitionProvider } from '../chain/ignition-provider.ts'
import type { Network } from '../chain/networks.ts'
import { providerOf } from '../chain/send.ts'
import { readSentNote, type SentNote } from '../chain/sent-note.ts'
import { isStorageError, StorageError } from '../errors.ts'
import type { Contract, DeployOnceOptions } from './deploy-once.ts'
import { balanceOf } from './wait-for-funds.ts'

/** What Ignition is told to do. */
export type Module = IgnitionModule<string, string, IgnitionModuleResult<string>>

/** Epochs of 30 s on public networks: forks deeper than two are rare, and what was made is asked again before it is used. */
const PUBLIC = { pollMs: 10_000, confirmations: 3, behindMs: 150_000 }
/** A chain of one node, that makes blocks as they are needed. */
const LOCAL = { pollMs: 200, confirmations: 1, behindMs: 0 }

/** Ignition's own look for a new block; the rhythm is the provider's, whose waits can be interrupted. */
const IGNITION_POLL_MS = 100
/** Longer than any deadline: who gives up is the provider, since Ignition would count a slow transaction as failed for ever. */
const NEVER_MS = 2 ** 40

/** A contract that a transaction to nobody makes. */
export function creationModule(
  contract: Contract,
  constructorArguments: readonly string[],
): Module {
  return buildModule<string, string, IgnitionModuleResult<string>>(contract, (m) => ({
    made: m.contract(contract, [...constructorArguments]),
  }))
}

/** The client of `owner`, which the factory makes. */
export function clientModule(factory: string, owner: string): Module {
  return buildModule<string, string, IgnitionModuleResult<string>>('DealClient', (m) => {
    const made = m.contractAt('DealClientFactory', factory)
    m.call(made, 'createClient', [owner])
    return { made }
  })
}

/** Where the journal of `contract` is. */
export function journalFolder(
  { folder, network }: Pick<DeployOnceOptions, 'folder' | 'network'>,
  contract: Contract,
): string {
  return join(folder, network.name, 'ignition', contract)
}

/**
 * Sends what is not sent yet, and waits until it is confirmed.
 * @param note Of the transaction that was sent before; undefined for a fresh start.
 * @throws NO_MONEY, CONTRACT_REFUSED, TRANSACTION_FAILED, NODE_UNREACHABLE, ABORTED, DEADLINE when it was sent and is not confirmed
 */
export async function ignite(
  options: DeployOnceOptions,
  contract: Contract,
  module: Module,
  note: SentNote | undefined,
): Promise<void> {
  const { signer, signal, network, clock, deadlineMs, onEvent } = options
  const folder = journalFolder(options, contract)
  const owner = await signer.getAddress()
  if (note === undefined) await checkMoney(options, owner, contract)
  const { pollMs, confirmations, behindMs } = rhythmOf(network)
  const provider = ignitionProvider(signer, {
    folder,
    pollMs,
    behindMs,
    clock,
    deadlineMs,
    signal,
    onSent: (tx) => onEvent?.({ type: 'deploy:sent', contract, tx }),
    onWait: (tx) => onEvent?.({ type: 'deploy:waiting', contract, tx, confirmations }),
  })
  let result: DeploymentResult
  try {
    if (note?.hash != null) await track(folder, note.hash, provider)
    result = await interruptible(
      signal,
      deploy({
        artifactResolver: {
          loadArtifact: async (name) => ignitionArtifact(options, name as Contract),
          getBuildInfo: async () => undefined,
        },
        provider,
        deploymentDir: folder,
        ignitionModule: module,
        deploymentParameters: {},
        accounts: [owner],
        defaultSender: owner,
        config: {
          blockPollingInterval: IGNITION_POLL_MS,
          timeBeforeBumpingFees: NEVER_MS,
          maxFeeBumps: 0,
          requiredConfirmations: confirmations,
        },
        disableFeeBumping: true,
      }),
    )
  } catch (error) {
    throw provider.failure() ?? (isStorageError(error) ? error : foreign(error, contract))
  }
  if (result.type === DeploymentResultType.SUCCESSFUL_DEPLOYMENT) return
  // Only what was executed is known to be mined and to have failed, or never to have been sent. Other results come before anything is
  // looked at: what an earlier run sent may be on its way, and is to be found by the next one.
  const isOpen =
    result.type !== DeploymentResultType.EXECUTION_ERROR && readSentNote(folder) !== undefined
  if (!isOpen) await rm(folder, { recursive: true, force: true })
  const hint = isOpen
    ? `What was sent before may be on its way: deploy again when it is mined. If it never is, remove ${folder}.`
    : 'Nothing of it is on its way; deploy again when the reason is gone.'
  throw provider.failure() ?? failed(contract, result, hint)
}

function rhythmOf(network: Network): typeof PUBLIC {
  return network.genesis === undefined ? LOCAL : PUBLIC
}

/** A crash between sending and journal: Ignition would ask a person for the hash, which is in our note. */
async function track(folder: string, hash: string, provider: IgnitionProvider): Promise<void> {
  try {
    await trackTransaction(folder, hash, provider)
  } catch (error) {
    // The journal has it already, which is the usual case.
    if (!isKnownTransaction(error)) throw error
  }
}

/** Of `@nomicfoundation/hardhat-errors`, IGNITION.TRACK_TRANSACTIONS. */
const KNOWN_TRANSACTION = 11304

function isKnownTransaction(error: unknown): boolean {
  return error instanceof Error && 'number' in error && error.number === KNOWN_TRANSACTION
}

async function checkMoney(
  { signer, signal }: DeployOnceOptions,
  owner: string,
  contract: Contract,
): Promise<void> {
  const provider = providerOf(signer)
  const balance = await balanceOf(provider, owner, { signal })
  if (balance > 0n) return
  throw new StorageError('NO_MONEY', {
    what: `the account ${owner} has no FIL to deploy ${contract} with`,
    hint: 'A faucet gives test FIL on Calibration: init-wallet shows some, and waits for the money.',
    next: 'npx hardhat init-wallet',
  })
}

async function ignitionArtifact(
  { artifact }: DeployOnceOptions,
  contract: Contract,
): Promise<IgnitionArtifact> {
  const { abi, bytecode, deployedBytecode = '0x', sourceName = '' } = await artifact(contract)
  return {
    _format: 'hh3-artifact-1',
    contractName: contract,
    sourceName,
    abi: [...abi],
    bytecode,
    deployedBytecode,
    linkReferences: {},
    deployedLinkReferences: {},
  }
}

/** Ignition's own waits cannot be interrupted; its next request is. */
async function interruptible<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const onAbort = (): void =>
    reject(new StorageError('ABORTED', { what: 'the deployment was interrupted' }))
  if (signal?.aborted === true) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  work.catch(() => undefined)
  try {
    return await Promise.race([work, ended])
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
}

function failed(contract: Contract, result: DeploymentResult, hint: string): StorageError {
  const reasons =
    result.type === DeploymentResultType.EXECUTION_ERROR
      ? result.failed.map(({ error }) => error)
      : 'errors' in result
        ? Object.values(result.errors).flat()
        : []
  return new StorageError('TRANSACTION_FAILED', {
    what: `${contract} was not deployed${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`,
    hint,
  })
}

function foreign(error: unknown, contract: Contract): StorageError {
  const message = error instanceof Error ? error.message : String(error)
  return new StorageError('TRANSACTION_FAILED', {
    what: `${contract} is not deployed: ${message.split('\n')[0]}`,
    hint: 'Deploy again: that goes on where it stopped and sends nothing twice.',
    cause: error,
  })
}
