/**
 * The localnet: a Hardhat plugin that makes every simulated network a Filecoin. Contracts that call built-in actors run on it
 * unmodified; the actors stand at their real addresses and speak the real CBOR.
 *
 *     // hardhat.config.ts
 *     import localnet from 'sealift/localnet'
 *     export default defineConfig({ plugins: [localnet] })
 */
import type { HardhatPlugin } from 'hardhat/types/plugins'

export * from './controls.ts'
export * from './network-figures.ts'
export { ethAddress, formatAddress, idAddress, parseAddress } from './address.ts'
export * from './native.ts'
export * from './miner-messages.ts'
export { serveLocalnet, type ServeOptions, type ServedLocalnet } from './serve.ts'
export type { FilecoinConfig, FilecoinUserConfig, MinerConfig, MinerUserConfig } from './types.ts'

const localnet: HardhatPlugin = {
  id: 'filecoin-localnet',
  hookHandlers: {
    config: () => import('./hooks/config.ts'),
    network: () => import('./hooks/network.ts'),
  },
}

export default localnet
