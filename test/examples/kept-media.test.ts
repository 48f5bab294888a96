/** A collection, as artist, collectors and thieves meet it. */
import { expect } from 'chai'
import { type Contract, getAddress, Interface } from 'ethers'
import type { StoredPiece } from '../../src/prepare/sink.ts'
import {
  act,
  ask,
  asPiece,
  asPolicy,
  COPIES,
  FIL,
  reverts,
  startWorld,
  TERM,
  termCost,
  type World,
} from './world.ts'

const ARTIST = 1
const COLLECTOR = 2
/** Two deals after another: the second begins before the first ends. */
const FUNDED = 1_000_000n

describe('examples/KeptMedia', function () {
  this.timeout(120_000)
  let world: World
  let media: Contract
  let works: readonly StoredPiece[]
  before(async () => {
    world = await startWorld()
    const { perpetual, policy } = world
    const values = ['Kept', 'KEPT', perpetual.address, asPolicy(policy), FUNDED]
    media = await world.deploy(ARTIST, 'KeptMedia', values)
    works = [await world.piece('dawn'), await world.piece('noon'), await world.piece('dusk')]
  })
  after(() => world.stop())

  const as = async (account: number): Promise<Contract> =>
    media.connect(await world.provider.getSigner(world.accounts[account])) as Contract
  const does = async (account: number, method: string, ...values: unknown[]): Promise<void> =>
    act(await as(account), method, ...values)
  const refuses = async (error: string, account: number, method: string, ...values: unknown[]) =>
    reverts(media, error, does(account, method, ...values))
  const price = (): Promise<bigint> => ask<bigint>(media, 'priceOf', works[0]?.pieceSize)
  const work = (index: number): unknown[] => asPiece(works[index] as StoredPiece)

  it('asks for what is funded at the ceiling: two terms, and a keeper between them', async () => {
    // The ceiling is twice the first offer.
    const [piece] = works as [StoredPiece]
    const ceiling = (100_000_000n * BigInt(piece.pieceSize) + (1n << 30n) - 1n) >> 30n
    const deals = 2n * BigInt(COPIES) * ceiling * BigInt(TERM)
    expect(await price()).to.equal(deals + world.policy.maxPay)
  })

  it('stores nothing that the artist did not offer, or that is not paid', async () => {
    await refuses('WorkNotOffered', COLLECTOR, 'mint', work(0), { value: FIL })
    await refuses('OwnableUnauthorizedAccount', COLLECTOR, 'offer', [work(0)])
    await does(ARTIST, 'offer', [work(0), work(1), work(2)])
    await refuses('PaidTooLittle', COLLECTOR, 'mint', work(0), { value: (await price()) - 1n })
    expect(await world.perpetual.storeCount()).to.equal(0)
  })

  it('stores a work when it is minted, and names it by its root', async () => {
    await does(COLLECTOR, 'mint', work(0), { value: await price() })
    expect(await ask(media, 'ownerOf', 1n)).to.equal(getAddress(world.accounts[COLLECTOR] ?? ''))
    expect(await ask(media, 'tokenURI', 1n)).to.equal(`ipfs://${works[0]?.root}`)
    await world.untilActive(1n)
    expect((await world.perpetual.runway(1n)) >= FUNDED, 'funded as promised').to.equal(true)
    await refuses('WorkNotOffered', COLLECTOR, 'mint', work(0), { value: await price() })
  })

  it('gives a recipient that calls back one token for one price, and nothing of the purse', async () => {
    const greedy = await world.deploy(COLLECTOR, 'GreedyCollector', [])
    const value = (await price()) * 2n
    await act(greedy, 'collect', await media.getAddress(), work(1), await price(), { value })
    expect(await ask(media, 'balanceOf', await greedy.getAddress())).to.equal(1n)
    const named = (answer: string) =>
      new Interface(media.interface.fragments).parseError(answer)?.name
    expect(named(await ask<string>(greedy, 'mintAnswer'))).to.equal('WorkNotOffered')
    expect(named(await ask<string>(greedy, 'withdrawAnswer'))).to.equal(
      'OwnableUnauthorizedAccount',
    )
    expect(await world.balanceOf(await greedy.getAddress())).to.equal(await price())
    await world.untilActive(2n)
  })

  it('stores nothing for a recipient that takes no tokens', async () => {
    const deaf = await world.deploy(COLLECTOR, 'DeafCollector', [])
    const value = await price()
    await reverts(
      media,
      'ERC721InvalidReceiver',
      act(deaf, 'collect', await media.getAddress(), work(2), { value }),
    )
    expect(await world.perpetual.storeCount(), 'undone with the mint').to.equal(2)
    await does(COLLECTOR, 'mint', work(2), { value })
    await world.untilActive(3n)
  })

  it('is renewed by a keeper, whoever that is', async () => {
    const { perpetual, policy } = world
    const { deals } = await perpetual.factsOf(3n)
    await world.travelTo(Math.max(...deals.map(({ endEpoch }) => endEpoch)) - policy.lead)
    expect(await perpetual.pokeable(0, 10)).to.deep.equal([1n, 2n, 3n])
    const paid = await world.keep()
    expect(paid > 0n && paid <= 3n * policy.maxPay).to.equal(true)
    for (const id of [1n, 2n, 3n]) await world.untilActive(id, COPIES * 2)
  })

  it('lets the artist change terms and end works, and take what is left; nobody else', async () => {
    const { perpetual, policy } = world
    const fewer = asPolicy({ ...policy, replicas: 1 })
    for (const [method, ...values] of [
      ['extend', [1n], fewer],
      ['cancel', [1n]],
      ['withdraw', world.accounts[COLLECTOR], 1n],
    ] as const)
      await refuses('OwnableUnauthorizedAccount', COLLECTOR, method, ...values)

    const account = await media.getAddress()
    const before = (await perpetual.accountOf(account)).perEpoch
    await does(ARTIST, 'extend', [1n], fewer)
    const [piece] = works as [StoredPiece]
    const after = (await perpetual.accountOf(account)).perEpoch
    expect(before - after).to.equal(termCost(piece, 1) / BigInt(TERM))
    expect((await perpetual.policyOf((await perpetual.storeOf(1n)).policy)).replicas).to.equal(1)

    await does(ARTIST, 'cancel', [1n, 2n, 3n])
    const { free } = await perpetual.accountOf(account)
    expect(free > 0n).to.equal(true)
    const to = `0x${'a1'.repeat(20)}`
    await does(ARTIST, 'withdraw', to, FIL)
    expect(await world.balanceOf(to)).to.equal(free)
    expect(await ask(media, 'ownerOf', 1n), 'the token remains').to.equal(
      getAddress(world.accounts[COLLECTOR] ?? ''),
    )
  })

  it('leaves the purse to storage alone when the artist renounces', async () => {
    await world.perpetual.topUp(1n, { value: 5n })
    await does(ARTIST, 'renounceOwnership')
    await refuses('OwnableUnauthorizedAccount', ARTIST, 'withdraw', world.accounts[ARTIST], 5n)
    expect((await world.perpetual.accountOf(await media.getAddress())).free).to.equal(5n)
  })
})
