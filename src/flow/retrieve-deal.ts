/**
 * Fetches a payload back: from the depot, or from the providers whose deals hold it, by their on-chain HTTP address. Of a
 * payload in several pieces each comes from wherever it is.
 */
import { minerInfo } from '../chain/lotus.ts'
import { rootOfLabel } from '../deal/label.ts'
import type { Depot } from '../depot/depot.ts'
import { cidKey } from '../depot/keys.ts'
import { startDepotServer } from '../depot/server.ts'
import { type ErrorCode, isStorageError, StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1 } from '../piece/piece-cid.ts'
import type { Manifest, ManifestPart } from '../prepare/manifest.ts'
import {
  retrieve,
  type RetrieveOptions,
  retrieveParts,
  type Retrieved,
  type Source,
  type SourcesOf,
} from '../retrieve/retrieve.ts'
import { observe, type ObservedProposal } from '../watch/observe.ts'
import type { ChainContext, FlowContext } from './context.ts'
import type { RetrievedDocument } from './documents.ts'

type Place = Pick<FlowContext, 'depot' | 'signal' | 'onEvent'>

/**
 * From the depot, or from the providers of active deals when the depot has not got it whole.
 * @param cid Root or piece CID.
 * @param target Folder that the content is put into.
 * @throws as `retrieve`; CID_NOT_FOUND when neither has it; NODE_UNREACHABLE
 */
export async function retrieveDeal(
  cid: string,
  target: string,
  context: FlowContext,
): Promise<RetrievedDocument> {
  const stored = await retrieveStored(cid, target, context)
  if (stored !== undefined) return stored
  const { depot } = context
  const manifest = await unlessDamaged(depot.findManifest(cid))
  const holders = await Holders.look(context)
  return withServer(depot, async (own) => {
    const sourcesOf = async ({ pieceCid }: ManifestPart) => {
      const kept = await unlessDamaged(depot.find(pieceCid))
      return [...(kept === undefined ? [] : [own]), ...(await holders.sourcesOf(pieceCid))]
    }
    if (manifest !== undefined) return join(manifest, target, context, sourcesOf)
    const held = holders.newest(cid)
    const sources = held === undefined ? [] : await holders.sourcesOf(held.pieceCid)
    if (held === undefined || sources.length === 0)
      throw new StorageError('CID_NOT_FOUND', {
        what: `neither the depot nor an active deal has ${cid}`,
        hint: 'Name the HTTP address of a depot or provider with --from URL.',
      })
    const { pieceCid, size } = held
    const options = optionsFor(context, sources, sourcesOf)
    return documentOf(await retrieve({ cid, pieceCid, size }, sources, target, options))
  })
}

/** From the depot, by the same way as from a provider; undefined when it has not got it whole. No chain is asked. */
export async function retrieveStored(
  cid: string,
  target: string,
  place: Place,
): Promise<RetrievedDocument | undefined> {
  const { depot, onEvent } = place
  try {
    const stored = await depot.find(cid)
    const manifest = stored === undefined ? await depot.findManifest(cid) : undefined
    if (stored === undefined && manifest === undefined) return undefined
    return await withServer(depot, async (own) => {
      const sourcesOf = async ({ pieceCid }: ManifestPart) =>
        (await depot.find(pieceCid)) === undefined ? [] : [own]
      if (manifest !== undefined) return join(manifest, target, place, sourcesOf)
      const { pieceCid, size, name } = stored ?? {}
      const options = optionsFor(place, [own], sourcesOf)
      return documentOf(await retrieve({ cid, pieceCid, size, name }, [own], target, options))
    })
  } catch (error) {
    if (!isStorageError(error) || !NOT_WHOLE.has(error.code)) throw error
    onEvent?.({ type: 'retrieve:refused', name: 'depot', reason: error.message })
    return undefined
  }
}

/** What a damaged copy, or one without some part, leads to: it is as good as none, the providers may have a whole one. */
const NOT_WHOLE: ReadonlySet<ErrorCode> = new Set([
  'DEPOT_CORRUPT',
  'BLOCK_MISMATCH',
  'PIECE_MISMATCH',
  'FETCH_FAILED',
  'CID_NOT_FOUND',
])

async function join(
  manifest: Manifest,
  target: string,
  place: Place,
  sourcesOf: SourcesOf,
): Promise<RetrievedDocument> {
  const options = optionsFor(place, [], sourcesOf)
  return documentOf(await retrieveParts(manifest, options.sourcesOf, target, options))
}

