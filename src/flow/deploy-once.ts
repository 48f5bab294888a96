/**
 * One contract, deployed once: what is on chain is kept, and a transaction that was sent before a crash is waited for instead of sent
 * again. Writes deployments/<network>/<Contract>.json.
 */
import { writeFileSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AbiCoder, concat, type Signer, type TransactionReceipt } from 'ethers'
import { deploymentPath, tryReadDeployment, writeDeployment } from '../chain/deployments.ts'
import type { Network } from '../chain/networks.ts'
import { callNode } from '../chain/node.ts'
import { providerOf, send, type SendOptions, type Sent, waitForReceipt } from '../chain/send.ts'
import { depotFault } from '../depot/fault.ts'
import { errnoOf } from '../depot/files.ts'
import { isStorageError, StorageError } from '../errors.ts'
import type { FlowEvent } from './events.ts'

type Contract =
  'DealClientFactory' | 'DealClient' | 'AggregationHub' | 'StoreClientFactory' | 'PerpetualStorage'

export interface Artifact {
  readonly abi: readonly unknown[]
  /** 0x…, creation code. */
  readonly bytecode: string
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
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: ((event: FlowEvent) => void) | undefined
}

/** One contract: how the chain is asked for it, what makes it, and where it is then. */
export interface Plan {
  readonly contract: Contract
  readonly find: () => Promise<string | undefined>
  readonly send: (options: SendOptions) => Promise<Sent>
  readonly made: (receipt: TransactionReceipt) => Promise<string | undefined>
  readonly constructorArguments?: readonly string[]
}

export interface Deployed {
  readonly contract: Contract
  readonly address: string
  /** Made by this run. */
  readonly fresh: boolean
}

/**
 * A contract that a transaction to nobody makes. Its constructor takes addresses.
 * @param ask Throws when what is at the recorded address is none.
 */
export function creationOf(
  options: DeployOnceOptions,
  contract: Contract,
  constructorArguments: readonly string[],
  ask: (address: string, signal: AbortSignal | undefined) => Promise<void>,
): Plan {
  return {
    contract,
    find: () => recorded(options, contract, ask),
    send: async (sending) => {
      const { bytecode } = await options.artifact(contract)
      const types = constructorArguments.map(() => 'address')
      const values = AbiCoder.defaultAbiCoder().encode(types, constructorArguments)
      return send(
        options.signer,
        { data: concat([bytecode, values]) },
        `deploy ${contract}`,
        sending,
      )
    },
    made: async ({ contractAddress }) => contractAddress ?? undefined,
    constructorArguments,
  }
}

/**
 * @throws NO_KEY, NO_MONEY, TRANSACTION_FAILED, NODE_UNREACHABLE, ABORTED; DEPOT_READ_ONLY and DEPOT_FULL when the folder cannot be
 *   written; DEADLINE when a transaction was sent and is not mined yet: call it again
 */
export async function ensure(options: DeployOnceOptions, plan: Plan): Promise<Deployed> {
  const { contract } = plan
  const { onEvent } = options
  const found = await plan.find()
  if (found !== undefined) {
    await record(options, plan, found)
    await rm(notePath(options, contract), { force: true })
    onEvent?.({ type: 'deploy:done', contract, address: found, fresh: false })
    return { contract, address: found, fresh: false }
  }
  const receipt = await sendOnce(options, plan)
  const address = await plan.made(receipt)
  if (address === undefined)
    throw new StorageError('TRANSACTION_FAILED', {
      what: `the transaction ${receipt.hash} made no ${contract}`,
    })
  await record(options, plan, address, receipt)
  await rm(notePath(options, contract), { force: true })
  onEvent?.({ type: 'deploy:done', contract, address, fresh: true })
  return { contract, address, fresh: true }
}

/** The hash is on disk before the wait begins; a later run waits for that transaction, unless it failed. */
async function sendOnce(options: DeployOnceOptions, plan: Plan): Promise<TransactionReceipt> {
  const { signer, signal, onEvent } = options
  const { contract } = plan
  const note = notePath(options, contract)
  const earlier = await readNote(note)
  if (earlier !== undefined && (await isKnown(options, earlier))) {
    const receipt = await waitForReceipt(providerOf(signer), earlier, { signal })
    if (receipt.status !== 0) return receipt
  }
  // A folder that cannot be written is found before anything is paid for.
  await openNote(note)
  const { receipt } = await plan.send({
    signal,
    onSent: (tx) => {
      writeFileSync(note, tx, { flush: true })
      onEvent?.({ type: 'deploy:sent', contract, tx })
    },
  })
  return receipt
}

/** Writes the record, unless it says the same already. */
async function record(
  { network, artifact, signer, folder }: DeployOnceOptions,
  { contract, constructorArguments = [] }: Plan,
  address: string,
  receipt?: TransactionReceipt,
): Promise<void> {
  const before = await tryReadDeployment(folder, network.name, contract)
  if (before?.address.toLowerCase() === address.toLowerCase() && receipt === undefined) return
  const { abi, compilerInputHash } = await artifact(contract)
  const written = writeDeployment(folder, {
    contract,
    network: network.name,
    chainId: Number(network.chainId),
    address,
    transaction: receipt?.hash ?? null,
    block: receipt?.blockNumber ?? null,
    deployer: await signer.getAddress(),
    constructorArguments: [...constructorArguments],
    compilerInputHash,
    abi: [...abi],
  })
  await written.catch((error: unknown) => {
    throw depotFault(error, `write ${deploymentPath(folder, network.name, contract)}`)
  })
}

/** The recorded contract, if this chain has it: a local chain that was started anew has nothing there, or something else. */
async function recorded(
  { network, folder, signal }: DeployOnceOptions,
  contract: Contract,
  ask: (address: string, signal: AbortSignal | undefined) => Promise<void>,
): Promise<string | undefined> {
  const known = await tryReadDeployment(folder, network.name, contract)
  if (known === undefined) return undefined
  try {
    await ask(known.address, signal)
    return known.address
  } catch (error) {
    if (isStorageError(error, 'NOT_DEPLOYED') || isStorageError(error, 'CONTRACT_REFUSED'))
      return undefined
    throw error
  }
}

async function isKnown({ signer, signal }: DeployOnceOptions, tx: string): Promise<boolean> {
  const look = (): Promise<unknown> => providerOf(signer).getTransaction(tx)
  return (await callNode('transaction', look, { signal })) !== null
}

function notePath({ folder, network }: DeployOnceOptions, contract: Contract): string {
  return join(folder, network.name, `.${contract}.sent`)
}

async function openNote(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, '')
  } catch (error) {
    throw depotFault(error, `write in ${dirname(path)}`)
  }
}

/** Undefined also for a note that a crash left without a whole hash. */
async function readNote(path: string): Promise<string | undefined> {
  try {
    return /^0x[0-9a-f]{64}$/.exec(await readFile(path, 'utf8'))?.[0]
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}
