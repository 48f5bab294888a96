/** The project's configuration, with a key of one's own on the localnet too, as public networks have it. */
import { configVariable } from 'hardhat/config'
import config from '../../../hardhat.config.ts'

export default {
  ...config,
  networks: {
    ...config.networks,
    localnet: { ...config.networks?.['localnet'], accounts: [configVariable('PRIVATE_KEY')] },
  },
}
