/** What Hardhat and its plugins are told of Filecoin's chains, which it does not know itself: `chainDescriptors` of hardhat.config.ts. */
import { NETWORKS, type NetworkName } from './networks.ts'

export interface ChainDescriptor {
  readonly name: string
  readonly chainType: 'generic'
  readonly blockExplorers: {
    readonly blockscout: { readonly name: string; readonly url: string; readonly apiUrl: string }
  }
}

/** By chain id. */
export const chainDescriptors: Readonly<Record<string, ChainDescriptor>> = {
  ...descriptorOf('filecoin', 'Filecoin'),
  ...descriptorOf('calibration', 'Filecoin Calibration'),
}

function descriptorOf(network: NetworkName, name: string): Record<string, ChainDescriptor> {
  const { chainId, explorers } = NETWORKS[network]
  if (explorers === undefined) return {}
  const url = explorers.contracts
  const blockscout = { name: 'Blockscout', url, apiUrl: `${url}/api` }
  return { [String(chainId)]: { name, chainType: 'generic', blockExplorers: { blockscout } } }
}
