/** What holds for every store that dice make. The seed is printed; SEALIFT_SEED sets it. */
import { expect } from 'chai'
import {
  chooseProviders,
  eligibleProviders,
  PROVIDER_RULES,
} from '../../../src/keep/choose-providers.ts'
import { type Decision, decide, isDue } from '../../../src/keep/decide.ts'
import { type DealFacts, type Facts, isLive } from '../../../src/keep/facts.ts'
import { offerPerEpoch } from '../../../src/keep/offer.ts'
import { Dice } from '../../support/dice.ts'
import { randomFacts } from '../../support/keep-states.ts'

const SEED = process.env['SEALIFT_SEED'] ?? 'properties 1'
const STORES = 10_000

function every(name: string, check: (facts: Facts, decision: Decision, dice: Dice) => void): void {
  it(name, () => {
    const dice = new Dice(`${SEED} ${name}`)
    for (let i = 0; i < STORES; i++) {
      const facts = randomFacts(dice)
      check(facts, decide(facts), dice)
    }
  })
}

describe(`keep/decide, whatever the store, seed "${SEED}"`, () => {
  every('never has more than the replicas good, on offer and proposed', (facts, decision) => {
    if (decision.copies === 0) return
    expect(goodOf(facts) + onOffer(facts, decision) + decision.copies).to.be.at.most(facts.replicas)
  })

  every('has one offer at a time', (facts, decision) => {
    if (decision.copies > 0) expect(onOffer(facts, decision)).to.equal(0)
  })

  every('proposes nothing, and pays nobody, for a healthy store', (facts, decision) => {
    const failed = facts.deals.some((deal) => isOver(deal) && deal.standing !== 'ended')
    if (goodOf(facts) >= facts.replicas && facts.openCopies === 0 && !failed)
      expect(isDue(decision)).to.equal(false)
    if (decision.reason === 'healthy') expect(isDue(decision)).to.equal(false)
  })

  every('proposes nothing for a cancelled store', (facts, { copies }) => {
    if (facts.cancelled) expect(copies).to.equal(0)
  })

  every('stays within the policy and the money', (facts, { copies, ...decision }) => {
    expect(decision.step).to.be.within(0, 11)
    if (copies === 0) return
    const { startEpoch, endEpoch, step, endsOpen } = decision
    expect(endEpoch - startEpoch).to.equal(facts.term)
    const soonest = facts.epoch + facts.startDelay
    const longest = step > 8 ? Math.min(8 * facts.startDelay, 43_200) : facts.startDelay
    const latest = facts.epoch + Math.max(longest, facts.lead - facts.startDelay - 1)
    expect(startEpoch).to.be.within(soonest, latest)
    const price = offerPerEpoch(facts.price, facts.maxPrice, step, facts.pieceSize)
    const ceiling = offerPerEpoch(facts.maxPrice, facts.maxPrice, 0, facts.pieceSize)
    expect(price <= ceiling).to.equal(true)
    const money = facts.money + (endsOpen ? facts.openReserve : 0n)
    expect(price * BigInt(facts.term) * BigInt(copies) <= money).to.equal(true)
    expect(copies).to.be.at.most(facts.eligible)
  })

  every('decides nothing again once it is done', (facts, decision) => {
    if (!isDue(decision)) return
    const again = decide(done(facts, decision))
    expect(isDue(again), show({ facts, decision, again })).to.equal(false)
  })

  every('does not change before dueAt if only time passes', (facts, decision, dice) => {
    if (isDue(decision)) return expect(decision.dueAt).to.equal(facts.epoch)
    const horizon = decision.dueAt === 0 ? facts.epoch + 200 : decision.dueAt - 1
    expect(horizon).to.be.at.least(facts.epoch)
    for (const epoch of [horizon, dice.int(facts.epoch, horizon)])
      expect(decide(later(facts, epoch)), show(facts)).to.deep.equal(decision)
  })

  every('does not depend on the order of deals', (facts, decision) => {
    expect(decide({ ...facts, deals: facts.deals.toReversed() })).to.deep.equal(decision)
  })

  every('leaves enough providers, and none that holds a copy', (facts, decision, dice) => {
    const rule = dice.pick(PROVIDER_RULES)
    const ids = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n].filter(() => dice.once(2))
    const policy = { rule, providers: rule === 'any' ? [] : ids, distinct: true }
    const shunned = [0n, BigInt(dice.int(1, 9)), BigInt(dice.int(1, 9)), 0n]
    const copies = Math.min(decision.copies, eligibleProviders(facts, policy))
    const choice = chooseProviders(facts, policy, shunned, { ...decision, copies })
    const holders = facts.deals
      .filter((deal) => isGood(facts, deal))
      .map(({ provider }) => provider)
    if (rule === 'only') {
      expect(choice.allowed.length).to.be.at.least(copies)
      expect(
        choice.allowed.filter((id) => holders.includes(id) || !ids.includes(id)),
      ).to.deep.equal([])
    } else {
      const named = rule === 'except' ? ids : []
      const failed = decision.reason === 'at-ceiling' ? [] : shunned.filter((id) => id !== 0n)
      expect(new Set(choice.excluded)).to.deep.equal(new Set([...named, ...holders, ...failed]))
    }
    expect(new Set(choice.excluded).size).to.equal(choice.excluded.length)
  })
})

function isOver(deal: DealFacts): boolean {
  return !deal.closed && !isLive(deal)
}

function isGood(facts: Facts, deal: DealFacts): boolean {
  return isLive(deal) && deal.endEpoch > facts.epoch + facts.lead
}

function goodOf(facts: Facts): number {
  return facts.deals.filter((deal) => isGood(facts, deal)).length
}

function onOffer(facts: Facts, { endsOpen }: Decision): number {
  return endsOpen ? 0 : facts.openCopies
}

/** What f05 says later if nobody does anything. */
function later(facts: Facts, epoch: number): Facts {
  const deals = facts.deals.map((deal): DealFacts => {
    if (deal.closed) return deal
    if (deal.standing === 'published' && epoch > deal.startEpoch)
      return { ...deal, standing: 'missed' }
    if (deal.standing === 'active' && epoch >= deal.endEpoch) return { ...deal, standing: 'ended' }
    return deal
  })
  return { ...facts, epoch, deals }
}

/** What a poke leaves behind. */
function done(facts: Facts, { copies, startEpoch, step, endsOpen, settles }: Decision): Facts {
  const { epoch, term, price, maxPrice, pieceSize } = facts
  const cost = offerPerEpoch(price, maxPrice, step, pieceSize) * BigInt(term) * BigInt(copies)
  const deals = facts.deals.map((deal) =>
    settles && isOver(deal) ? { ...deal, closed: true } : deal,
  )
  const ended = endsOpen ? { openCopies: 0, openReserve: 0n } : {}
  const proposed =
    copies === 0
      ? {}
      : { openCopies: copies, openSince: epoch, openStart: startEpoch, openReserve: cost }
  const money = facts.money + (endsOpen ? facts.openReserve : 0n) - cost
  return { ...facts, step, deals, ...ended, ...proposed, money }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}` : one))
}
