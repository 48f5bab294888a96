import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import { StorageError } from '../../src/errors.ts'
import { type GetAddressPorts, showAddress } from '../../tasks/get-address.ts'
import { actJson, actPlain } from './support/act.ts'
import { CLIENT } from './support/documents.ts'

const PORTS: GetAddressPorts = {
  network: NETWORKS.localnet,
  address: async () => CLIENT.address,
  describe: async () => CLIENT,
}
const ADDRESS = {
  version: 1,
  kind: 'address',
  network: 'localnet',
  address: CLIENT.address,
  f4: CLIENT.f4,
  id: CLIENT.id,
}

describe('tasks/get-address', () => {
  it('prints the account in every spelling', async () => {
    const { document } = await actJson((run) => showAddress(run, PORTS))
    expect(document).to.deep.equal(ADDRESS)
  })

  it('needs no node for the spellings that need none', async () => {
    const ports: GetAddressPorts = {
      ...PORTS,
      describe: async () => {
        throw new StorageError('NODE_UNREACHABLE', { what: 'the node does not answer' })
      },
    }
    const { document, io } = await actJson((run) => showAddress(run, ports))
    expect(document).to.deep.equal({ ...ADDRESS, id: null })
    expect(io.err()).to.equal('no actor id: the node does not answer\n')
    expect(io.exitCode()).to.equal(0)
  })

  it('says where test FIL comes from', async () => {
    const ports = { ...PORTS, network: NETWORKS.calibration }
    const io = await actPlain((run) => showAddress(run, ports))
    for (const faucet of NETWORKS.calibration.faucets) expect(io.out()).to.include(faucet)
  })

  it('passes on that there is no key', async () => {
    const ports: GetAddressPorts = {
      ...PORTS,
      address: async () => {
        throw new StorageError('NO_KEY', { what: 'no private key is configured' })
      },
    }
    const { document, io } = await actJson((run) => showAddress(run, ports))
    expect(document).to.include({ code: 'NO_KEY' })
    expect(io.exitCode()).to.equal(1)
  })
})
