/** deployments/<network>/<Contract>.json, with what the scripts of the field read. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TransactionReceipt } from 'ethers'
import {
  type Deployment,
  deploymentPath,
  tryReadDeployment,
  writeDeployment,
} from '../chain/deployments.ts'
import { depotFault } from '../depot/fault.ts'
import type { Contract, DeployOnceOptions } from './deploy-once.ts'

export async function recordedAddress(
  { network, folder }: DeployOnceOptions,
  contract: Contract,
): Promise<string | undefined> {
  return (await tryReadDeployment(folder, network.name, contract))?.address
}

interface Made {
  readonly contract: Contract
  readonly address: string
  readonly constructorArguments: readonly string[]
  /** Undefined when nothing was sent by us. */
  readonly receipt: TransactionReceipt | undefined
}

/** Writes the record, unless it says the same already. */
export async function recordDeployment(
  { network, artifact, signer, folder }: DeployOnceOptions,
  { contract, address, constructorArguments, receipt }: Made,
): Promise<Deployment> {
  const before = await tryReadDeployment(folder, network.name, contract)
  const isSame = before?.address.toLowerCase() === address.toLowerCase()
  if (before !== undefined && isSame && receipt === undefined) return before
  const { abi, bytecode, deployedBytecode, compilerInputHash } = await artifact(contract)
  const record: Deployment = {
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
    ...(receipt === undefined
      ? {}
      : { transactionHash: receipt.hash, receipt: receiptOf(receipt) }),
    args: [...constructorArguments],
    numDeployments: 1,
    solcInputHash: compilerInputHash.replace(/^0x/, ''),
    bytecode,
    ...(deployedBytecode === undefined ? {} : { deployedBytecode }),
  }
  try {
    await writeDeployment(folder, record)
    // hardhat-deploy takes a folder without it for one of another chain.
    await writeFile(join(folder, network.name, '.chainId'), String(network.chainId))
  } catch (error) {
    throw depotFault(error, `write ${deploymentPath(folder, network.name, contract)}`)
  }
  return record
}

function receiptOf(receipt: TransactionReceipt): NonNullable<Deployment['receipt']> {
  return {
    to: receipt.to,
    from: receipt.from,
    contractAddress: receipt.contractAddress,
    transactionIndex: receipt.index,
    gasUsed: String(receipt.gasUsed),
    cumulativeGasUsed: String(receipt.cumulativeGasUsed),
    blockHash: receipt.blockHash,
    blockNumber: receipt.blockNumber,
    transactionHash: receipt.hash,
    logs: receipt.logs.map(({ address, topics, data, index }) => ({
      address,
      topics: [...topics],
      data,
      logIndex: index,
    })),
    status: receipt.status ?? 1,
  }
}
