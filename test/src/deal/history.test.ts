import { expect } from 'chai'
import type { ClientEvent } from '../../../src/deal/client-event.ts'
import { proposalStateAt, spentAt } from '../../../src/deal/client-history.ts'
import { foldHistory } from '../../../src/deal/history.ts'
import { accountsAfter, EMPTY_ACCOUNTS, totalOf } from '../../../src/deal/ledger.ts'
import type { DealTerms } from '../../../src/deal/terms.ts'
import { refused } from '../../support/refused.ts'

const NOBODY = `0x${'00'.repeat(20)}`
const OWNER = `0x${'11'.repeat(20)}`
const HEIR = `0x${'22'.repeat(20)}`
const PROPOSER = `0x${'33'.repeat(20)}`
const STRANGER = `0x${'44'.repeat(20)}`
const A = `0x${'aa'.repeat(32)}`
const B = `0x${'bb'.repeat(32)}`

/** 100 epochs at 10 attoFIL and a collateral of 7: 1007 for a copy, 2014 for both. */
const TERMS: DealTerms = {
  pieceCid: 'baga6ea4seaqkxk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xky',
  size: 100,
  pieceSize: 128,
  label: 'a-1/ipfs/bafy',
  url: 'https://depot.example/x',
  startEpoch: 1000n,
  endEpoch: 1100n,
  pricePerEpoch: 10n,
  providerCollateral: 5n,
  clientCollateral: 7n,
  replicas: 2,
  providers: [],
  skipIpniAnnounce: false,
  removeUnsealedCopy: true,
}

type Distribute<Event> = Event extends ClientEvent ? Omit<Event, 'epoch'> : never
const at = (epoch: bigint, event: Distribute<ClientEvent>): ClientEvent => ({ ...event, epoch })

const CREATED = at(10n, { name: 'OwnershipTransferred', from: NOBODY, to: OWNER })

function proposed(
  proposalId: string,
  terms: DealTerms = TERMS,
  { epoch = 20n, proposer = OWNER, reserved = 1007n * BigInt(terms.replicas) } = {},
): ClientEvent[] {
  const { pieceSize, pricePerEpoch } = terms
  return [
    at(epoch, { name: 'DealProposalCreate', proposalId, pieceSize, pricePerEpoch }),
    at(epoch, { name: 'ProposalMade', proposalId, proposer, reserved, terms }),
  ]
}

const published = (epoch: bigint, proposalId: string, dealId: bigint, provider = 1000n) =>
  at(epoch, { name: 'DealPublished', proposalId, dealId, provider })
const activated = (epoch: bigint, dealId: bigint, activatedAt: bigint) =>
  at(epoch, { name: 'DealActivated', dealId, activatedAt })
const settled = (epoch: bigint, dealId: bigint, paid: bigint, completed = false) =>
  at(epoch, { name: 'DealSettled', dealId, paid, completed })
const closed = (epoch: bigint, dealId: bigint, outcome: 'missed' | 'ended' | 'terminated') =>
  at(epoch, { name: 'DealClosed', dealId, outcome })
const seen = (epoch: bigint, escrow: bigint, locked: bigint) =>
  at(epoch, { name: 'EscrowSeen', escrow, locked })
const received = (epoch: bigint, amount: bigint) =>
  at(epoch, { name: 'Received', from: STRANGER, amount })
const deposited = (epoch: bigint, amount: bigint) => at(epoch, { name: 'EscrowDeposited', amount })
const cancelled = (epoch: bigint, proposalId: string, released: bigint) =>
  at(epoch, { name: 'ProposalCancelled', proposalId, released })
const released = (epoch: bigint, proposalId: string, amount: bigint) =>
  at(epoch, { name: 'ProposalReleased', proposalId, released: amount })
const announced = (epoch: bigint, proposalId: string) =>
  at(epoch, { name: 'DealProposalCreate', proposalId, pieceSize: 128, pricePerEpoch: 10n })

