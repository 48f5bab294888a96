import { fileURLToPath } from 'node:url'
import hardhatEthers from '@nomicfoundation/hardhat-ethers'
import hardhatKeystore from '@nomicfoundation/hardhat-keystore'
import hardhatMocha from '@nomicfoundation/hardhat-mocha'
import hardhatVerify from '@nomicfoundation/hardhat-verify'
import { configVariable, defineConfig } from 'hardhat/config'
import { chainDescriptors } from './src/chain/chain-descriptors.ts'
import localnet from './src/localnet/index.ts'
import { tasks } from './tasks/index.ts'
import { seeds, solidityTests } from './test/contracts/invariants/settings.ts'

export default defineConfig({
  plugins: [hardhatEthers, hardhatKeystore, hardhatMocha, hardhatVerify, localnet, seeds],
  tasks,
  solidity: {
    compilers: [
      {
        version: '0.8.30',
        // The compiler comes with `npm ci`; Hardhat downloads nothing.
        path: fileURLToPath(import.meta.resolve('solc/soljson.js')),
        settings: {
          // The FEVM runs everything through Cancun but blob opcodes (builtin-actors evm execution.rs).
          evmVersion: 'cancun',
          optimizer: { enabled: true, runs: 200 },
        },
      },
    ],
  },
  chainDescriptors,
  verify: { etherscan: { enabled: false } },
  paths: { tests: { mocha: './test', solidity: './test/contracts' } },
  test: { solidity: solidityTests },
  networks: {
    // The Filecoin in this process; `npx hardhat localnet` serves it.
    embedded: { type: 'edr-simulated', chainType: 'generic' },
    calibration: {
      type: 'http',
      chainType: 'generic',
      chainId: 314159,
      url: 'https://api.calibration.node.glif.io/rpc/v1',
      accounts: [configVariable('PRIVATE_KEY')],
    },
    filecoin: {
      type: 'http',
      chainType: 'generic',
      chainId: 314,
      url: 'https://api.node.glif.io/rpc/v1',
      accounts: [configVariable('PRIVATE_KEY')],
    },
    localnet: {
      type: 'http',
      chainType: 'generic',
      chainId: 31415926,
      url: process.env['SEALIFT_LOCALNET_URL'] ?? 'http://127.0.0.1:8545',
    },
  },
})
