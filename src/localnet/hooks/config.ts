/**
 * Configuration of the simulated networks: what makes an EVM more of a Filecoin, unless the project says otherwise.
 */
import type { ConfigHooks } from 'hardhat/types/hooks'
import { EPOCH_SECONDS, filecoinFaults, LOCALNET_CHAIN_ID, resolveFilecoin } from '../config.ts'

/** Hardhat's own chain id counts as none given. */
const HARDHAT_CHAIN_ID = 31337

export default async (): Promise<Partial<ConfigHooks>> => ({
  async validateUserConfig(userConfig) {
    return Object.entries(userConfig.networks ?? {}).flatMap(([name, network]) =>
      network?.type === 'edr-simulated'
        ? filecoinFaults(network.filecoin).map(({ path, message }) => ({
            path: ['networks', name, 'filecoin', ...path],
            message,
          }))
        : [],
    )
  },

  async resolveUserConfig(userConfig, resolveConfigurationVariable, next) {
    const resolved = await next(userConfig, resolveConfigurationVariable)
    for (const [name, network] of Object.entries(resolved.networks)) {
      const user = userConfig.networks?.[name]
      if (network.type !== 'edr-simulated' || user?.type !== 'edr-simulated') continue
      network.filecoin = user.filecoin === false ? false : resolveFilecoin(user.filecoin)
      if (network.filecoin === false) continue
      if (network.chainId === HARDHAT_CHAIN_ID) {
        network.chainId = LOCALNET_CHAIN_ID
        network.networkId = user.networkId ?? LOCALNET_CHAIN_ID
      }
      // What the FEVM runs: through Cancun but blob opcodes (builtin-actors actors/evm/src/interpreter/execution.rs).
      network.hardfork = user.hardfork ?? 'cancun'
      // The epochs before the base epoch have passed: the head is now.
      const age = Number(network.filecoin.baseEpoch) * EPOCH_SECONDS * 1000
      network.initialDate = user.initialDate ?? new Date(Math.max(0, Date.now() - age))
    }
    return resolved
  },
})
