/**
 * The figures of the network from which f05 reckons the collateral of a provider. f04 of the localnet keeps them
 * (contracts/localnet/StoragePowerActor.sol), beside the power of its miners:
 *
 *     minimum = ⌊ size · 1 % · circulating supply / max(raw power, baseline power, size) ⌋
 *
 * Source: builtin-actors actors/market/src/policy.rs.
 */
import { receiptOf } from './messages.ts'
import { actorAddress, POWER_ACTOR_ID, word } from './native.ts'
import type { Provider } from './provider.ts'

export interface NetworkFigures {
  /** attoFIL. */
  circulatingSupply: bigint
  /** Bytes. */
  baselinePower: bigint
  /** Bytes of all sectors that live and are not faulty. */
  rawPower: bigint
}

// First four bytes of keccak256 of the signatures.
/** networkFigures() → (uint256, uint256, uint256) */
const NETWORK_FIGURES = '5e2a7d16'
/** setNetworkFigures(uint256, uint256) */
const SET_NETWORK_FIGURES = 'fe49dd4b'
/** minProviderCollateral(uint64) → uint256 */
const MIN_PROVIDER_COLLATERAL = 'f1b440ee'

/** 2e9 FIL in attoFIL (builtin-actors actors/market/src/policy.rs). */
const MAX_SUPPLY = 2_000_000_000n * 10n ** 18n
const MAX_BASELINE_POWER = 2n ** 128n - 1n
/** f00, whom f04 obeys. Nobody has its key; a simulated network lets one send in its name. */
const SYSTEM_ACTOR = actorAddress(0n)
const SYSTEM_FUNDS = `0x${(10n ** 24n).toString(16)}`
/** More than two words of storage take, less than a small block. */
const GAS = '0x493e0'

/** The figures as they are; as long as nobody set them, those of a main network of 2026. */
export async function networkFigures(provider: Provider): Promise<NetworkFigures> {
  const answer = await ask(provider, NETWORK_FIGURES)
  const [circulatingSupply, baselinePower, rawPower] = [0, 1, 2].map((index) =>
    BigInt(`0x${answer.slice(2 + 64 * index, 66 + 64 * index)}`),
  ) as [bigint, bigint, bigint]
  return { circulatingSupply, baselinePower, rawPower }
}

/**
 * What f05 wants of a provider at least.
 * @param size Padded bytes, below 2^64.
 * @returns attoFIL.
 */
export async function minProviderCollateral(provider: Provider, size: bigint): Promise<bigint> {
  return BigInt(await ask(provider, MIN_PROVIDER_COLLATERAL + word(size)))
}

/**
 * Changes figures of the network, as a chain's do with its years. What is not named stays. The provider must be of a
 * simulated network, whose accounts can be impersonated.
 * @throws RangeError for a supply above 2e9 FIL or a power above 2^128 - 1 bytes; Error if it does not come on chain.
 */
export async function setNetworkFigures(
  provider: Provider,
  figures: { circulatingSupply?: bigint; baselinePower?: bigint },
): Promise<void> {
  const now = await networkFigures(provider)
  const circulatingSupply = figures.circulatingSupply ?? now.circulatingSupply
  const baselinePower = figures.baselinePower ?? now.baselinePower
  requireWithin('circulating supply', circulatingSupply, MAX_SUPPLY, 'attoFIL')
  requireWithin('baseline power', baselinePower, MAX_BASELINE_POWER, 'bytes')
  const data = `0x${SET_NETWORK_FIGURES}${word(circulatingSupply)}${word(baselinePower)}`
  const transaction = { from: SYSTEM_ACTOR, to: actorAddress(POWER_ACTOR_ID), data, gas: GAS }
  await provider.request({ method: 'hardhat_setBalance', params: [SYSTEM_ACTOR, SYSTEM_FUNDS] })
  await provider.request({ method: 'hardhat_impersonateAccount', params: [SYSTEM_ACTOR] })
  try {
    const hash = await provider.request({ method: 'eth_sendTransaction', params: [transaction] })
    const { status } = await receiptOf(provider, String(hash))
    if (status !== '0x1') throw new Error(`f04 refused the figures: transaction ${String(hash)}`)
  } finally {
    await provider.request({ method: 'hardhat_stopImpersonatingAccount', params: [SYSTEM_ACTOR] })
  }
}

async function ask(provider: Provider, input: string): Promise<string> {
  const call = { to: actorAddress(POWER_ACTOR_ID), data: `0x${input}` }
  return String(await provider.request({ method: 'eth_call', params: [call, 'latest'] }))
}

function requireWithin(name: string, value: bigint, max: bigint, unit: string): void {
  if (value < 0n || value > max) {
    throw new RangeError(`${name} of ${value} ${unit}: expected 0 to ${max}`)
  }
}
