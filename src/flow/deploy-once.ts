/**
 * One contract, deployed once: what is on chain is kept whoever made it, a transaction that was sent before a crash is gone on with
 * instead of sent again. Hardhat Ignition sends and waits; see `ignite`. Writes deployments/<network>/<Contract>.json.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { getCreateAddress, type Signer } from 'ethers'
import type { Clock } from '../chain/clock.ts'
import type { Network } from '../chain/networks.ts'
import { callNode } from '../chain/node.ts'
import { untilSeen } from '../chain/seen.ts'
import { providerOf } from '../chain/send.ts'
import { readSentNote, type SentNote } from '../chain/sent-note.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { lockFolder } from '../journal/lock.ts'
import { recordDeployment, recordedAddress } from './deployment-record.ts'
import type { FlowEvent } from './events.ts'
import { creationModule, ignite, journalFolder, type Module } from './ignite.ts'
import { stillStands } from './sent-before.ts'

export type Contract =
  'DealClientFactory' | 'DealClient' | 'AggregationHub' | 'StoreClientFactory' | 'PerpetualStorage'

export interface Artifact {
  readonly abi: readonly unknown[]
  /** 0x…, creation code. */
  readonly bytecode: string
  /** 0x…, without what the constructor fills in. */
  readonly deployedBytecode?: string
  /** Of the project, such as contracts/DealClient.sol. */
  readonly sourceName?: string
  /** 0x…, sha-256 of what the compiler was given. */
  readonly compilerInputHash: string
}

export interface DeployOnceOptions {
  readonly network: Network
  readonly artifact: (contract: Contract) => Promise<Artifact>
  /** Pays. */
  readonly signer: Signer
  /** The folder `deployments`. */
  readonly folder: string
  /** From the sending of a transaction to its confirmed receipt. */
  readonly deadlineMs?: number | undefined
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: ((event: FlowEvent) => void) | undefined
}

/** One contract: how the chain is asked for it, what makes it, and where it is then. */
export interface Plan {
  readonly contract: Contract
  readonly find: () => Promise<string | undefined>
  readonly module: Module
  /** Where the transaction put it. */
  readonly made: (sent: SentNote) => Promise<string | undefined>
  readonly constructorArguments?: readonly string[]
}

export interface Deployed {
  readonly contract: Contract
  readonly address: string
  /** 0x…; undefined where it is not known, since another tool or machine sent it. */
  readonly transaction: string | undefined
  /** Made by this run, or sent by one before that could not finish. */
  readonly fresh: boolean
}

/**
 * A contract that a transaction to nobody makes. Its constructor takes addresses.
 * @param ask Throws when what is at an address is none.
 */
export function creationOf(
  options: DeployOnceOptions,
  contract: Contract,
  constructorArguments: readonly string[],
  ask: (address: string, signal: AbortSignal | undefined) => Promise<void>,
): Plan {
  const isThere = async (address: string): Promise<boolean> => {
    try {
      await ask(address, options.signal)
      return true
    } catch (error) {
      const other =
        isStorageError(error, 'NOT_DEPLOYED') || isStorageError(error, 'CONTRACT_REFUSED')
      if (!other) throw error
      return false
    }
  }
  return {
    contract,
    constructorArguments,
    // A local chain that was started anew has nothing at the recorded address, or something else.
    find: async () => {
      const address = await recordedAddress(options, contract)
      return address !== undefined && (await isThere(address)) ? address : undefined
    },
    module: creationModule(contract, constructorArguments),
    made: async (sent) => {
      const address = getCreateAddress(sent)
      return (await isThere(address)) ? address : undefined
    },
  }
}

/**
 * @throws NO_KEY, NO_MONEY, TRANSACTION_FAILED, NODE_UNREACHABLE, ABORTED; DEPOT_READ_ONLY and DEPOT_FULL when the folder cannot be
 *   written; IN_USE while another process deploys; DEADLINE when a transaction was sent and is not confirmed yet: call it again
 */
export async function ensure(options: DeployOnceOptions, plan: Plan): Promise<Deployed> {
  const found = await ensureFound(options, plan)
  if (found !== undefined) return found
  // A folder that cannot be written is found before anything is paid for.
  const release = await lockFolder(
    join(options.folder, options.network.name, 'ignition'),
    'deployment',
  )
  try {
    return await ensureAlone(options, plan)
  } finally {
    await release()
  }
}

/** What is on chain. Without a record it may be what a run before sent, and could not write down. */
async function ensureFound(options: DeployOnceOptions, plan: Plan): Promise<Deployed | undefined> {
  const address = await plan.find()
  if (address === undefined) return undefined
  const recorded = await recordedAddress(options, plan.contract)
  const note = readSentNote(journalFolder(options, plan.contract))
  const isOurs = recorded === undefined && note !== undefined
  return finish(options, plan, address, isOurs ? note : undefined, isOurs)
}

async function ensureAlone(options: DeployOnceOptions, plan: Plan): Promise<Deployed> {
  const { contract, module, made } = plan
  const folder = journalFolder(options, contract)
  // Whoever had the lock may have deployed it, and a transaction of a run before may be mined meanwhile.
  const found = await ensureFound(options, plan)
  if (found !== undefined) return found
  let note = readSentNote(folder)
  if (note !== undefined) {
    const isAwaited = (await made(note)) === undefined && (await stillStands(options, note))
    const there = isAwaited ? undefined : await made(note)
    if (there !== undefined) return finish(options, plan, there, note, true)
    if (!isAwaited) note = undefined
  }
  // Nothing was sent from this journal, or nothing can come of it any more.
  if (note === undefined) await rm(folder, { recursive: true, force: true })
  await ignite(options, contract, module, note)
  const sent = readSentNote(folder)
  const look = async (): Promise<string> => {
    const address = sent === undefined ? undefined : await made(sent)
    if (address !== undefined) return address
    throw new StorageError('TRANSACTION_FAILED', {
      what: `the transaction ${sent?.hash} made no ${contract}`,
      hint: 'The chain may have changed under it. Deploy again.',
    })
  }
  const { clock, deadlineMs, signal } = options
  const patience = { clock, deadlineMs, signal }
  const address = await untilSeen(look, ['TRANSACTION_FAILED', 'NOT_DEPLOYED'], patience)
  return finish(options, plan, address, sent, true)
}

async function finish(
  options: DeployOnceOptions,
  { contract, constructorArguments = [] }: Plan,
  address: string,
  sent: SentNote | undefined,
  fresh: boolean,
): Promise<Deployed> {
  const { signer, signal, onEvent } = options
  const hash = sent?.hash ?? undefined
  const receipt =
    hash === undefined
      ? undefined
      : await callNode(`receipt of ${hash}`, () => providerOf(signer).getTransactionReceipt(hash), {
          signal,
        })
  const record = await recordDeployment(options, {
    contract,
    address,
    constructorArguments,
    receipt: receipt ?? undefined,
  })
  onEvent?.({ type: 'deploy:done', contract, address, fresh })
  return { contract, address, transaction: record.transaction ?? undefined, fresh }
}