/** 3000 attoFIL in the escrow, proposal A of two copies. */
const FUNDED = [CREATED, received(15n, 3000n), deposited(15n, 3000n), ...proposed(A)]
/** Both copies of it out: deals 0 and 1. */
const FILLED = [...FUNDED, published(30n, A, 0n), published(31n, A, 1n, 1001n)]

/** The fold, with the sum of the ledger checked against its accounts. */
function fold(...events: ClientEvent[]) {
  const history = foldHistory(events)
  expect(history.ledger.reduce(accountsAfter, EMPTY_ACCOUNTS)).to.deep.equal(history.accounts)
  return history
}

const stateOf = (events: ClientEvent[], epoch: bigint) => {
  const proposal = fold(...events).proposals.get(A)
  return proposal && proposalStateAt(proposal, epoch).state
}

describe('deal/history', () => {
  describe('money', () => {
    it('comes, is deposited, taken back and withdrawn', () => {
      const { ledger, accounts } = fold(
        CREATED,
        received(11n, 100n),
        deposited(12n, 60n),
        at(13n, { name: 'EscrowWithdrawn', amount: 25n }),
        at(14n, { name: 'Withdrawn', to: HEIR, amount: 5n }),
      )
      expect(accounts).to.deep.equal({ balance: 60n, escrow: 35n, locked: 0n, reserved: 0n })
      expect(ledger).to.deep.equal([
        { kind: 'received', epoch: 11n, amount: 100n, from: STRANGER },
        { kind: 'deposited', epoch: 12n, amount: 60n },
        { kind: 'escrowWithdrawn', epoch: 13n, amount: 25n },
        { kind: 'withdrawn', epoch: 14n, amount: 5n, to: HEIR },
      ])
    })

    it('is reserved, locked by a publication, and the rest released by cancelling', () => {
      const { ledger, accounts } = fold(...FUNDED, published(30n, A, 4n), cancelled(40n, A, 1007n))
      expect(ledger.slice(2)).to.deep.equal([
        { kind: 'reserved', epoch: 20n, amount: 2014n, proposalId: A },
        { kind: 'locked', epoch: 30n, amount: 1007n, dealId: 4n },
        { kind: 'released', epoch: 40n, amount: 1007n, proposalId: A },
      ])
      expect(accounts).to.deep.equal({ balance: 0n, escrow: 3000n, locked: 1007n, reserved: 0n })
    })

    it('is paid by settlements, and the collateral comes back with the last', () => {
      const { ledger, accounts, deals } = fold(
        ...FILLED,
        activated(1040n, 0n, 500n),
        settled(1040n, 0n, 400n),
        seen(1040n, 2600n, 1614n),
        settled(1100n, 0n, 600n, true),
        closed(1100n, 0n, 'ended'),
        seen(1100n, 2000n, 1007n),
      )
      expect(ledger.slice(-3)).to.deep.equal([
        { kind: 'paid', epoch: 1040n, amount: 400n, dealId: 0n },
        { kind: 'paid', epoch: 1100n, amount: 600n, dealId: 0n },
        { kind: 'refunded', epoch: 1100n, amount: 7n, dealId: 0n },
      ])
      expect(accounts).to.include({ escrow: 2000n, locked: 1007n })
      expect(deals.get(0n)).to.deep.equal({
        dealId: 0n,
        proposalId: A,
        provider: 1000n,
        publishedAt: 30n,
        activatedAt: 500n,
        settledAt: [1040n, 1100n],
        paid: 1000n,
        closed: { outcome: 'ended', epoch: 1100n, certain: true },
      })
    })

    it('comes back whole from a deal that a settlement found missed', () => {
      const { ledger, accounts } = fold(
        ...FILLED,
        settled(1001n, 0n, 0n),
        closed(1001n, 0n, 'missed'),
        seen(1001n, 3000n, 1007n),
      )
      expect(ledger.at(-1)).to.deep.equal({
        kind: 'refunded',
        epoch: 1001n,
        amount: 1007n,
        dealId: 0n,
      })
      expect(totalOf(ledger, 'refundedElsewhere')).to.equal(0n)
      expect(accounts).to.include({ escrow: 3000n, locked: 1007n })
    })

    it('is not taken for refunded by a settlement of another deal, or one that paid', () => {
      for (const before of [settled(1001n, 1n, 0n), settled(1001n, 0n, 5n)]) {
        const { ledger, deals } = fold(...FILLED, before, closed(1001n, 0n, 'missed'))
        expect(totalOf(ledger, 'refunded')).to.equal(0n)
        expect(deals.get(0n)?.closed?.certain).to.equal(false)
      }
    })

    it('of a missed deal that others settled comes back once, however long before it was noted', () => {
      const { ledger, accounts } = fold(
        ...FILLED,
        seen(1001n, 3000n, 1007n),
        closed(1005n, 0n, 'missed'),
        seen(1005n, 3000n, 1007n),
      )
      expect(ledger.at(-1)).to.deep.equal({
        kind: 'refundedElsewhere',
        epoch: 1001n,
        amount: 1007n,
        found: [],
      })
      expect(totalOf(ledger, 'refunded')).to.equal(0n)
      expect(accounts).to.include({ escrow: 3000n, locked: 1007n })
    })

    it('of a deal that is called missed, but was paid before anybody looked', () => {
      const { ledger } = fold(...FILLED, closed(1200n, 0n, 'missed'), seen(1200n, 2000n, 1007n))
      expect(ledger.slice(-2)).to.deep.equal([
        { kind: 'paidElsewhere', epoch: 1200n, amount: 1000n },
        { kind: 'refundedElsewhere', epoch: 1200n, amount: 7n, found: [0n] },
      ])
    })

    it('of two deals that were terminated between two looks shows as one sum', () => {
      // Deal 0 ran 30 epochs, deal 1 50: 800 paid; 707 and 507 came back.
      const { ledger, deals } = fold(
        ...FILLED,
        activated(900n, 0n, 800n),
        activated(900n, 1n, 800n),
        seen(900n, 3000n, 2014n),
        closed(1060n, 0n, 'terminated'),
        closed(1060n, 1n, 'terminated'),
        seen(1060n, 2200n, 0n),
      )
      expect(ledger.slice(-2)).to.deep.equal([
        { kind: 'paidElsewhere', epoch: 1060n, amount: 800n },
        { kind: 'refundedElsewhere', epoch: 1060n, amount: 1214n, found: [0n, 1n] },
      ])
      expect([...deals.values()].map((deal) => deal.closed)).to.deep.equal([
        { outcome: 'terminated', epoch: 1060n, certain: false },
        { outcome: 'terminated', epoch: 1060n, certain: false },
      ])
    })

    it('of a deal terminated before its start comes back whole', () => {
      const { ledger } = fold(...FILLED, closed(900n, 1n, 'terminated'), seen(900n, 3000n, 1007n))
      expect(ledger.at(-1)).to.deep.include({ kind: 'refundedElsewhere', amount: 1007n })
    })

    it('that others had f05 pay shows at the next look', () => {
      const { ledger, accounts } = fold(...FILLED, seen(1010n, 2900n, 1914n))
      expect(ledger.at(-1)).to.deep.equal({ kind: 'paidElsewhere', epoch: 1010n, amount: 100n })
      expect(accounts).to.include({ escrow: 2900n, locked: 1914n })
    })

    it('that others gave shows at the next look, and may be taken before', () => {
      const early = fold(CREATED, at(12n, { name: 'EscrowWithdrawn', amount: 4n }))
      expect(early.accounts).to.include({ escrow: -4n, balance: 4n })
      const { ledger, accounts, escrowSeen } = fold(
        CREATED,
        at(12n, { name: 'EscrowWithdrawn', amount: 4n }),
        seen(13n, 5n, 0n),
      )
      expect(ledger.at(-1)).to.deep.equal({ kind: 'given', epoch: 13n, amount: 9n })
      expect(accounts).to.include({ escrow: 5n, balance: 4n })
      expect(escrowSeen).to.deep.equal({ epoch: 13n, escrow: 5n, locked: 0n })
    })

    it('that was given and paid in one interval is told by its difference', () => {
      // 30 given, 100 paid, 7 unlocked: gift and payment 30 too small, the refund 30 too large.
      const { ledger } = fold(...FILLED, seen(1010n, 2930n, 1907n))
      expect(ledger.slice(-2)).to.deep.equal([
        { kind: 'paidElsewhere', epoch: 1010n, amount: 70n },
        { kind: 'refundedElsewhere', epoch: 1010n, amount: 37n, found: [] },
      ])
    })

    it('that came by method 0 leaves a balance below zero when it goes', () => {
      const { accounts } = fold(CREATED, at(11n, { name: 'Withdrawn', to: HEIR, amount: 3n }))
      expect(accounts.balance).to.equal(-3n)
    })

    it('comes to a clone before it has an owner', () => {
      const { owner, accounts } = fold(received(5n, 3n), seen(6n, 0n, 0n), CREATED)
      expect(owner).to.equal(OWNER)
      expect(accounts.balance).to.equal(3n)
    })

    it('that did not move is not in the ledger', () => {
      const free = { ...TERMS, pricePerEpoch: 0n, clientCollateral: 0n }
      const { ledger } = fold(
        CREATED,
        ...proposed(A, free, { reserved: 0n }),
        published(30n, A, 1n),
        settled(40n, 1n, 0n),
        seen(40n, 0n, 0n),
      )
      expect(ledger).to.deep.equal([])
    })
  })

  describe('proposals', () => {
    it('are open up to their start epoch and lapsed after it', () => {
      expect(stateOf(FUNDED, 1000n)).to.equal('open')
      expect(stateOf(FUNDED, 1001n)).to.equal('lapsed')
      expect(stateOf([...FUNDED, released(1001n, A, 2014n)], 1001n)).to.equal('lapsed')
    })

    it('are filled by their last copy, also at the start epoch, and never lapse then', () => {
      const events = [...FUNDED, published(999n, A, 0n), published(1000n, A, 1n, 1001n)]
      expect(stateOf(events, 1000n)).to.equal('filled')
      expect(stateOf(events, 5000n)).to.equal('filled')
    })

    it('stay cancelled', () => {
      expect(stateOf([...FUNDED, cancelled(1000n, A, 2014n)], 5000n)).to.equal('cancelled')
    })

    it('keep terms, announcements, deals and end', () => {
      const { proposals } = fold(
        ...FUNDED,
        announced(21n, A),
        published(30n, A, 5n),
        cancelled(40n, A, 1007n),
        ...proposed(B, { ...TERMS, replicas: 1 }, { epoch: 41n }),
      )
      expect([...proposals.keys()]).to.deep.equal([A, B])
      expect(proposals.get(A)).to.deep.equal({
        proposalId: A,
        proposer: OWNER,
        madeAt: 20n,
        announcedAt: [20n, 21n],
        terms: TERMS,
        dealIds: [5n],
        closed: { how: 'cancelled', epoch: 40n, released: 1007n },
      })
    })
  })

  describe('people', () => {
    const offered = (epoch: bigint, from: string, to: string) =>
      at(epoch, { name: 'OwnershipTransferStarted', from, to })
    const named = (epoch: bigint, limit: bigint, window: bigint) =>
      at(epoch, { name: 'ProposerSet', proposer: PROPOSER, limit, window })
    const paused = (epoch: bigint, yes: boolean) => at(epoch, { name: 'PausedSet', paused: yes })

    it('hand the ownership over in two steps', () => {
      const offer = fold(CREATED, offered(11n, OWNER, HEIR))
      expect(offer).to.include({ owner: OWNER, pendingOwner: HEIR })
      expect(fold(CREATED, offered(11n, OWNER, HEIR), offered(12n, OWNER, NOBODY))).to.include({
        owner: OWNER,
        pendingOwner: undefined,
      })
      const taken = at(12n, { name: 'OwnershipTransferred', from: OWNER, to: HEIR })
      expect(fold(CREATED, offered(11n, OWNER, HEIR), taken)).to.include({
        owner: HEIR,
        pendingOwner: undefined,
      })
    })

    it('pause and go on', () => {
      expect(fold(CREATED, paused(11n, true)).paused).to.equal(true)
      expect(fold(CREATED, paused(11n, true), paused(11n, false)).paused).to.equal(false)
    })

    it('propose up to a limit in each window, which a window of another length forgets', () => {
      const one = { ...TERMS, replicas: 1 }
      const by = (epoch: bigint) => ({ epoch, proposer: PROPOSER })
      const first = [CREATED, named(11n, 1500n, 100n), ...proposed(A, one, by(199n))]
      const proposer = fold(...first).proposers.get(PROPOSER)
      if (proposer === undefined) throw new Error('the proposer is missing')
      expect(proposer).to.include({ limit: 1500n, window: 100n, spent: 1007n, current: 1n })
      expect(spentAt(proposer, 199n)).to.equal(1007n)
      expect(spentAt(proposer, 200n)).to.equal(0n)
      expect(() => fold(...first, ...proposed(B, one, by(199n)))).to.throw(/passes its limit/)
      const next = fold(...first, ...proposed(B, one, by(200n))).proposers.get(PROPOSER)
      expect(next).to.include({ spent: 1007n, current: 2n })
      const ended = fold(...first, named(199n, 0n, 100n)).proposers.get(PROPOSER)
      expect(ended && spentAt(ended, 199n)).to.equal(0n)
    })

    it('may propose what costs nothing below a limit that they have passed', () => {
      const free = { ...TERMS, pricePerEpoch: 0n, clientCollateral: 0n, replicas: 1 }
      const { proposals } = fold(
        CREATED,
        named(11n, 1500n, 100n),
        ...proposed(A, { ...TERMS, replicas: 1 }, { epoch: 20n, proposer: PROPOSER }),
        named(21n, 10n, 100n),
        ...proposed(B, free, { epoch: 22n, proposer: PROPOSER, reserved: 0n }),
      )
      expect(proposals.size).to.equal(2)
    })

    it('of whom one is the owner spend no limit', () => {
      const { proposers } = fold(
        CREATED,
        at(11n, { name: 'ProposerSet', proposer: OWNER, limit: 1n, window: 5n }),
        ...proposed(A),
      )
      expect(proposers.get(OWNER)).to.include({ spent: 0n })
    })

    const impossible: Readonly<Record<string, ClientEvent[]>> = {
      'an offer of somebody else': [CREATED, offered(11n, HEIR, STRANGER)],
      'a handover that nobody offered': [
        CREATED,
        at(12n, { name: 'OwnershipTransferred', from: OWNER, to: HEIR }),
      ],
      'a second creation': [CREATED, CREATED],
      'a proposal while paused': [CREATED, paused(11n, true), ...proposed(A)],
      'a proposal of a stranger': [CREATED, ...proposed(A, TERMS, { proposer: STRANGER })],
      'a proposal of who was removed': [
        CREATED,
        named(11n, 5000n, 10n),
        named(12n, 0n, 10n),
        ...proposed(A, TERMS, { proposer: PROPOSER }),
      ],
    }
    for (const [name, events] of Object.entries(impossible))
      it(`never make ${name}`, () => refused('ARGUMENT_INVALID', () => foldHistory(events)))
  })

  describe('what cannot be', () => {
    const listed = { ...TERMS, providers: [1000n, 1001n] }
    const impossible: Readonly<Record<string, ClientEvent[]>> = {
      'no event': [],
      'no creation': [received(5n, 3n)],
      'a range that starts late': FILLED.slice(3),
      'anything but money before the creation': [deposited(5n, 0n), CREATED],
      'epochs that go back': [CREATED, received(9n, 1n)],
      'an announcement alone, at the end': [CREATED, announced(20n, A)],
      'an announcement alone, before something else': [
        CREATED,
        announced(20n, A),
        received(20n, 1n),
      ],
      'a proposal without announcement': [CREATED, ...proposed(A).slice(1)],
      'the announcement of another proposal': [CREATED, announced(20n, B), ...proposed(A).slice(1)],
      'a proposal twice': [CREATED, ...proposed(A), ...proposed(A)],
      'a reservation of another amount': [CREATED, ...proposed(A, TERMS, { reserved: 2013n })],
      'a second announcement after the start': [...FUNDED, announced(1001n, A)],
      'the cancellation of an unknown proposal': [...FUNDED, cancelled(30n, B, 2014n)],
      'the cancellation of a filled proposal': [...FILLED, cancelled(40n, A, 0n)],
      'the cancellation of a lapsed proposal': [...FUNDED, cancelled(1001n, A, 2014n)],
      'a cancellation of another amount': [...FUNDED, cancelled(30n, A, 1007n)],
      'the release of an open proposal': [...FUNDED, released(1000n, A, 2014n)],
      'a release twice': [...FUNDED, released(1001n, A, 2014n), released(1001n, A, 2014n)],
      'the publication of an unknown proposal': [...FUNDED, published(30n, B, 0n)],
      'a publication after the start': [...FUNDED, published(1001n, A, 0n)],
      'a publication after the cancellation': [
        ...FUNDED,
        cancelled(30n, A, 2014n),
        published(30n, A, 0n),
      ],
      'a copy too many': [...FILLED, published(32n, A, 2n, 1002n)],
      'a second copy of a provider': [...FUNDED, published(30n, A, 0n), published(30n, A, 1n)],
      'a copy of a provider that is not listed': [
        CREATED,
        ...proposed(A, listed),
        published(30n, A, 0n, 1002n),
      ],
      'a deal id twice': [...FUNDED, published(30n, A, 7n), published(30n, A, 7n, 1001n)],
      'the activation of an unknown deal': [...FILLED, activated(40n, 2n, 40n)],
      'an activation twice': [...FILLED, activated(40n, 0n, 40n), activated(41n, 0n, 40n)],
      'the settlement of an unknown deal': [...FILLED, settled(40n, 2n, 0n)],
      'the settlement of a closed deal': [
        ...FILLED,
        closed(900n, 0n, 'terminated'),
        settled(900n, 0n, 0n),
      ],
      'the closing of an unknown deal': [...FILLED, closed(40n, 2n, 'terminated')],
      'a closing twice': [
        ...FILLED,
        closed(900n, 0n, 'terminated'),
        closed(900n, 0n, 'terminated'),
      ],
      'more locked than published': [...FILLED, seen(40n, 3000n, 2015n)],
    }
    for (const [name, events] of Object.entries(impossible))
      it(`is refused: ${name}`, () => refused('ARGUMENT_INVALID', () => foldHistory(events)))

    it('is named with its event, its epoch and both amounts', async () => {
      const error = await refused('ARGUMENT_INVALID', () =>
        foldHistory([...FUNDED, cancelled(30n, A, 1007n)]),
      )
      expect(error.message).to.include(`ProposalCancelled of ${A} of epoch 30`)
      expect(error.message).to.include('expected 2014, got 1007')
      expect(error.hint).to.include('from the epoch of the creation on')
    })
  })
})
