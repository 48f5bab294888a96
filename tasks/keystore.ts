/** A key that goes into Hardhat's keystore as its own task `keystore set` puts it there, without anybody seeing it. */
import { Wallet } from 'ethers'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { HookContext, UserInterruptionHooks } from 'hardhat/types/hooks'
import { StorageError } from '../src/errors.ts'
import type { Run } from './run.ts'

/** The configuration variable of hardhat.config.ts. */
export const KEY_NAME = 'PRIVATE_KEY'

const PLUGIN = 'hardhat-keystore'

/**
 * Makes a key and stores it; the plugin asks for the password. Returns the address.
 * Errors: TARGET_EXISTS when there is a key and it is not to be overwritten; KEYSTORE_LOCKED (as Hardhat's error).
 */
export async function storeNewKey(
  hre: Pick<HardhatRuntimeEnvironment, 'hooks' | 'tasks'>,
  run: Pick<Run, 'hides'>,
  force: boolean,
): Promise<string> {
  const { privateKey, address } = Wallet.createRandom()
  run.hides(privateKey)
  let isTaken = false
  const handlers: Partial<UserInterruptionHooks> = {
    requestSecretInput: async (
      context: HookContext,
      asker: string,
      question: string,
      next: (context: HookContext, asker: string, question: string) => Promise<string>,
    ) => {
      // The other questions are for the password, which a person answers.
      if (asker !== PLUGIN || !/secret to store/i.test(question))
        return next(context, asker, question)
      isTaken = true
      return privateKey
    },
  }
  hre.hooks.registerHandlers('userInterruptions', handlers)
  try {
    await hre.tasks.getTask(['keystore', 'set']).run({ key: KEY_NAME, force, dev: false })
  } finally {
    hre.hooks.unregisterHandlers('userInterruptions', handlers)
  }
  if (isTaken) return address
  throw new StorageError('TARGET_EXISTS', {
    what: `the keystore has a ${KEY_NAME} already, which is kept`,
    hint: '--force overwrites it: what the old key owns is lost unless you have a copy of it.',
    next: `npx hardhat keystore get ${KEY_NAME}`,
  })
}
