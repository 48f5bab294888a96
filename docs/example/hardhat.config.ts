import { fileURLToPath } from 'node:url'
import hardhatEthers from '@nomicfoundation/hardhat-ethers'
import hardhatMocha from '@nomicfoundation/hardhat-mocha'
import { defineConfig } from 'hardhat/config'
import localnet from 'sealift/localnet'

export default defineConfig({
  plugins: [hardhatEthers, hardhatMocha, localnet],
  solidity: { version: '0.8.30', path: fileURLToPath(import.meta.resolve('solc/soljson.js')) },
})
