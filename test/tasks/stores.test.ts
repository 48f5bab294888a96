import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import { stores, type StoresPorts } from '../../tasks/stores.ts'
import { topUp, type TopUpPorts } from '../../tasks/top-up.ts'
import { refused } from '../support/refused.ts'
import { actJson, actPlain } from './support/act.ts'
import { ACCOUNT, PERPETUAL, STORES } from './support/stores.ts'

const NONE = { id: undefined, account: undefined }

function rig() {
  const asked: unknown[] = []
  const ports: StoresPorts = {
    network: NETWORKS.calibration,
    name: 'calibration',
    account: async () => ACCOUNT,
    listStores: async (which) => {
      asked.push(which)
      return STORES
    },
  }
  return { asked, ports }
}

describe('tasks/stores', () => {
  it('prints the stores document', async () => {
    const { document } = await actJson(() => stores(NONE, rig().ports))
    expect(document).to.deep.equal(JSON.parse(JSON.stringify(STORES)))
  })

  it('looks at one store, at those of an account, else at those of the signer', async () => {
    const { asked, ports } = rig()
    const other = `0x${'0f'.repeat(20)}`
    await actJson(() => stores({ ...NONE, id: '7' }, ports))
    await actJson(() => stores({ ...NONE, account: other }, ports))
    await actJson(() => stores(NONE, ports))
    expect(asked).to.deep.equal([{ id: 7n }, { account: other }, { account: ACCOUNT }])
    for (const id of ['0', 'x', '-1', '1.5'])
      await refused('ARGUMENT_INVALID', stores({ ...NONE, id }, ports))
    await refused('ARGUMENT_INVALID', stores({ ...NONE, account: '0x12' }, ports))
  })

  it('tells a person the copies, why, what is next and when, and for how long the money lasts', async () => {
    const out = (await actPlain(() => stores(NONE, rig().ports))).out()
    // Genesis of Calibration and 30 s for each epoch.
    expect(out).to.match(/^localnet, epoch 1,000,000 \(2023-10-14 23:33 UTC\)\n/)
    expect(out).to.include('purse    5 FIL free, for 1 store at 150 picoFIL per epoch\n')
    expect(out).to.include('copies  2 of 3 active, 0 published, 1 on offer\n')
    expect(out).to.include('state   awaiting: a proposal waits for providers\n')
    expect(out).to.match(/next    epoch 1,005,761 \(2023-10-16 .* UTC\): providers may take/)
    expect(out).to.match(/runway  1,051,200 epochs, 365 d, until epoch 2,051,200 \(2024-10-1/)
    expect(out).to.match(/all copies of all stores are paid until epoch 1,051,200 \(2023-11-/)
    expect(out).to.include('runway  none: the missing copies cannot be paid\n')
    expect(out).to.include('runway  for ever: keeping it costs nothing\n')
    expect(out).to.include('runway  ended: it is not renewed\n')
  })

  it('counts no more copies than are wanted while a renewal and what it follows both run', async () => {
    const [first] = STORES.stores
    if (first === undefined) throw new Error('there is no store')
    const both = { ...first, active: 6, published: 0, open: 0 }
    const ports = { ...rig().ports, listStores: async () => ({ ...STORES, stores: [both] }) }
    const out = (await actPlain(() => stores(NONE, ports))).out()
    expect(out).to.include('copies  3 of 3 active (3 more until older deals end), 0 published')
  })

  it('names the next command where there are none', async () => {
    const ports = { ...rig().ports, listStores: async () => ({ ...STORES, stores: [] }) }
    const io = await actPlain(() => stores(NONE, ports))
    expect(io.out()).to.include('No stores.\nNext: npx hardhat store --file PATH\n')
  })
})

describe('tasks/top-up', () => {
  it('adds money, and shows what it is good for', async () => {
    const added: unknown[] = []
    const ports: TopUpPorts = {
      network: NETWORKS.localnet,
      perpetual: {
        address: PERPETUAL,
        topUp: async (id, { value, onSent }) => {
          added.push([id, value])
          onSent?.('0x2')
          return { tx: '0x2', block: 1n, receipt: {} as never }
        },
      },
      listStores: async () => STORES,
    }
    const args = { id: '7', amount: '5FIL', yes: false }
    const { document, io } = await actJson((run) => topUp(args, run, ports))
    expect(added).to.deep.equal([[7n, 5n * 10n ** 18n]])
    expect(document).to.include({ kind: 'topped-up', tx: '0x2', contract: PERPETUAL })
    expect(document['store']).to.deep.include({ id: 7, runway: 1_051_200 })
    expect(io.err()).to.include('transaction 0x2')
    await actJson((run) => topUp({ ...args, amount: '5' }, run, ports))
    expect(added, 'an amount without a unit adds nothing').to.have.length(1)
  })
})
