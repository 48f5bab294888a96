/** Explorers through @nomicfoundation/hardhat-verify, whose library speaks Blockscout's and Sourcify's APIs. */
import { verifyContract } from '@nomicfoundation/hardhat-verify/verify'
import type { Provider } from 'ethers'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Verifiable } from '../src/flow/verifiable.ts'
import type { Answer, Explorer } from '../src/flow/verify-contracts.ts'

/** Of `@nomicfoundation/hardhat-errors`, HARDHAT_VERIFY.GENERAL. */
const HARDHAT = {
  requestFailed: 80_001,
  statusCode: 80_002,
  missingBytecode: 80_021,
  alreadyVerified: 80_022,
  notAContract: 80_028,
} as const

type Environment = Pick<
  HardhatRuntimeEnvironment,
  'artifacts' | 'config' | 'globalOptions' | 'solidity'
>

/** @param provider Through which the deployed code is read; Hardhat's own connection would ask for the key again. */
export function verifierOf(
  { artifacts, config, globalOptions, solidity }: Environment,
  networkName: string,
  provider: Provider,
): (explorer: Explorer, contract: Verifiable) => Promise<Answer> {
  const node = provider as Provider & { send(method: string, params: unknown[]): Promise<unknown> }
  const connection = {
    networkName,
    provider: {
      request: ({ method, params = [] }: { method: string; params?: unknown[] }) =>
        node.send(method, params),
    },
  }
  const network = { create: async () => connection }
  const hre = { artifacts, config, globalOptions, solidity, network }
  return async (explorer, { address, source, constructorArguments, transaction }) => {
    try {
      await silently(() =>
        verifyContract(
          {
            address,
            contract: source,
            constructorArgs: [...constructorArguments],
            provider: explorer,
            ...(transaction === undefined || explorer !== 'sourcify'
              ? {}
              : { creationTxHash: transaction }),
          },
          hre as unknown as HardhatRuntimeEnvironment,
        ),
      )
      return { kind: 'verified' }
    } catch (error) {
      return answerOf(error)
    }
  }
}

function answerOf(error: unknown): Answer {
  const { number, message } = error as { number?: unknown; message?: unknown }
  const reason = reasonOf(String(message ?? error))
  switch (number) {
    case HARDHAT.alreadyVerified:
      return { kind: 'verified' }
    case HARDHAT.missingBytecode:
    case HARDHAT.notAContract:
    case HARDHAT.requestFailed:
    case HARDHAT.statusCode:
      return { kind: 'later', reason }
    default:
      return { kind: 'refused', reason }
  }
}

/** One line, without Hardhat's number. */
function reasonOf(message: string): string {
  return message
    .replace(/^HHE\d+:\s*/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** The library tells its progress on the console, and offers no other way; ours is told by the flow. */
async function silently<T>(work: () => Promise<T>): Promise<T> {
  const { log } = console
  console.log = () => {}
  try {
    return await work()
  } finally {
    console.log = log
  }
}
