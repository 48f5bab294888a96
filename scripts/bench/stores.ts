/** Stores as a keeper has them: most need nothing, one in ten has something under way, due or lost. */
import { type DealFacts, type Facts, type Standing, UNLISTED } from '../../src/keep/facts.ts'

const EPOCH = 4_000_000
const TERM = 1_051_200
const LEAD = 40_320
const DAY = 2_880

export function madeStores(count: number): Facts[] {
  return Array.from({ length: count }, (_, i) => madeStore(i))
}

function madeStore(i: number): Facts {
  const store: Facts = {
    epoch: EPOCH,
    replicas: 3,
    term: TERM,
    lead: LEAD,
    startDelay: 2 * DAY,
    cancelled: false,
    step: 0,
    openCopies: 0,
    openSince: 0,
    openStart: 0,
    crowded: false,
    deals: threeDeals(i, EPOCH - (i % 365) * DAY + LEAD),
    eligible: UNLISTED,
    pieceSize: 2 ** 35,
    price: 50_000_000n,
    maxPrice: 200_000_000n,
    money: 10n ** 19n,
    openReserve: 0n,
  }
  switch (i % 40) {
    case 0: // near the end of all its deals
      return { ...store, deals: threeDeals(i, EPOCH - TERM + DAY) }
    case 1: // has lost one
      return { ...store, deals: store.deals.with(0, dealOf(i, 0, EPOCH - DAY, 'terminated')) }
    case 2: // waits for providers
      return { ...store, deals: [], openCopies: 3, openSince: EPOCH - DAY, openStart: EPOCH + DAY }
    case 3: // has waited in vain
      return {
        ...store,
        deals: [],
        openCopies: 3,
        openSince: EPOCH - 3 * DAY,
        openStart: EPOCH - 1,
      }
    default:
      return store
  }
}

function threeDeals(i: number, startEpoch: number): DealFacts[] {
  return [2, 1, 0].map((copy) => dealOf(i, copy, startEpoch, 'active'))
}

function dealOf(i: number, copy: number, startEpoch: number, standing: Standing): DealFacts {
  return {
    dealId: BigInt(3 * i + copy),
    provider: BigInt(1000 + ((i + copy) % 50)),
    startEpoch,
    endEpoch: startEpoch + TERM,
    standing,
    closed: false,
  }
}
