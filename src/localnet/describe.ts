/**
 * What tells a localnet from every other chain, Lotus' own devnet of the same chain id included: it answers a method that
 * no other node has.
 */
import { LOCALNET_CHAIN_ID } from './config.ts'
import { ControlError } from './control-error.ts'
import type { Provider } from './provider.ts'
import type { FilecoinConfig } from './types.ts'

export const DESCRIBE_METHOD = 'localnet_describe'

export interface LocalnetDescription {
  version: 1
  /** Ids of the miners, as decimal digits. */
  miners: string[]
}

export function describeLocalnet({ miners }: FilecoinConfig): LocalnetDescription {
  return { version: 1, miners: miners.map(({ id }) => String(id)) }
}

/** @throws ControlError NOT_A_LOCALNET; what the provider throws when it cannot be reached. */
export async function checkLocalnet(provider: Provider): Promise<LocalnetDescription> {
  const chainId = BigInt(String(await provider.request({ method: 'eth_chainId' })))
  if (chainId !== BigInt(LOCALNET_CHAIN_ID)) {
    throw new ControlError(
      'NOT_A_LOCALNET',
      `not a localnet: expected chain ${LOCALNET_CHAIN_ID}, got chain ${chainId}`,
    )
  }
  try {
    const answer = await provider.request({ method: DESCRIBE_METHOD })
    if (isDescription(answer)) return answer
    throw new TypeError(`${DESCRIBE_METHOD} answered ${JSON.stringify(answer)}`)
  } catch (cause) {
    throw new ControlError(
      'NOT_A_LOCALNET',
      `not a localnet: chain ${chainId} does not answer ${DESCRIBE_METHOD}; controls work on no other chain`,
      { cause },
    )
  }
}

function isDescription(answer: unknown): answer is LocalnetDescription {
  return (
    typeof answer === 'object' && answer !== null && 'version' in answer && answer.version === 1
  )
}
