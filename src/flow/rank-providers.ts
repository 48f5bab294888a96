/** Providers that can be used, compared: gathered, ranked, and as a document. */
import { askDocument } from './asks.ts'
import type { ProvidersDocument, RankedProviderDocument } from './documents.ts'
import { type Candidates, gatherProviders, type GatherContext } from './gather-providers.ts'
import type { RankWish } from '../rank/obstacles.ts'
import { median } from '../rank/facts.ts'
import { type RankedProvider, rankProviders } from '../rank/rank.ts'

/** @throws NODE_UNREACHABLE, ABORTED */
export async function compareProviders(
  candidates: Candidates,
  wish: RankWish,
  context: GatherContext,
): Promise<ProvidersDocument> {
  const { providers, notes } = await gatherProviders(candidates, context)
  return {
    version: 1,
    kind: 'providers',
    network: context.network.name,
    client: context.client?.address ?? null,
    providers: rankProviders(providers, wish).map(rankedDocument),
    notes,
  }
}

function rankedDocument({
  place,
  facts,
  verdict,
  reasons,
}: RankedProvider): RankedProviderDocument {
  const { id, sources, isMiner, urls, ask, experience } = facts
  const { toPublish, toActive, lastRefusal, ...counts } = experience
  return {
    place,
    provider: `f0${id}`,
    verdict,
    reasons,
    sources,
    isMiner: isMiner ?? null,
    urls: urls ?? null,
    ask: ask === undefined ? null : askDocument(id, ask),
    experience: {
      ...counts,
      lastRefusal: lastRefusal ?? null,
      toPublish: timeDocument(toPublish),
      toActive: timeDocument(toActive),
    },
  }
}

function timeDocument(
  samples: readonly bigint[],
): RankedProviderDocument['experience']['toActive'] {
  const middle = median(samples)
  return middle === undefined ? null : { median: Number(middle), n: samples.length }
}
