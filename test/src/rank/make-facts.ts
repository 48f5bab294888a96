/** Providers of whom nothing is known but what a test says. */
import type { Ask } from '../../../src/deal/ask.ts'
import type { Experience, ProviderFacts } from '../../../src/rank/facts.ts'

const NOTHING: Experience = {
  kept: 0,
  lost: 0,
  pending: 0,
  accepted: 0,
  refused: 0,
  unreachable: 0,
  lastRefusal: undefined,
  ignored: 0,
  toPublish: [],
  toActive: [],
}

export function facts(
  id: bigint,
  experience: Partial<Experience> = {},
  change: Partial<ProviderFacts> = {},
): ProviderFacts {
  return {
    id,
    sources: ['a test'],
    note: undefined,
    isMiner: true,
    urls: [],
    ask: undefined,
    ...change,
    experience: { ...NOTHING, ...experience },
  }
}

/** 256 B to 32 GiB. */
export function ask(pricePerGib: bigint): Ask {
  return { pricePerGib, minPieceSize: 256n, maxPieceSize: 2n ** 35n, source: 'a test' }
}
