import { expect } from 'chai'
import { experienceOf, type KnownProposal, type KnownPush } from '../../../src/rank/experience.ts'

const A = 1000n
const B = 1001n

function proposal(id: string, change: Partial<KnownProposal> = {}): KnownProposal {
  return { proposalId: id, state: 'filled', providers: [], madeAt: 100n, deals: [], ...change }
}

function deal(
  provider: bigint,
  state: KnownProposal['deals'][number]['state'],
  publishedAt = 110n,
  activatedAt?: bigint,
): KnownProposal['deals'][number] {
  return { provider, state, publishedAt, activatedAt }
}

function push(
  proposalId: string,
  outcome: KnownPush['outcome'],
  at: number,
  reason = outcome as string,
): KnownPush {
  return { proposalId, provider: A, at, outcome, reason }
}

describe('rank/experience', () => {
  it('counts the deals of one provider by what became of them, with the times they took', () => {
    const proposals = [
      proposal('1', { deals: [deal(A, 'active', 140n, 500n), deal(B, 'missed')] }),
      proposal('2', { madeAt: undefined, deals: [deal(A, 'ended', 300n, 340n)] }),
      proposal('3', { madeAt: 200n, deals: [deal(A, 'terminated', 205n, 245n)] }),
      proposal('4', { deals: [deal(A, 'missed', 130n)] }),
      proposal('5', { deals: [deal(A, 'published', 120n)] }),
    ]
    expect(experienceOf(A, proposals, [])).to.deep.equal({
      kept: 2,
      lost: 2,
      pending: 1,
      accepted: 0,
      refused: 0,
      unreachable: 0,
      lastRefusal: undefined,
      ignored: 0,
      // 3: 5, 5: 20, 4: 30, 1: 40; of 2 it is not known when it was made
      toPublish: [5n, 20n, 30n, 40n],
      // 2: 40, 3: 40, 1: 360
      toActive: [40n, 40n, 360n],
    })
    expect(experienceOf(B, proposals, [])).to.include({ kept: 0, lost: 1 })
  })

  it('counts a proposal that was pushed several times once, as it was answered last', () => {
    const pushes = [
      push('1', 'accepted', 3),
      push('1', 'unreachable', 1),
      push('2', 'refused', 5, 'too small'),
      push('3', 'refused', 4, 'too cheap'),
      push('4', 'unreachable', 9),
      push('5', 'unclear', 9),
      { ...push('6', 'refused', 10), provider: B },
    ]
    expect(experienceOf(A, [], pushes)).to.include({
      accepted: 1,
      refused: 2,
      unreachable: 1,
      lastRefusal: 'too small',
    })
  })

  it('counts as ignored what named it and lapsed without it and without a word', () => {
    const lapsed = { state: 'lapsed', providers: [A] } as const
    const proposals = [
      proposal('1', lapsed),
      proposal('2', { ...lapsed, state: 'open' }),
      proposal('3', { ...lapsed, state: 'cancelled' }),
      proposal('4', { ...lapsed, providers: [] }),
      proposal('5', { ...lapsed, deals: [deal(A, 'missed')] }),
      proposal('6', lapsed),
      proposal('7', { ...lapsed, providers: [B] }),
    ]
    const pushes = [push('6', 'refused', 1)]
    expect(experienceOf(A, proposals, pushes)).to.include({ ignored: 1, refused: 1 })
  })
})
