/**
 * Fetches the file of a receipt back: from the provider of its deal, from others that have the same aggregate, or from the
 * depot; of each by Range, so that nothing but the file is downloaded.
 */
import { networkMismatch } from './verify-receipt.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { checkReceipt } from '../receipt/check.ts'
import type { Receipt } from '../receipt/schema.ts'
import type { Source } from '../retrieve/retrieve.ts'
import { retrieveSegment } from '../retrieve/segment.ts'
import type { FlowContext } from './context.ts'
import type { RetrievedDocument } from './documents.ts'
import { Holders } from './holders.ts'
import { optionsFor, withServer } from './retrieve-deal.ts'

/**
 * @param value The receipt, checked before anybody is asked.
 * @param target Folder that the content is put into.
 * @throws RECEIPT_INVALID; UNKNOWN_NETWORK for a receipt of another chain; CID_NOT_FOUND when nobody has it; as
 *   `retrieveSegment`
 */
export async function retrieveReceipt(
  value: unknown,
  target: string,
  context: FlowContext,
): Promise<RetrievedDocument> {
  const { receipt } = checkReceipt(value)
  const wrong = networkMismatch(receipt, context.network)
  if (wrong !== undefined) throw wrong
  const holders = await holdersOf(receipt, context)
  const { depot } = context
  const { pieceCid } = receipt.aggregate
  return withServer(depot, async (own) => {
    const isHere = (await depot.find(pieceCid)) !== undefined
    const sources = [...holders, ...(isHere ? [own] : [])]
    if (sources.length === 0)
      throw new StorageError('CID_NOT_FOUND', {
        what: `neither a provider whose address is known nor the depot has the aggregate ${pieceCid}`,
        hint: 'Name the HTTP address of a depot or provider with --from URL.',
      })
    const options = optionsFor(context, sources, () => sources)
    const retrieved = await retrieveSegment(receipt, sources, target, options)
    return { version: 1, kind: 'retrieved', ...retrieved }
  })
}

/** The provider of the deal first. While the node does not answer the depot is what is left. */
async function holdersOf(
  { deal, aggregate }: Receipt,
  context: FlowContext,
): Promise<readonly Source[]> {
  try {
    const holders = await Holders.look(context)
    const found = [
      ...(await holders.sourcesAt(BigInt(deal.provider.slice(2)))),
      ...(await holders.sourcesOf(aggregate.pieceCid)),
    ]
    return [...new Map(found.map((source) => [source.url, source])).values()]
  } catch (error) {
    if (!isStorageError(error, 'NODE_UNREACHABLE')) throw error
    context.onEvent?.({ type: 'retrieve:refused', name: deal.provider, reason: error.message })
    return []
  }
}
