/**
 * Fetches a payload back: from the depot, or from the providers whose deals hold it, by their on-chain HTTP address. Of a
 * payload in several pieces each comes from wherever it is.
 */
import { rootOfLabel } from '../deal/label.ts'
import type { Depot } from '../depot/depot.ts'
import { startDepotServer } from '../depot/server.ts'
import { type ErrorCode, isStorageError, StorageError } from '../errors.ts'
import type { Manifest, ManifestPart } from '../prepare/manifest.ts'
import {
  retrieve,
  type RetrieveOptions,
  retrieveParts,
  type Retrieved,
  type Source,
  type SourcesOf,
} from '../retrieve/retrieve.ts'
import type { FlowContext } from './context.ts'
import type { RetrievedDocument } from './documents.ts'
import { Holders } from './holders.ts'

type Place = Pick<FlowContext, 'depot' | 'signal' | 'onEvent'>

/**
 * From the depot, or from the providers of active deals when the depot has not got it whole.
 * @param cid Root or piece CID.
 * @param target Folder that the content is put into.
 * @throws as `retrieve`; CID_NOT_FOUND when neither has it; ARGUMENT_INVALID for an aggregate; NODE_UNREACHABLE
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
    const { pieceCid, size, proposal } = held
    // What has no root of its own names its piece in the label.
    if (rootOfLabel(proposal.label) === pieceCid) throw manyFiles(cid)
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
    if (stored?.segments !== undefined) throw manyFiles(cid)
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

function manyFiles(cid: string): StorageError {
  return new StorageError('ARGUMENT_INVALID', {
    what: `${cid} is a piece of many files, an aggregate`,
    expected: 'the root or piece CID of one of its files, or its receipt',
    hint: 'Get the receipts of its files, and give one to retrieve with --receipt.',
    next: `npx hardhat receipt ${cid}`,
  })
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

export async function withServer<T>(depot: Depot, act: (own: Source) => Promise<T>): Promise<T> {
  const server = await startDepotServer(depot, { host: '127.0.0.1', port: 0 })
  try {
    return await act({ name: 'depot', url: server.url })
  } finally {
    await server.close()
  }
}

/** Tells of each source when it begins to send. */
export function optionsFor(
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
