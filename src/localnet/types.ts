/**
 * What a project writes in `hardhat.config.ts` to shape its Filecoin, and what the plugin makes of it.
 */

/** One storage miner. Everything has a default. */
export interface MinerUserConfig {
  /** f05 and f04 know it by this number. Default: 1000, 1001, … in the order of the list. */
  id?: bigint | number
  /** 0x address. Default: the last account of the network for the first miner, the one before for the second, … */
  worker?: string
  /** 0x address. Default: the worker. */
  owner?: string
  /** Bytes of a sector: 2048, 8 MiB, 512 MiB, 32 GiB or 64 GiB. Default: 32 GiB. */
  sectorSize?: bigint | number
  /** Binary multiaddrs as 0x hex. Default: none; a worker can set them later. */
  multiaddrs?: string[]
}

export interface FilecoinUserConfig {
  /** Epoch at which the network stands when it is created. Default: 1,000,000. */
  baseEpoch?: bigint | number
  /** Default: two miners, f01000 and f01001. */
  miners?: MinerUserConfig[]
}

export interface MinerConfig {
  id: bigint
  worker?: string
  owner?: string
  sectorSize: bigint
  multiaddrs: string[]
}

export interface FilecoinConfig {
  baseEpoch: bigint
  miners: MinerConfig[]
}

declare module 'hardhat/types/config' {
  interface EdrNetworkUserConfig {
    /** The network's Filecoin; `false` leaves it a plain EVM. */
    filecoin?: FilecoinUserConfig | false
  }
  interface EdrNetworkConfig {
    filecoin: FilecoinConfig | false
  }
}
