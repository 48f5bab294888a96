/** A compiled contract, with the hash of what the compiler was given. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { StorageError } from '../errors.ts'
import type { Artifact } from './deploy-once.ts'

/** Errors: INTERNAL when Hardhat kept no record of the compilation. */
export async function readArtifact(
  hre: Pick<HardhatRuntimeEnvironment, 'artifacts'>,
  contract: string,
): Promise<Artifact> {
  const { abi, bytecode, deployedBytecode, sourceName, buildInfoId } =
    await hre.artifacts.readArtifact(contract)
  const path = await hre.artifacts.getBuildInfoPath(buildInfoId ?? '')
  if (path === undefined) {
    throw new StorageError('INTERNAL', {
      what: `there is no record of how ${contract} was compiled`,
    })
  }
  const { input } = JSON.parse(await readFile(path, 'utf8')) as { input: unknown }
  const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex')
  return { abi, bytecode, deployedBytecode, sourceName, compilerInputHash: `0x${hash}` }
}
