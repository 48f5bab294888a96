/** The proposals of a document that an id means: a deal number, a piece CID of either version, or a root CID. */
import { rootOfLabel } from '../src/deal/label.ts'
import { isStorageError, StorageError } from '../src/errors.ts'
import type { DealsDocument } from '../src/flow/documents.ts'
import { parsePieceCid, pieceCidV1 } from '../src/piece/piece-cid.ts'

/** A deal number leaves only that deal of its proposal. Errors: PROPOSAL_NOT_FOUND when nothing is meant. */
export function selectDeals(document: DealsDocument, id: string): DealsDocument {
  const proposals = /^\d+$/.test(id)
    ? withDeal(document.proposals, Number(id))
    : withContent(document.proposals, id)
  if (proposals.length > 0)
    return { ...document, proposals, timelines: timelinesOf(document, proposals, id) }
  throw new StorageError('PROPOSAL_NOT_FOUND', {
    what: `the client contract has neither proposal nor deal for ${id}`,
    hint: 'Look at everything that it has.',
    next: `npx hardhat deals --network ${document.network}`,
  })
}

/** Those of the proposals; of a deal that is named, only its replica. */
function timelinesOf(
  { timelines }: DealsDocument,
  proposals: Proposals,
  id: string,
): DealsDocument['timelines'] {
  const wanted = new Set(proposals.map(({ proposalId }) => proposalId))
  const own = timelines.filter(({ proposalId }) => wanted.has(proposalId))
  if (!/^\d+$/.test(id)) return own
  return own.map((timeline) => ({
    ...timeline,
    replicas: timeline.replicas.filter(({ dealId }) => dealId === Number(id)),
  }))
}

type Proposals = DealsDocument['proposals']

function withDeal(proposals: Proposals, dealId: number): Proposals {
  const found = proposals.find(({ deals }) => deals.some((deal) => deal.dealId === dealId))
  if (found === undefined) return []
  return [{ ...found, deals: found.deals.filter((deal) => deal.dealId === dealId) }]
}

function withContent(proposals: Proposals, cid: string): Proposals {
  const piece = tryPieceCid(cid)
  return proposals.filter(({ pieceCid, label }) => pieceCid === piece || rootOfLabel(label) === cid)
}

function tryPieceCid(cid: string): string | undefined {
  try {
    return pieceCidV1(parsePieceCid(cid))
  } catch (error) {
    if (isStorageError(error, 'CID_INVALID')) return undefined
    throw error
  }
}