async function withServer<T>(depot: Depot, act: (own: Source) => Promise<T>): Promise<T> {
  const server = await startDepotServer(depot, { host: '127.0.0.1', port: 0 })
  try {
    return await act({ name: 'depot', url: server.url })
  } finally {
    await server.close()
  }
}

/** Tells of each source when it begins to send. */
function optionsFor(
  { signal, onEvent }: Place,
  sources: readonly Source[],
  sourcesOf: SourcesOf,
): RetrieveOptions & { readonly sourcesOf: SourcesOf } {
  const urls = new Map<string, string>()
  const meet = (some: readonly Source[]) => {
    for (const { name, url } of some) if (!urls.has(name)) urls.set(name, url)
    return some
  }
  meet(sources)
  let announced = ''
  return {
    signal,
    sourcesOf: async (part) => meet(await sourcesOf(part)),
    onProgress: ({ bytes, total, source }) => {
      if (source !== announced) {
        announced = source
        onEvent?.({ type: 'retrieve:source', name: source, url: urls.get(source) ?? '' })
      }
      onEvent?.({ type: 'retrieve:progress', bytes, total })
    },
  }
}

function documentOf(retrieved: Retrieved): RetrievedDocument {
  return { version: 1, kind: 'retrieved', ...retrieved }
}

async function unlessDamaged<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (isStorageError(error, 'DEPOT_CORRUPT')) return undefined
    throw error
  }
}

interface Held {
  readonly proposal: ObservedProposal
  readonly pieceCid: string
  /** Raw bytes of the piece. */
  readonly size: number
  /** Actor id. */
  readonly provider: bigint
}

/** Who holds what, by deals that are active. The chain is asked once for them, and once for each provider's address. */
class Holders {
  readonly #context: ChainContext
  /** The newest first. */
  readonly #held: readonly Held[]
  readonly #sources = new Map<bigint, readonly Source[]>()

  private constructor(context: ChainContext, held: readonly Held[]) {
    this.#context = context
    this.#held = held
  }

  /** @throws NODE_UNREACHABLE */
  static async look(context: ChainContext): Promise<Holders> {
    const { proposals } = await observe(context.client)
    const held = proposals.flatMap((proposal) => {
      const { pieceCid, size, deals } = proposal
      const active = deals.filter(({ state }) => state === 'active')
      return active.map(({ provider }) => ({ proposal, pieceCid, size, provider }))
    })
    return new Holders(context, held.toReversed())
  }

  /** The newest deal for a piece, or for one with that root. @throws CID_INVALID */
  newest(cid: string): Held | undefined {
    const wanted = nameOf(cid)
    return this.#held.find(({ proposal }) => holds(proposal, wanted))
  }

  /** Providers of a piece, by its CID v1, of the newest deal first. Those whose address is not known are told of and left out. */
  async sourcesOf(pieceCid: string): Promise<readonly Source[]> {
    const ids = this.#held.filter((one) => one.pieceCid === pieceCid).map((one) => one.provider)
    const sources: Source[] = []
    for (const id of new Set(ids)) {
      const known = this.#sources.get(id) ?? (await this.#look(id))
      this.#sources.set(id, known)
      sources.push(...known)
    }
    return sources
  }

  async #look(id: bigint): Promise<readonly Source[]> {
    const { network, provider, signal, onEvent } = this.#context
    const name = `f0${id}`
    try {
      const urls = (await minerInfo(provider, network, id, { signal }))?.urls ?? []
      if (urls.length === 0)
        onEvent?.({ type: 'retrieve:refused', name, reason: 'it announces no HTTP address' })
      return urls.map((url) => ({ name, url }))
    } catch (error) {
      if (!isStorageError(error, 'NODE_UNREACHABLE')) throw error
      onEvent?.({ type: 'retrieve:refused', name, reason: error.message })
      return []
    }
  }
}

function holds({ pieceCid, label }: ObservedProposal, cid: string): boolean {
  const root = rootOfLabel(label)
  return pieceCid === cid || (root !== undefined && cidKey(root) === cid)
}

/** As proposals name it: a piece CID in version 1, another CID in base32. @throws CID_INVALID */
function nameOf(cid: string): string {
  try {
    return pieceCidV1(parsePieceCid(cid))
  } catch (error) {
    if (!isStorageError(error, 'CID_INVALID')) throw error
    return cidKey(cid)
  }
}
