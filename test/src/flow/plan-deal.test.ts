import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { INTERFACE } from '../chain/fake-node.ts'
import type { Ask } from '../../../src/deal/ask.ts'
import type { Depot } from '../../../src/depot/depot.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { StorageError } from '../../../src/errors.ts'
import type { FlowContext } from '../../../src/flow/context.ts'
import { makeDeal } from '../../../src/flow/make-deal.ts'
import { type DealPlan, planDeal, type PlanRequest } from '../../../src/flow/plan-deal.ts'
import { planDocument } from '../../../src/flow/plan-document.ts'
import { refused } from '../../support/refused.ts'
import { FakeClient } from './fake-client.ts'

/** 180 days in epochs. */
const DURATION = 518_400n
/** attoFIL per GiB and epoch that makes 1 attoFIL for 256 bytes. */
const PER_256 = 2n ** 22n

/** Of a piece of 256 padded bytes. */
function ask(pricePerGib: bigint, change: Partial<Ask> = {}): Ask {
  return { pricePerGib, minPieceSize: 128n, maxPieceSize: 2n ** 35n, source: 'a test', ...change }
}

function asking(asks: Record<string, Ask>): Partial<FlowContext> {
  return { askOf: async (id) => asks[String(id)] }
}

function priceOf({ pieces: [only] }: DealPlan): bigint | undefined {
  return only?.offer?.terms.pricePerEpoch
}

