/** Random deeds by everybody who may do something to a client, and by some who may not. */
import { isCallException } from 'ethers'
import type { DealTerms } from '../../../src/deal/terms.ts'
import { ActorExit } from '../../../src/localnet/controls.ts'
import { parsePieceCid, pieceCidV1, pieceCidV1Bytes } from '../../../src/piece/piece-cid.ts'
import { requestOf } from '../../../src/chain/views.ts'
import { random } from '../../support/random.ts'
import { FIL, type Miner, type World } from './receipts-world.ts'

const MIN_DURATION = 518_400n
const PIECE_SIZE = 128
/** 250,000 attoFIL a byte, what f05 demands. */
const PROVIDER_COLLATERAL = 250_000n * BigInt(PIECE_SIZE)

interface KnownDeal {
  readonly dealId: bigint
  readonly proposalId: string
  readonly terms: DealTerms
  readonly miner: Miner
  sector: bigint | undefined
}

/** Numbers that a seed fixes. */
function dice(seed: string) {
  const bytes = Buffer.from(random(1 << 20, seed))
  let at = 0
  /** 0 to `below` - 1. */
  const roll = (below: number): number => {
    const value = bytes.readUInt32BE(at)
    at += 4
    return value % below
  }
  return {
    roll,
    /** 0 to `below` - 1, of 64 bits. */
    amount: (below: bigint): bigint => {
      const value = bytes.readBigUInt64BE(at)
      at += 8
      return value % below
    },
    pick: <T>(list: readonly T[]): T | undefined => list[roll(Math.max(list.length, 1))],
    some: <T>(list: readonly T[]): T[] => list.filter(() => roll(3) === 0),
  }
}

