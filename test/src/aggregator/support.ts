/** Facts and policies for tests of the aggregator. */
import type { Entry, Fact } from '../../../src/aggregator/facts.ts'
import type { Policy } from '../../../src/aggregator/next-actions.ts'
import { foldState, type State } from '../../../src/aggregator/state.ts'
import { pieceCidV2 } from '../../../src/piece/piece-cid.ts'

export const POLICY: Policy = {
  plan: { minPieceSize: 1024, maxPieceSize: 2 ** 20, closeAtBytes: 512, closeAfter: 100 },
  minPayment: 0n,
  tries: 3,
  firstWaitMs: 1_000,
  maxWaitMs: 10_000,
  leadEpochs: 10,
  storedEpochs: 1_000,
  chunk: 2,
}

/** A piece of 128 padded bytes. */
function pieceOf(n: number): string {
  return pieceCidV2({ root: new Uint8Array(32).fill(n).fill(1, 31), size: 127, pieceSize: 128 })
}

export function requested(
  id: string,
  more: Partial<Extract<Fact, { kind: 'requested' }>> = {},
): Fact {
  return {
    kind: 'requested',
    id,
    cid: `0x0${id}`,
    owner: '0xa',
    block: 5,
    payment: '0',
    storedUntil: 0,
    ...more,
  }
}

export function fetched(id: string, n = Number(id)): Fact {
  return { kind: 'fetched', id, pieceCidV2: pieceOf(n) }
}

/** Requests 1 to `count`, the last of which pays, fetched and in batch 1. */
export function batched(count: number): Fact[] {
  const ids = Array.from({ length: count }, (_, i) => `${i + 1}`)
  return [
    ...ids.map((id) => requested(id, id === `${count}` ? { payment: '9', deadline: 500 } : {})),
    ...ids.map((id) => fetched(id)),
    {
      kind: 'closed',
      batch: 1,
      pieceCidV2: pieceOf(99),
      segments: ids.map((id, i) => ({ pieceCidV2: pieceOf(i + 1), offset: i * 128, ids: [id] })),
      reason: 'full',
    },
  ]
}

export const PROPOSED: Fact = { kind: 'proposed', batch: 1, proposalId: '0x1', tx: null }
export const PUBLISHED: Fact = { kind: 'published', batch: 1, dealId: '7', provider: '1000' }
export const ACTIVE: Fact = { kind: 'active', batch: 1, dealId: '7' }

export function completed(...ids: string[]): Fact {
  return { kind: 'completed', ids, dealId: '7', tx: '0x2' }
}

export function stateOf(...facts: readonly Fact[]): State {
  return foldState(facts.map((fact, i): Entry => ({ ...fact, at: i })))
}
