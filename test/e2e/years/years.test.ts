/**
 * Two simulated years of fifty stores. Another seed with SEALIFT_SEED=…; it replays exactly, but the committed picture is the
 * default seed's.
 */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { drawYears } from '../../../scripts/years/draw.ts'
import { pageOf, timelineOf } from '../../../scripts/years/page.ts'
import { copiesOf, earnedBy, type Figures, figuresOf, isBurnt, lifeOf } from './figures.ts'
import { ESCROW } from './market.ts'
import type { Copy } from './records.ts'
import { SEED, twoYears, type Years } from './run.ts'
import { JUDGED_OUT, type Plan } from './stores.ts'

const seed = process.env['SEALIFT_SEED'] ?? SEED
const DOCS = new URL('../../../docs/', import.meta.url)
/** Epochs of a window of pay, as IPerpetualStorage says. */
const WINDOW = 2_880
const GIB = 2n ** 30n

describe(`two simulated years, seed ${seed}`, function () {
  this.timeout(900_000)
  let years: Years
  let figures: Figures

  before(async () => {
    console.log(`      years: seed ${seed}`)
    years = await twoYears(seed)
    figures = figuresOf(years)
    console.log(timelineOf(years).replaceAll(/^/gm, '      '))
  })

  const planOf = (store: number): Plan => years.stores[store - 1] ?? expect.fail(`store ${store}`)
  const settled = ({ dealId }: Copy): number => years.settledAt.get(dealId) ?? expect.fail('deal')

  it('met all that was to be met', () => {
    expect(years.stores.length).to.equal(50)
    const { byReason, missed, terminated } = figures
    for (const reason of ['Renewal', 'Repair', 'Retry'])
      expect(byReason[reason], reason).to.be.greaterThan(10)
    expect(missed).to.be.greaterThan(5)
    expect(terminated).to.be.greaterThan(10)
    expect(years.refused, 'publications that clients refused').to.be.greaterThan(0)
    expect(years.failures).to.deep.equal([])
  })

  it('never left a funded store without a copy, from its first activation on', () => {
    const bare = figures.perStore
      .filter(({ purse }) => purse === 'full')
      .filter(({ course, least }) => course.length === 0 || least < 1)
    expect(bare.map(({ id, kind }) => `${id} ${kind}`)).to.deep.equal([])
    const dry = years.dry.map(({ store }) => planOf(store).purse)
    expect(new Set(dry), 'whose money ran out').to.deep.equal(new Set(['late', 'once']))
  })

  it('accounts for every attoFIL of every account', () => {
    let deposited = 0n
    let found = 0n
    for (const { own, escrow, locked, balance, ...purse } of years.purses) {
      const copies = years.copies.filter(({ attempt }) => own.includes(attempt.store))
      const earned = copies.reduce((sum, copy) => sum + earnedBy(copy, settled(copy)), 0n)
      const pays = years.pays.filter(({ store }) => own.includes(store))
      const paid = pays.reduce((sum, one) => sum + one.paid, 0n)
      expect(earned + paid + escrow + balance, purse.account).to.equal(purse.deposited)
      const running = copies.filter(
        (copy) =>
          copy.lostAt === undefined &&
          (copy.activatedAt === undefined
            ? copy.attempt.start > settled(copy)
            : copy.attempt.end > settled(copy)),
      )
      const unpaid = running.reduce((sum, copy) => {
        const { attempt } = copy
        const whole = attempt.price * BigInt(attempt.end - attempt.start)
        return sum + whole - earnedBy(copy, settled(copy))
      }, 0n)
      expect(locked, `locked of ${purse.account}`).to.equal(unpaid)
      deposited += purse.deposited
      found += earned + paid + escrow + balance
    }
    expect(found).to.equal(deposited)
  })

  it('paid providers what the deals say, and burnt nothing of ours', () => {
    for (const [id, escrow] of years.providerOf) {
      const own = years.copies.filter(({ provider }) => provider === id)
      const earned = own.reduce((sum, copy) => sum + earnedBy(copy, settled(copy)), 0n)
      const burnt = own
        .filter((copy) => isBurnt(copy, settled(copy)))
        .reduce((sum, { attempt }) => sum + attempt.collateral, 0n)
      expect(escrow, `f0${id}`).to.equal(ESCROW + earned - burnt)
    }
  })

  it('paid keepers what the events say, each within the bounds of the policy', () => {
    for (const { address, name, received } of years.keepers) {
      const own = years.pays.filter(({ keeper }) => keeper === address)
      expect(received, name).to.equal(own.reduce((sum, { paid }) => sum + paid, 0n))
      expect(own.length, name).to.be.greaterThan(0)
    }
    const windows = new Map<string, bigint>()
    for (const { store, paid, at } of years.pays) {
      const { account, policy } = planOf(store)
      expect(paid <= policy.maxPay).to.equal(true)
      const key = `${account}/${Math.floor(at / WINDOW)}`
      windows.set(key, (windows.get(key) ?? 0n) + paid)
      expect((windows.get(key) ?? 0n) <= policy.maxPayPerWindow, key).to.equal(true)
    }
  })

  it('paid nobody for a poke that changed nothing', () => {
    expect(years.pays.filter(({ changes }) => changes.length === 0)).to.deep.equal([])
    const greedy = years.keepers.find(({ name }) => name === 'greedy') ?? expect.fail()
    const own = years.pays.filter(({ keeper }) => keeper === greedy.address)
    // It asked for every due store as the others did, for one more, and for one of them twice, every time.
    expect(own.length).to.be.lessThan(greedy.asked / 2)
    // It asks for one store twice in each message. The one case in which both are paid: settling a failed deal frees the
    // money without which the first could propose nothing, so that the second finds something to do.
    const inMessage = Map.groupBy(years.pays, ({ tx, store }) => `${tx}/${store}`)
    for (const pays of inMessage.values())
      if (pays.length > 1) {
        expect(pays.map(({ reason }) => reason)).to.have.ordered.members(['Close', 'Missing'])
        expect(planOf(pays[0]?.store ?? 0).purse).not.to.equal('full')
      }
  })

  it('kept copies at distinct providers, but for a renewal beside the copy that it follows', () => {
    for (const { id } of figures.perStore) {
      const { policy } = planOf(id)
      if (!policy.distinct) continue
      const own = copiesOf(years, id)
      for (const later of own)
        for (const earlier of own) {
          const life = lifeOf(earlier)
          if (later.provider !== earlier.provider || later.dealId <= earlier.dealId) continue
          if (life === undefined || life[1] <= later.publishedAt) continue
          const left = earlier.attempt.end - later.attempt.at
          expect(left <= Number(policy.lead), `store ${id}, f0${later.provider}`).to.equal(true)
        }
    }
  })

  it('kept every term within the policy', () => {
    for (const one of years.attempts) {
      const { policy, piece } = planOf(one.store)
      const most = (perGiB: bigint) => (perGiB * piece.pieceSize + GIB - 1n) / GIB
      expect(one.end - one.start).to.equal(Number(policy.term))
      expect(one.copies <= Number(policy.replicas) && one.copies > 0).to.equal(true)
      expect(one.price >= most(policy.price) && one.price <= most(policy.maxPrice)).to.equal(true)
      const { collateral } = one
      expect(
        collateral >= most(policy.collateral) && collateral <= most(policy.maxCollateral),
      ).to.equal(true)
    }
    for (const { provider, attempt } of years.copies) {
      const { policy } = planOf(attempt.store)
      const listed = policy.providers.includes(BigInt(provider))
      if (policy.rule === 1n) expect(listed).to.equal(true)
      if (policy.rule === 2n) expect(listed).to.equal(false)
      if (planOf(attempt.store).kind === 'judged')
        expect(JUDGED_OUT).not.to.include(BigInt(provider))
    }
  })

  it('is what docs/perpetual-years.svg and .md show', function () {
    if (seed !== SEED) this.skip()
    expect(drawYears(years)).to.equal(readFileSync(new URL('perpetual-years.svg', DOCS), 'utf8'))
    expect(plain(readFileSync(new URL('perpetual-years.md', DOCS), 'utf8'))).to.include(
      plain(pageOf(years)),
    )
  })
})

/** As prettier aligns tables, or not. */
function plain(text: string): string {
  return text.replaceAll(/[ -]+/g, ' ')
}
