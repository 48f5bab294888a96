import { expect } from 'chai'
import { parsePrice } from '../../../src/deal/price.ts'
import type { ProviderFacts } from '../../../src/rank/facts.ts'
import type { RankWish } from '../../../src/rank/obstacles.ts'
import { rankProviders } from '../../../src/rank/rank.ts'
import { Dice } from '../../support/dice.ts'
import { ask, facts } from './make-facts.ts'

const ANY: RankWish = { pieceSize: undefined, price: undefined }
const GIB = 2 ** 30

function order(providers: readonly ProviderFacts[], wish = ANY): number[] {
  return rankProviders(providers, wish).map(({ facts: { id } }) => Number(id))
}

function reasons(provider: ProviderFacts, wish = ANY): string[] {
  const [only] = rankProviders([provider], wish)
  return (only?.reasons ?? []).map(({ sign, text }) => `${sign} ${text}`)
}

function verdictOn(provider: ProviderFacts): string | undefined {
  return rankProviders([provider], ANY)[0]?.verdict
}

function wishing(price: string): RankWish {
  return { pieceSize: undefined, price: parsePrice(price) }
}

describe('rank', () => {
  it('puts those that kept their deals before unknown ones, and those that lost some behind', () => {
    expect(
      order([
        facts(1n, { lost: 1 }),
        facts(2n),
        facts(3n, { kept: 1 }),
        facts(4n, { kept: 1, lost: 2 }),
        facts(5n, { kept: 9, lost: 1 }),
        facts(6n, { kept: 20 }),
      ]),
      // (kept+1)/(kept+lost+2): 21/22, 10/12, 2/3, 1/2, 2/5, 1/3
    ).to.deep.equal([6, 5, 3, 2, 4, 1])
  })

  it('lets a provider fall when it loses one more deal', () => {
    const others = [facts(1n, { kept: 3 }), facts(3n)]
    expect(order([...others, facts(2n, { kept: 4 })])).to.deep.equal([2, 1, 3])
    expect(order([...others, facts(2n, { kept: 4, lost: 1 })])).to.deep.equal([1, 2, 3])
    expect(order([...others, facts(2n, { kept: 4, lost: 5 })])).to.deep.equal([1, 3, 2])
  })

  it('then looks at refusals and proposals left to lapse, then at who answers, then at the ask', () => {
    expect(order([facts(1n, { refused: 1 }), facts(2n), facts(3n, { accepted: 2 })])).to.deep.equal(
      [3, 2, 1],
    )
    expect(order([facts(1n, { ignored: 1 }), facts(2n)])).to.deep.equal([2, 1])
    const [dear, cheap] = [ask(60_000_000n), ask(40_000_000n)]
    expect(
      order([facts(1n), facts(2n, {}, { ask: dear }), facts(3n, {}, { ask: cheap })]),
    ).to.deep.equal([3, 2, 1])
  })

  it('then at the time to publish and to be active, and at the id last of all', () => {
    expect(
      order([
        facts(5n),
        facts(4n),
        facts(3n, { toPublish: [10n, 11n, 90n] }),
        facts(2n, { toPublish: [12n] }),
        facts(1n, { toPublish: [11n], toActive: [7n] }),
      ]),
    ).to.deep.equal([1, 3, 2, 4, 5])
  })

  it('puts what cannot be used last, and says why', () => {
    const wish: RankWish = { pieceSize: 64 * GIB, price: parsePrice('40picoFIL/GiB/epoch') }
    const kept = facts(1n, { kept: 99 }, { ask: ask(50_000_000n) })
    const ranked = rankProviders([kept, facts(2n), facts(3n, {}, { isMiner: false })], wish)
    expect(ranked.map(({ facts: { id }, verdict }) => [Number(id), verdict])).to.deep.equal([
      [2, 'unknown'],
      [1, 'unusable'],
      [3, 'unusable'],
    ])
    expect(reasons(kept, wish).slice(0, 2)).to.deep.equal([
      '- takes no piece of 64 GiB',
      '- asks 3.2 nanoFIL per epoch for 64 GiB, more than 2.56 nanoFIL',
    ])
    expect(reasons(facts(3n, {}, { isMiner: false }))).to.deep.equal([
      '- no miner has this id on this network',
    ])
  })

  it('calls usable only what is known to be', () => {
    expect(verdictOn(facts(1n, {}, { ask: ask(1n) }))).to.equal('usable')
    expect(verdictOn(facts(1n))).to.equal('unknown')
    expect(verdictOn(facts(1n, {}, { ask: ask(1n), isMiner: undefined }))).to.equal('unknown')
  })

  it('compares a price by size with the ask for a GiB where no size is known', () => {
    const provider = facts(1n, {}, { ask: ask(50_000_000n) })
    expect(rankProviders([provider], wishing('50picoFIL/GiB/epoch'))[0]?.verdict).to.equal('usable')
    expect(rankProviders([provider], wishing('49.999999picoFIL/GiB/epoch'))[0]?.verdict).to.equal(
      'unusable',
    )
  })

  it('gives every experience with its n, and says of the rest that it is not known', () => {
    expect(
      reasons(
        facts(
          1n,
          {
            kept: 2,
            lost: 1,
            pending: 1,
            refused: 1,
            accepted: 2,
            unreachable: 1,
            ignored: 2,
            lastRefusal: 'too small',
            toPublish: [120n, 240n, 2880n],
            toActive: [2880n, 5760n],
          },
          { ask: ask(50_000_000n), note: 'asks for a mail first' },
        ),
      ),
    ).to.deep.equal([
      '- kept 2 of 3 deals of yours, 1 more not sealed yet: 1 lost',
      '- refused 1 of 3 proposals offered directly, last: too small',
      '- could not be reached for 1 proposal',
      '- let 2 proposals that named it lapse',
      '+ answers: 50 picoFIL/GiB/epoch for pieces of 256 B to 32 GiB',
      '+ publishes after 2 h, median of 3',
      '+ is active after 1 d, median of 2',
      '? the list says: asks for a mail first',
    ])
    expect(reasons(facts(1n, {}, { urls: undefined, isMiner: undefined }))).to.deep.equal([
      '? the node does not tell whether it is a miner',
      '? no deal of yours with it yet',
      '? no ask known: the node does not tell its address',
    ])
  })

  it('is the same whatever the order it is given', () => {
    const all = [0, 1, 2, 3, 4, 5, 6, 7].map((n) =>
      facts(BigInt(n), { kept: n % 3, lost: n % 2, toPublish: n > 4 ? [5n] : [] }),
    )
    const expected = order(all)
    for (const seed of ['a', 'b', 'c', 'd']) {
      const dice = new Dice(seed)
      const mixed = all
        .map((one) => ({ one, at: dice.int(0, 1000) }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ one }) => one)
      expect(order(mixed), `seed ${seed}`).to.deep.equal(expected)
    }
  })
})
