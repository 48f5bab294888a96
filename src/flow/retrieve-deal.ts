/** Fetches a payload back: from the depot, or from the providers whose deals hold it, by their on-chain HTTP address. */
import { minerInfo } from '../chain/lotus.ts'
import { rootOfLabel } from '../deal/label.ts'
import { cidKey } from '../depot/keys.ts'
import { startDepotServer } from '../depot/server.ts'
import { type ErrorCode, isStorageError, StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1 } from '../piece/piece-cid.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { retrieve, type Source, type Want } from '../retrieve/retrieve.ts'
import { observe, type ObservedProposal } from '../watch/observe.ts'
import type { ChainContext, FlowContext } from './context.ts'
import type { RetrievedDocument } from './documents.ts'

type Place = Pick<FlowContext, 'depot' | 'signal' | 'onEvent'>

/**
 * From the depot, or from the providers of active deals when the depot has not got it.
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
  const { sources, want } = await holders(cid, context)
  if (sources.length === 0)
    throw new StorageError('CID_NOT_FOUND', {
      what: `neither the depot nor an active deal has ${cid}`,
      hint: 'Name the HTTP address of a depot or provider with --from URL.',
    })
  return fetchFrom(sources, want, target, context)
}

/** From the depot, by the same way as from a provider; undefined when it has not got it whole. No chain is asked. */
export async function retrieveStored(
  cid: string,
  target: string,
  place: Place,
): Promise<RetrievedDocument | undefined> {
  try {
    const stored = await place.depot.find(cid)
    return stored && (await fetchStored(cid, stored, target, place))
  } catch (error) {
    if (!isStorageError(error) || !DAMAGE.has(error.code)) throw error
    place.onEvent?.({ type: 'retrieve:refused', name: 'depot', reason: error.message })
    return undefined
  }
}

/** What a damaged copy leads to: it is as good as none, the providers may have a whole one. */
const DAMAGE: ReadonlySet<ErrorCode> = new Set([
  'DEPOT_CORRUPT',
  'BLOCK_MISMATCH',
  'PIECE_MISMATCH',
  'FETCH_FAILED',
])

async function fetchStored(
  cid: string,
  stored: StoredPiece,
  target: string,
  place: Place,
): Promise<RetrievedDocument> {
  const { pieceCid, size, name } = stored
  const server = await startDepotServer(place.depot, { host: '127.0.0.1', port: 0 })
  try {
    const sources = [{ name: 'depot', url: server.url }]
    return await fetchFrom(sources, { cid, pieceCid, size, name }, target, place)
  } finally {
    await server.close()
  }
}

async function fetchFrom(
  sources: readonly Source[],
  want: Want,
  target: string,
  { signal, onEvent }: Place,
): Promise<RetrievedDocument> {
  let announced = ''
  const result = await retrieve(want, sources, target, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: ({ bytes, total, source }) => {
      if (source !== announced) {
        announced = source
        const url = sources.find(({ name }) => name === source)?.url ?? ''
        onEvent?.({ type: 'retrieve:source', name: source, url })
      }
      onEvent?.({ type: 'retrieve:progress', bytes, total })
    },
  })
  return { version: 1, kind: 'retrieved', ...result }
}

interface Holders {
  readonly sources: readonly Source[]
  readonly want: Want
}

/** Providers with an active deal for the piece, or for the newest piece of that root; the newest deal first. */
async function holders(cid: string, context: ChainContext): Promise<Holders> {
  const { client, network, provider, signal, onEvent } = context
  const wanted = nameOf(cid)
  const { proposals } = await observe(client)
  const held = proposals
    .filter((one) => holds(one, wanted))
    .flatMap(({ pieceCid, size, deals }) => deals.map((deal) => ({ pieceCid, size, ...deal })))
    .filter(({ state }) => state === 'active')
    .toReversed()
  const [newest] = held
  if (newest === undefined) return { sources: [], want: { cid } }
  const { pieceCid, size } = newest
  const ids = new Set(held.filter((one) => one.pieceCid === pieceCid).map((one) => one.provider))
  const sources: Source[] = []
  for (const id of ids) {
    const name = `f0${id}`
    try {
      const urls = (await minerInfo(provider, network, id, { signal }))?.urls ?? []
      sources.push(...urls.map((url) => ({ name, url })))
      if (urls.length === 0)
        onEvent?.({ type: 'retrieve:refused', name, reason: 'it announces no HTTP address' })
    } catch (error) {
      if (!isStorageError(error, 'NODE_UNREACHABLE')) throw error
      onEvent?.({ type: 'retrieve:refused', name, reason: error.message })
    }
  }
  return { sources, want: { cid, pieceCid, size } }
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
