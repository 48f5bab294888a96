import { expect } from 'chai'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { openPerpetual } from '../../../src/chain/perpetual.ts'
import { StorageError } from '../../../src/errors.ts'
import type { KeepContext } from '../../../src/flow/context.ts'
import type { FlowEvent } from '../../../src/flow/events.ts'
import { examineKept } from '../../../src/flow/examine.ts'
import { listStores } from '../../../src/flow/list-stores.ts'
import { storePiece } from '../../../src/flow/store-piece.ts'
import { FIL, startWorld, type World } from '../../examples/world.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'

const TERM = 1_051_200n
/** The default price: 50,000,000 attoFIL per GiB and epoch. */
const DEFAULT_PRICE = 50_000_000n
const GIB = 1n << 30n

describe('flow/store-piece', function () {
  this.timeout(120_000)
  let world: World
  let context: KeepContext
  const events: FlowEvent[] = []
  before(async () => {
    world = await startWorld()
    const { perpetual, provider, accounts, depot, depotUrl } = world
    const signer = await provider.getSigner(accounts[1])
    context = {
      network: NETWORKS.localnet,
      provider,
      perpetual: openPerpetual(perpetual.address, signer),
      account: await signer.getAddress(),
      depot,
      depotUrl,
      onEvent: (event) => events.push(event),
    }
  })
  after(() => world.stop())

  const file = async (name: string): Promise<string> => {
    const path = join(world.folder, name)
    await writeFile(path, random(300_000, name))
    return path
  }

  it('keeps a file on default terms, funded for a renewal, until all copies are active', async () => {
    const request = { inputs: [await file('a')], policy: {}, wait: true, everyMs: 100 }
    const { stores, purse, ...rest } = await storePiece(request, context)
    expect(rest).to.include({ kind: 'stored', network: 'localnet' })
    const [store] = stores
    expect(store).to.deep.include({
      id: 1,
      account: context.account,
      replicas: 3,
      active: 3,
      open: 0,
      attempts: 1,
      reason: 'healthy',
      cancelled: false,
    })
    // 300,000 bytes and their padding need 512 KiB.
    const perEpoch = (DEFAULT_PRICE * 2n ** 19n + GIB - 1n) / GIB
    const renewal = 3n * perEpoch * TERM + FIL / 50n
    expect(purse).to.deep.include({
      stores: 1,
      free: String(renewal),
      perEpoch: `${3n * perEpoch}`,
    })
    // Two deals one after the other, less the time that has passed.
    expect(store?.runway).to.be.greaterThan(Number(TERM) + 1)
    expect(events.map(({ type }) => type)).to.include.members(['store:sent', 'store:done'])
  })

  it('keeps a piece once, however often it is asked for', async () => {
    const [piece] = await world.depot.list()
    const { stores } = await storePiece({ cid: piece?.pieceCid, policy: {} }, context)
    expect(stores.map(({ id, tx }) => ({ id, tx }))).to.deep.equal([{ id: 1, tx: null }])
    expect(await world.perpetual.storeCount()).to.equal(1)
    await context.perpetual.cancel(1n)
    const again = await storePiece({ cid: piece?.pieceCid, policy: {}, fund: 0n }, context)
    expect(again.stores[0]?.id, 'one that was ended is stored anew').to.equal(2)
  })

  it('lists a store, or those of an account with the ended ones last', async () => {
    const all = await listStores({ account: context.account }, context)
    expect(all.stores.map(({ id, cancelled }) => ({ id, cancelled }))).to.deep.equal([
      { id: 2, cancelled: false },
      { id: 1, cancelled: true },
    ])
    const [piece] = await world.depot.list()
    expect(all.stores[0]).to.deep.include({ root: piece?.root, pieceCid: piece?.pieceCid })
    // The purse pays the renewals of the one that goes on: no other draws on it, so its runway is exact.
    const [goesOn] = all.stores
    expect(all.allUntil).to.equal(goesOn?.fundedUntil)
    const one = await listStores({ id: 1n }, context)
    expect(one).to.not.have.property('allUntil')
    expect(one.stores.map(({ id }) => id)).to.deep.equal([1])
    expect(one.purse).to.deep.equal(all.purse)
    const none = await listStores({ account: world.accounts[8] ?? '' }, context)
    expect(none.stores).to.deep.equal([])
    expect(none.purse).to.deep.include({ client: null, free: '0' })
    await refused('CONTRACT_REFUSED', listStores({ id: 9n }, context))
  })

  it('is warned of a place that serves nothing, and refused where none serves', async () => {
    const [piece] = await world.depot.list()
    if (piece === undefined) throw expect.fail('no piece')
    const { network, provider, depot, account } = context
    const ports = { network, provider, depot, depotUrl: '', option: '' }
    const good = `${context.depotUrl}/piece/${piece.pieceCid}`
    const bad = `${context.depotUrl}/nothing`
    const verdicts = async (...urls: string[]): Promise<string[]> => {
      const found = await examineKept(piece, urls, { ...ports, account: async () => account })
      return found.filter(({ verdict }) => verdict === 'refused').map(({ code }) => code)
    }
    expect(await verdicts(good)).to.deep.equal([])
    expect(await verdicts(good, bad)).to.deep.equal([])
    expect(await verdicts(bad)).to.include('SL-D413')
  })

  it('shows the piece and its URLs to whoever inspects, who may refuse before anything is sent', async () => {
    const seen: unknown[] = []
    const inspected = {
      ...context,
      inspect: async ({ pieceCid }: { pieceCid: string }, urls: readonly string[]) => {
        seen.push(urls)
        expect(urls).to.deep.equal([`https://a.example/piece/${pieceCid}`, 'https://b.example/x'])
        throw new StorageError('WOULD_BE_REFUSED', { what: 'no' })
      },
    }
    const before = await world.perpetual.storeCount()
    const policy = { locations: ['https://a.example/piece/', 'https://b.example/x'] }
    const inputs = [await file('c')]
    await refused('WOULD_BE_REFUSED', storePiece({ inputs, policy }, inspected))
    expect(seen).to.have.length(1)
    expect(await world.perpetual.storeCount()).to.equal(before)
  })

  it('says what the money lacks, and which term is out of bounds, before anything is stored', async () => {
    const other = await world.provider.getSigner(world.accounts[2])
    const poor = {
      ...context,
      perpetual: openPerpetual(world.perpetual.address, other),
      account: await other.getAddress(),
    }
    const inputs = [await file('b')]
    await refused('NO_MONEY', storePiece({ inputs, policy: {}, fund: 1n }, poor))
    await refused('ARGUMENT_INVALID', storePiece({ inputs, policy: { lead: 5_760 } }, poor))
    expect(await world.perpetual.storeCount()).to.equal(2)
  })
})