describe('planDeal', () => {
  let folder: string
  let input: string
  let depot: Depot
  let client: FakeClient

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-plan-'))
    input = join(folder, 'file')
    await writeFile(input, 'x'.repeat(100))
    depot = await openDepot(join(folder, 'depot'))
    client = new FakeClient()
  })
  afterEach(() => rm(folder, { recursive: true }))

  function plan(request: PlanRequest, change: Partial<FlowContext> = {}): Promise<DealPlan> {
    const wishes = { inputs: [input], durationEpochs: DURATION, ...request }
    return planDeal(wishes, { ...client.context(depot), ...change })
  }

  it('pays what the dearest of the named providers asks', async () => {
    const asks = asking({ 1000: ask(PER_256 * 20n), 1001: ask(PER_256 * 30n) })
    expect(priceOf(await plan({ providers: [1000n, 1001n] }, asks))).to.equal(30n)
    expect(priceOf(await plan({ providers: [1000n] }, asks))).to.equal(20n)
  })

  it('takes the usual ask for a named provider that tells none, and without a name', async () => {
    // 50·10^6 · 256 / 2^30 = 11.9…
    const asks = asking({ 1000: ask(PER_256) })
    expect(priceOf(await plan({ providers: [1000n, 1001n] }, asks))).to.equal(12n)
    expect(priceOf(await plan({}, asks))).to.equal(12n)
  })

  it('takes no ask far above what is usual, unless price or limit were said', async () => {
    // Eight times the usual ask.
    const asks = asking({ 1000: ask(400_000_000n) })
    await refused('COST_TOO_HIGH', plan({ providers: [1000n] }, asks))
    expect(priceOf(await plan({ providers: [1000n], pricePerEpoch: 96n }, asks))).to.equal(96n)
    const limited = await plan({ providers: [1000n], maxTotal: 10n ** 18n }, asks)
    // 4·10^8 · 256 / 2^30 = 95.4
    expect(priceOf(limited)).to.equal(96n)
  })

  it('keeps an own price, and tells who will refuse it', async () => {
    const asks = asking({ 1000: ask(PER_256 * 20n), 1001: ask(PER_256 * 5n) })
    const cheap = await plan({ providers: [1000n, 1001n], pricePerEpoch: 19n }, asks)
    expect(priceOf(cheap)).to.equal(19n)
    expect(cheap.notes).to.deep.equal([
      'f01000 asks for 20 attoFIL per epoch and will refuse 19 attoFIL (a test)',
    ])
    const enough = await plan({ providers: [1000n, 1001n], pricePerEpoch: 20n }, asks)
    expect(enough.notes).to.deep.equal([])
  })

  it('tells who takes no piece of this size', async () => {
    const asks = asking({ 1000: ask(PER_256, { minPieceSize: 2n ** 30n }) })
    const { notes } = await plan({ providers: [1000n] }, asks)
    expect(notes).to.deep.equal([
      'f01000 takes pieces of 1 GiB to 32 GiB and will refuse one of 256 B (a test)',
    ])
  })

  it('passes the notes on while it makes the deal', async () => {
    const notes: string[] = []
    const context = {
      ...client.context(depot),
      ...asking({ 1000: ask(PER_256 * 20n) }),
      onEvent: (event: { type: string; text?: string }) => {
        if (event.type === 'plan:note') notes.push(event.text ?? '')
      },
    }
    await makeDeal({ inputs: [input], providers: [1000n], pricePerEpoch: 1n }, context)
    expect(notes).to.have.length(1)
  })

  it('reads prices by size and time, and finds the proposal that was made with one', async () => {
    // 1 attoFIL per 256 bytes and epoch, said for a GiB and a day of 2880 epochs.
    const price = { attoFil: PER_256 * 2880n * 7n, bytes: 2n ** 30n, seconds: 86_400n }
    const request = { inputs: [input], durationEpochs: DURATION, price }
    expect(priceOf(await plan({ price }))).to.equal(7n)
    await makeDeal(request, client.context(depot))
    const again = await plan({ price })
    expect(again.pieces[0]?.found?.pricePerEpoch).to.equal(7n)
    const dearer = { ...price, attoFil: price.attoFil + 1n }
    expect(priceOf(await plan({ price: dearer }))).to.equal(8n)
  })

  it('refuses more than the limit before anything is sent, but repeats what was made', async () => {
    const limit = 3n * 100n * DURATION
    const request = { pricePerEpoch: 100n, replicas: 3, maxTotal: limit - 1n }
    const wishes = { inputs: [input], durationEpochs: DURATION }
    await refused('COST_TOO_HIGH', makeDeal({ ...wishes, ...request }, client.context(depot)))
    expect(client.proposed).to.deep.equal([])
    await makeDeal({ ...wishes, ...request, maxTotal: limit }, client.context(depot))
    expect(client.proposed).to.have.length(1)
    const { pieces } = await plan(request)
    expect(pieces[0]?.offer).to.equal(undefined)
  })

  it('refuses an id that is not a provider before it prepares anything, and a node that cannot tell stops nothing', async () => {
    const unknown = new Error('failed to load miner actor f07: not a miner')
    client.node.rpc['Filecoin.StateMinerInfo'] = ([id]) => {
      if (id === 't07') throw unknown
      return {}
    }
    const error = await refused('PROVIDER_UNKNOWN', plan({ providers: [1000n, 7n] }))
    expect(error.message).to.include('t07 is not a storage provider of localnet')
    expect(error.next).to.equal('npx hardhat providers --network localnet')
    expect(await depot.list()).to.deep.equal([])
    delete client.node.rpc['Filecoin.StateMinerInfo']
    await plan({ providers: [7n] })
  })

  describe('as a document', () => {
    beforeEach(() => {
      const provider = client.node.provider as unknown as Record<string, unknown>
      provider['getBalance'] = async () => 10n ** 18n
      provider['estimateGas'] = async () => 1_000_000n
    })

    it('has the very call that would be sent, with what it costs', async () => {
      client.announced.set('t01000', 9000)
      client.available = 100n * DURATION
      const request = {
        inputs: [input],
        pricePerEpoch: 100n,
        durationEpochs: DURATION,
        clientCollateral: 7n,
        replicas: 2,
        providers: [1000n, 1001n],
        startEpoch: 4000n,
      }
      const context = client.context(depot)
      const shown = await planDocument(await planDeal(request, context), context, 10n ** 18n)
      const [piece] = shown.pieces
      const { transaction, proposal } = piece?.offer ?? {}
      expect(proposal).to.deep.include({
        verifiedDeal: false,
        provider: null,
        startEpoch: 4000,
        endEpoch: 522_400,
        storagePricePerEpoch: '100',
        clientCollateral: '7',
      })
      expect(shown.total).to.deep.equal({
        cost: String(2n * (100n * DURATION + 7n)),
        value: String(100n * DURATION + 14n),
        // 105 % of the estimate at 300 attoFIL
        gas: String(1_050_000n * 300n),
        max: String(10n ** 18n),
      })
      expect(piece?.pushes).to.deep.equal([
        { provider: 'f01000', url: 'http://127.0.0.1:9000/market/mk12/store' },
        { provider: 'f01001', url: null },
      ])
      expect(client.proposed).to.deep.equal([])

      await makeDeal(request, context)
      const [sent] = client.proposed
      const call = INTERFACE.parseTransaction({ data: transaction?.data ?? '' })
      expect(call?.name).to.equal('propose')
      expect(transaction?.value).to.equal(String(sent?.value))
      expect(call?.args[0].label).to.equal(sent?.terms.label)
      expect(call?.args[0].extra_params.location_ref).to.equal(sent?.terms.url)
      expect(call?.args[0].storage_price_per_epoch).to.equal(100n)
      expect(call?.args[1]).to.equal(2n)
      expect([...(call?.args[2] ?? [])]).to.deep.equal([1000n, 1001n])
    })

    it('says why the node estimates no gas, and who would refuse the plan', async () => {
      const provider = client.node.provider as unknown as Record<string, unknown>
      provider['estimateGas'] = async () => {
        throw new Error('insufficient funds for gas')
      }
      const context = {
        ...client.context(depot),
        inspect: async () => {
          throw new StorageError('URL_INVALID', { what: 'nobody reaches it' })
        },
      }
      const shown = await planDocument(await plan({}), context)
      expect(shown.pieces[0]?.offer?.transaction.gas).to.equal(null)
      expect(shown.pieces[0]?.offer?.transaction.gasUnknown).to.include('cannot pay')
      expect(shown.total.gas).to.equal(null)
      expect(shown.refusal).to.deep.equal({
        code: 'URL_INVALID',
        message: 'nobody reaches it',
        hint: null,
        next: null,
      })
    })
  })
})
