import { expect } from 'chai'
import { chooseProviders, eligibleProviders } from '../../../src/keep/choose-providers.ts'
import { UNLISTED } from '../../../src/keep/facts.ts'
import { deal, dealsOf, storeOf } from './stores.ts'

/** f01001 and f01002 have good copies; those of f01003, which is near its end, and f01004 are none. */
const STORE = storeOf({ deals: dealsOf(500, deal('published', 1010), 50, deal('missed', 500)) })
const ALL = [1001n, 1002n, 1003n, 1004n, 1005n]
const RETRY = { reason: 'retry' } as const

describe('keep/choose-providers', () => {
  it('keeps a store at distinct providers, but a renewal may stay where it is', () => {
    const any = { rule: 'any', providers: [], distinct: true } as const
    expect(chooseProviders(STORE, any, [], { ...RETRY, copies: 1 })).to.deep.equal({
      restricted: false,
      allowed: [],
      excluded: [1001n, 1002n],
    })
    const only = { rule: 'only', providers: ALL, distinct: true } as const
    expect(chooseProviders(STORE, only, [], { ...RETRY, copies: 1 })).to.deep.equal({
      restricted: true,
      allowed: [1003n, 1004n, 1005n],
      excluded: [],
    })
    expect(eligibleProviders(STORE, only)).to.equal(3)
    expect(eligibleProviders(STORE, any)).to.equal(UNLISTED)
  })

  it('does not ask whether providers are distinct where they need not be', () => {
    const only = { rule: 'only', providers: ALL, distinct: false } as const
    expect(chooseProviders(STORE, only, [], { ...RETRY, copies: 1 }).allowed).to.deep.equal(ALL)
    expect(eligibleProviders(STORE, only)).to.equal(5)
  })

  it('passes over those that failed while enough others are listed, exactly', () => {
    const only = { rule: 'only', providers: ALL, distinct: true } as const
    const allowed = (copies: number): readonly bigint[] =>
      chooseProviders(STORE, only, [1004n, 0n, 0n, 0n], { ...RETRY, copies }).allowed
    expect(allowed(2)).to.deep.equal([1003n, 1005n])
    expect(allowed(3)).to.deep.equal([1003n, 1004n, 1005n])
  })

  it('excludes by name, by copy and by failure, each provider once', () => {
    const except = { rule: 'except', providers: [1009n, 1001n], distinct: true } as const
    const shunned = [1004n, 1009n, 0n, 0n]
    const { excluded } = chooseProviders(STORE, except, shunned, { ...RETRY, copies: 1 })
    expect(excluded).to.deep.equal([1009n, 1001n, 1002n, 1004n])
  })

  it('lets those that failed try again when nobody took the highest offer', () => {
    const any = { rule: 'any', providers: [], distinct: true } as const
    const decision = { reason: 'at-ceiling', copies: 1 } as const
    expect(chooseProviders(STORE, any, [1004n], decision).excluded).to.deep.equal([1001n, 1002n])
  })
})