export function actionsOf(world: World, seed: string) {
  const { roll, amount, pick, some } = dice(seed)
  const { owner: first, heir, proposer, stranger, miners, act, view } = world
  const proposals = new Map<string, DealTerms>()
  const deals: KnownDeal[] = []
  const sums = { sent: 0n, given: 0n, withdrawn: 0n }
  let owner = first
  let serial = 0

  /** Newest first; a few, so that deeds meet. */
  const newest = () => [...proposals.keys()].toReversed().slice(0, 8)
  const anyId = () => pick(newest()) ?? `0x${'00'.repeat(32)}`
  /** One that has not lapsed, if there is one. */
  const openId = async () => {
    const now = await world.epoch()
    const open = newest().filter((id) => (proposals.get(id)?.startEpoch ?? 0n) > now)
    return pick(open) ?? anyId()
  }
  const someDeals = () => some(deals.slice(-20)).map(({ dealId }) => dealId)

  async function newTerms(): Promise<DealTerms> {
    serial += 1
    const startEpoch = (await world.epoch()) + BigInt(5 + roll(150))
    const root = random(32, `${seed}/${serial}`)
    root[31] = (root[31] ?? 0) & 0x3f
    const replicas = 1 + roll(3)
    const restricted = roll(3) === 0
    return {
      pieceCid: pieceCidV1({ root }),
      size: 1 + roll(127),
      pieceSize: PIECE_SIZE,
      label: `receipt-${serial}/ipfs/bafy–ü`,
      url: `https://depot.example/${serial}?a=b`,
      startEpoch,
      endEpoch: startEpoch + MIN_DURATION + BigInt(roll(100_000)),
      pricePerEpoch: roll(8) === 0 ? 0n : amount(10n ** 9n),
      providerCollateral: PROVIDER_COLLATERAL + amount(10n ** 9n),
      clientCollateral: roll(4) === 0 ? 0n : amount(10n ** 14n),
      replicas,
      providers: restricted ? [1000n, 1001n, 77n].slice(0, Math.max(replicas, 1 + roll(3))) : [],
      skipIpniAnnounce: roll(2) === 0,
      removeUnsealedCopy: roll(2) === 0,
    }
  }

  async function noteProposal(terms: DealTerms): Promise<void> {
    const [count] = await view('proposalCount')
    const [ids] = await view('proposalIds', (count as bigint) - 1n, 1n)
    proposals.set(String((ids as string[])[0]), terms)
  }

  async function propose(from: string): Promise<void> {
    const terms = await newTerms()
    const value = roll(3) === 0 ? 0n : amount(4n * 10n ** 15n)
    await world.propose(from, terms, value)
    sums.sent += value
    await noteProposal(terms)
  }

  async function publish(): Promise<void> {
    const miner = pick(miners) as Miner
    // Now and then whatever there is, which mostly is refused.
    const careless = roll(6) === 0
    const now = await world.epoch()
    const has = (id: string) => deals.some((one) => one.miner === miner && one.proposalId === id)
    const ids = newest().filter(
      (id) => careless || (!has(id) && (proposals.get(id)?.startEpoch ?? 0n) > now),
    )
    const chosen = [...new Set([pick(ids), ...(roll(3) === 0 ? [pick(ids)] : [])])]
    await world.publish(
      miner,
      chosen.filter((id) => id !== undefined),
    )
    const [count] = await view('dealCount')
    const fresh = (await view('dealIds', BigInt(deals.length), count))[0] as bigint[]
    for (const dealId of fresh) {
      const [deal] = await view('getDeal', dealId)
      const { proposalId } = deal as { proposalId: string }
      const terms = proposals.get(proposalId) as DealTerms
      deals.push({ dealId, proposalId, terms, miner, sector: undefined })
    }
  }

  async function prove(): Promise<void> {
    const late = roll(8) === 0
    const now = await world.epoch()
    const deal = pick(
      deals
        .slice(-8)
        .filter(
          ({ sector, terms }) => sector === undefined && (late || terms.startEpoch > now + 2n),
        ),
    )
    if (deal === undefined) return
    const { dealId, terms, miner } = deal
    const pieceCid = pieceCidV1Bytes(parsePieceCid(terms.pieceCid).root)
    const piece = { dealId, pieceCid, pieceSize: BigInt(terms.pieceSize) }
    deal.sector = await world.prove(miner, piece, terms.endEpoch)
  }

  /** One sector or several of the same miner, so that deals end together. */
  async function giveUp(): Promise<void> {
    const miner = pick(miners) as Miner
    const now = await world.epoch()
    const held = deals.slice(-12).filter(({ terms }) => terms.endEpoch > now)
    const lost = held
      .filter((deal) => deal.miner === miner && deal.sector !== undefined)
      .slice(0, 1 + roll(2))
    if (lost.length === 0) return
    // Who was seen active is told from who missed its start.
    const ids = lost.map(({ dealId }) => dealId)
    if (roll(3) > 0) await act(stranger, 'observe', [ids])
    await world.giveUp(
      miner,
      lost.map(({ sector }) => sector as bigint),
    )
  }

  /** A deal that was proven comes to its end, another passes its start, and somebody has one of both kinds settled. */
  async function settleAtABound(): Promise<void> {
    const deal = pick(deals.slice(-8))
    if (deal === undefined) return
    const { dealId, sector, terms } = deal
    const bound = sector === undefined ? terms.startEpoch + 1n : terms.endEpoch
    // The settlement itself comes an epoch later: just before the bound, at it, after it.
    await world.mineTo(bound - BigInt(roll(3)))
    if (roll(3) === 0) await world.settleAtMarket([dealId])
    else await act(stranger, 'settle', [[dealId]])
  }

  async function handOver(): Promise<void> {
    const next = owner === first ? heir : first
    await act(owner, 'transferOwnership', [next])
    if (roll(3) === 0) return
    await act(next, 'acceptOwnership', [])
    owner = next
  }

  /** Money that comes with a call or without. */
  async function send(from: string, name: string | undefined, values: unknown[], value: bigint) {
    if (name === undefined) await world.sendTo(from, world.address, '0x', value)
    else await act(from, name, values, value)
    sums.sent += value
  }

  const table: readonly (readonly [weight: number, name: string, deed: () => Promise<unknown>])[] =
    [
      [12, 'the owner proposes', () => propose(owner)],
      [6, 'a proposer proposes', () => propose(proposer)],
      [1, 'a stranger proposes', () => propose(stranger)],
      [
        4,
        'the owner proposes as the starter kit does',
        async () => {
          const terms = { ...(await newTerms()), replicas: 1, providers: [] }
          await act(owner, 'makeDealProposal', [requestOf(terms)])
          await noteProposal(terms)
        },
      ],
      [2, 'anyone announces again', () => act(stranger, 'reannounce', [anyId()])],
      [20, 'a miner publishes', publish],
      [
        3,
        'who may cancels',
        async () => act(roll(3) === 0 ? proposer : owner, 'cancel', [await openId()]),
      ],
      [4, 'anyone releases', () => act(stranger, 'release', [[...new Set([anyId(), anyId()])]])],
      [2, 'anyone releases one', () => act(stranger, 'release', [[anyId()]])],
      [16, 'a miner proves', prove],
      [5, 'a miner gives up', giveUp],
      [5, 'anyone settles with the client', () => act(stranger, 'settle', [someDeals()])],
      [6, 'anyone settles at f05', () => world.settleAtMarket(someDeals())],
      [5, 'anyone observes', () => act(stranger, 'observe', [someDeals()])],
      [
        5,
        'the owner deposits',
        () => send(owner, 'deposit', [amount(10n ** 15n)], amount(10n ** 15n)),
      ],
      [4, 'the owner takes escrow', () => act(owner, 'withdrawEscrow', [amount(10n ** 15n)])],
      [
        3,
        'the owner withdraws',
        async () => {
          const taken = amount(10n ** 15n)
          await act(owner, 'withdraw', [stranger, taken])
          sums.withdrawn += taken
        },
      ],
      [4, 'anyone sends', () => send(stranger, undefined, [], 1n + amount(3n * 10n ** 15n))],
      [
        3,
        'anyone gives to the escrow',
        async () => {
          const gift = 1n + amount(10n ** 14n)
          await world.give(gift)
          sums.given += gift
        },
      ],
      [1, 'the ownership is handed over', handOver],
      [
        1,
        'the ownership is offered to nobody',
        () => act(owner, 'transferOwnership', [`0x${'00'.repeat(20)}`]),
      ],
      [
        2,
        'the limit changes',
        () =>
          act(owner, 'setProposer', [
            proposer,
            roll(5) === 0 ? 0n : amount(FIL / 100n),
            1 + roll(500_000),
          ]),
      ],
      [1, 'proposals are paused or not', () => act(owner, 'setPaused', [roll(2) === 0])],
      [10, 'time passes', async () => world.mineTo((await world.epoch()) + BigInt(1 + roll(40)))],
      [3, 'a start or an end comes', settleAtABound],
      [
        1,
        'much time passes',
        async () => world.mineTo((await world.epoch()) + BigInt(1 + roll(400_000))),
      ],
    ]
  const lots = table.flatMap(([weight, name, deed]) =>
    Array.from({ length: weight }, () => ({ name, deed })),
  )

  return {
    sums,
    /** @returns What was tried, and if it was let. */
    async next(): Promise<{ name: string; done: boolean }> {
      const lot = pick(lots)
      if (lot === undefined) throw new Error('nothing to do')
      try {
        await lot.deed()
        return { name: lot.name, done: true }
      } catch (error) {
        if (isRefusal(error)) return { name: lot.name, done: false }
        throw error
      }
    },
  }
}

/** A contract or an actor said no; anything else is a fault of the test. */
function isRefusal(error: unknown): boolean {
  if (error instanceof ActorExit || isCallException(error)) return true
  return error instanceof Error && /revert/.test(error.message)
}
