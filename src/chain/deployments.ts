/**
 * What `deploy` leaves behind: deployments/<network>/<Contract>.json, one contract each. Written to a temporary name and
 * moved, so that a reader never sees half a file.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod/v4'
import { StorageError } from '../errors.ts'

const hex = z.string().regex(/^0x[0-9a-fA-F]*$/)

const schema = z.strictObject({
  contract: z.string(),
  network: z.string(),
  chainId: z.int().positive(),
  address: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
  /** Hash; null for a contract that another contract created in a transaction that is not known. */
  transaction: hex.nullable(),
  /** Epoch. */
  block: z.int().nonnegative().nullable(),
  deployer: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
  constructorArguments: z.array(z.unknown()),
  /** sha-256 of the compiler's input: tells whether the sources have changed since. */
  compilerInputHash: hex,
  abi: z.array(z.unknown()),
  /**
   * What follows is for scripts that read hardhat-deploy's files; older records lack it. Its `metadata` is left out: the compiler is
   * not asked for it, and the sources go to the explorers.
   */
  transactionHash: hex.optional(),
  receipt: z
    .strictObject({
      to: z.string().nullable(),
      from: z.string(),
      contractAddress: z.string().nullable(),
      transactionIndex: z.int(),
      gasUsed: z.string(),
      cumulativeGasUsed: z.string(),
      blockHash: hex,
      blockNumber: z.int(),
      transactionHash: hex,
      logs: z.array(
        z.strictObject({
          address: z.string(),
          topics: z.array(hex),
          data: hex,
          logIndex: z.int(),
        }),
      ),
      status: z.int(),
    })
    .optional(),
  args: z.array(z.unknown()).optional(),
  numDeployments: z.int().optional(),
  /** `compilerInputHash` without 0x. */
  solcInputHash: z.string().optional(),
  bytecode: hex.optional(),
  deployedBytecode: hex.optional(),
})

/** Constructor arguments are JSON values: integers beyond 2^53 as decimal strings. */
export type Deployment = z.infer<typeof schema>

/** @param root The folder `deployments`. */
export function deploymentPath(root: string, network: string, contract: string): string {
  return join(root, network, `${contract}.json`)
}

/** Undefined when there is none. @throws NOT_DEPLOYED when the file is not a deployment of this contract */
export async function tryReadDeployment(
  root: string,
  network: string,
  contract: string,
): Promise<Deployment | undefined> {
  const path = deploymentPath(root, network, contract)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw new StorageError('INPUT_UNREADABLE', { what: `${path} cannot be read`, cause })
  }
  try {
    const deployment = schema.parse(JSON.parse(text))
    if (deployment.contract === contract && deployment.network === network) return deployment
  } catch (cause) {
    throw broken(path, network, cause)
  }
  throw broken(path, network)
}

/** @throws NOT_DEPLOYED */
export async function readDeployment(
  root: string,
  network: string,
  contract: string,
): Promise<Deployment> {
  const deployment = await tryReadDeployment(root, network, contract)
  if (deployment !== undefined) return deployment
  throw new StorageError('NOT_DEPLOYED', {
    what: `${contract} is not deployed on ${network}`,
    expected: deploymentPath(root, network, contract),
    hint: 'Deploy it first; that is done once per network and account.',
    next: `npx hardhat deploy --network ${network}`,
  })
}

/** Returns the path. Replaces what was there. */
export async function writeDeployment(root: string, deployment: Deployment): Promise<string> {
  const path = deploymentPath(root, deployment.network, deployment.contract)
  const temporary = `${path}.${process.pid}.tmp`
  await mkdir(dirname(path), { recursive: true })
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(`${JSON.stringify(schema.parse(deployment), undefined, 2)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  return path
}

function broken(path: string, network: string, cause?: unknown): StorageError {
  return new StorageError('NOT_DEPLOYED', {
    what: `${path} does not describe a deployment`,
    hint: 'Remove the file and deploy again, or restore it from version control.',
    next: `npx hardhat deploy --network ${network}`,
    cause,
  })
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
