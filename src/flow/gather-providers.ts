/**
 * Which providers are looked at and what is known of each: named ones, those of a list, the miners of a localnet, and whoever a
 * client's own proposals, deals and pushes tell of.
 */
import type { Provider } from 'ethers'
import { z } from 'zod/v4'
import type { Chain } from '../chain/chain.ts'
import { clientHistory } from '../chain/history.ts'
import { minerInfo } from '../chain/lotus.ts'
import { isMiner } from '../chain/miners.ts'
import type { Network } from '../chain/networks.ts'
import { callRpc } from '../chain/node.ts'
import type { Ask } from '../deal/ask.ts'
import { isStorageError } from '../errors.ts'
import { experienceOf, type KnownProposal, type KnownPush } from '../rank/experience.ts'
import type { ProviderFacts } from '../rank/facts.ts'
import type { ListedProvider } from '../rank/provider-list.ts'
import { observe } from '../watch/observe.ts'

export interface GatherContext {
  readonly network: Network
  readonly provider: Provider
  /** What is asked for now; undefined when nothing is told. */
  readonly askOf: (id: bigint) => Promise<Ask | undefined>
  /** Of whom the past is known; undefined before the first `deploy`. */
  readonly client:
    | (Pick<Chain, 'epoch' | 'proposals' | 'deals'> & {
        readonly address: string
        /** Epoch of its creation; undefined where it is not known, and no time to publish is then. */
        readonly since: bigint | undefined
      })
    | undefined
  readonly pushes: readonly KnownPush[]
  readonly signal?: AbortSignal | undefined
}

export interface Candidates {
  readonly named: readonly bigint[]
  /** By the name of the list. */
  readonly lists: readonly {
    readonly name: string
    readonly providers: readonly ListedProvider[]
  }[]
}

export interface Gathered {
  readonly providers: readonly ProviderFacts[]
  /** Sentences without a full stop: what could not be found out. */
  readonly notes: readonly string[]
}

/** @throws NODE_UNREACHABLE, ABORTED */
export async function gatherProviders(
  candidates: Candidates,
  context: GatherContext,
): Promise<Gathered> {
  const notes: string[] = []
  const proposals = await pastOf(context, notes)
  const sources = await sourcesOf(candidates, proposals, context)
  const listed = candidates.lists.flatMap(({ providers }) => providers)
  // Slow ones are waited for side by side.
  const providers = await Promise.all(
    [...sources].map(async ([id, why]): Promise<ProviderFacts> => ({
      id,
      sources: [...why],
      note: listed.find((one) => one.id === id)?.note,
      ...(await presence(id, context)),
      experience: experienceOf(id, proposals, context.pushes),
    })),
  )
  return { providers, notes }
}

async function presence(
  id: bigint,
  { network, provider, askOf, signal }: GatherContext,
): Promise<Pick<ProviderFacts, 'isMiner' | 'urls' | 'ask'>> {
  const miner = await isMiner(provider, network, id, { signal })
  if (miner === false) return { isMiner: false, urls: [], ask: undefined }
  const info = await minerInfo(provider, network, id, { signal })
  return { isMiner: miner, urls: info?.urls, ask: await askOf(id) }
}

/** Ids in the order of their numbers, each with every reason to look at it. */
async function sourcesOf(
  { named, lists }: Candidates,
  proposals: readonly KnownProposal[],
  context: GatherContext,
): Promise<ReadonlyMap<bigint, ReadonlySet<string>>> {
  const found: [bigint, string][] = named.map((id) => [id, 'named'])
  for (const { name, providers } of lists)
    for (const { id, source } of providers) found.push([id, `${name}: ${source}`])
  for (const id of await localMiners(context)) found.push([id, 'miner of the localnet'])
  const client = context.client?.address ?? ''
  for (const { providers, deals } of proposals) {
    for (const id of providers) found.push([id, `named by a proposal of ${client}`])
    for (const deal of deals) found.push([deal.provider, `deals of ${client}`])
  }
  for (const push of context.pushes) found.push([push.provider, 'pushes of the relay'])
  const sources = new Map<bigint, Set<string>>()
  const wanted = new Set(named)
  // Who names some wants those, and what is known of them from elsewhere.
  const looked = found.filter(([id]) => wanted.size === 0 || wanted.has(id))
  for (const [id, why] of looked.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
    sources.set(id, (sources.get(id) ?? new Set()).add(why))
  return sources
}

const descriptionSchema = z.object({ miners: z.array(z.string().regex(/^\d+$/)) })

/** Only a localnet of ours answers: the miners of a public network are thousands, and most take no deals. */
async function localMiners({ network, provider, signal }: GatherContext): Promise<bigint[]> {
  if (network.name !== 'localnet') return []
  const answer = await callRpc(provider, 'localnet_describe', [], { signal })
  const parsed = descriptionSchema.safeParse(answer)
  return parsed.success ? parsed.data.miners.map(BigInt) : []
}

async function pastOf(
  { client, provider, signal }: GatherContext,
  notes: string[],
): Promise<readonly KnownProposal[]> {
  if (client === undefined) {
    notes.push('no client of yours is deployed here, so there is no experience to rank by')
    return []
  }
  const { proposals } = await observe(client)
  const made = new Map<string, bigint>()
  try {
    if (client.since === undefined)
      notes.push('times to publish are not known: it is not known when the client was deployed')
    else {
      const history = await clientHistory(
        provider,
        client.address,
        { from: client.since },
        { signal },
      )
      for (const [id, { madeAt }] of history.proposals) made.set(id, madeAt)
    }
  } catch (error) {
    if (!isStorageError(error) || error.code === 'ABORTED') throw error
    notes.push(
      `times to publish are not known: the client's logs cannot be read (${error.message})`,
    )
  }
  return proposals.map(({ proposalId, state, providers, deals }) => ({
    proposalId,
    state,
    providers,
    madeAt: made.get(proposalId),
    deals,
  }))
}
