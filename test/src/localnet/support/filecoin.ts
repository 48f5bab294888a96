import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FilecoinUserConfig } from '../../../../src/localnet/index.ts'
import localnet from '../../../../src/localnet/index.ts'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))

let usual: Promise<HardhatRuntimeEnvironment> | undefined

/** A project that has the plugin and nothing else. Its networks: `own`, and `plain` without a Filecoin. */
export function project(filecoin?: FilecoinUserConfig): Promise<HardhatRuntimeEnvironment> {
  if (filecoin !== undefined) return create(filecoin)
  usual ??= create()
  return usual
}

function create(filecoin?: FilecoinUserConfig): Promise<HardhatRuntimeEnvironment> {
  const own = { type: 'edr-simulated', ...(filecoin === undefined ? {} : { filecoin }) } as const
  const plain = { type: 'edr-simulated', filecoin: false } as const
  return createHardhatRuntimeEnvironment(
    { plugins: [localnet], networks: { own, plain } },
    {},
    ROOT,
  )
}

/** What `hardhat build` made of test/contracts/localnet/support/TestClient.sol. */
export function testClient(): { abi: string[]; bytecode: string } {
  const file = 'artifacts/test/contracts/localnet/support/TestClient.sol/TestClient.json'
  return JSON.parse(readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8')) as {
    abi: string[]
    bytecode: string
  }
}
