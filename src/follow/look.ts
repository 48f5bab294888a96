/**
 * Looks at the proposals of a client again and again with few questions: those that wait at every look, some at a time;
 * those that are active from time to time; those that are over no more. New ones come from the logs.
 */
import type { ChainContext } from '../flow/context.ts'
import type { DealsDocument } from '../flow/documents.ts'
import { dealsDocument } from '../flow/list-deals.ts'
import { gatherTimelines, type TimelineSources } from '../flow/timelines.ts'
import type { ProposalTimeline } from '../timeline/timeline.ts'

export interface Look {
  /** Everything that is known after it. @throws NODE_UNREACHABLE, PROPOSAL_NOT_FOUND, ABORTED */
  (): Promise<DealsDocument>
}

export interface LookOptions {
  readonly context: Pick<ChainContext, 'client' | 'network'>
  readonly sources: TimelineSources
  /** Ids of what is followed, out of all that there is; all, and what comes later, unless stated. */
  readonly select?: ((all: DealsDocument) => readonly string[]) | undefined
}

/** Waiting proposals of one look: some 75 questions to the node. */
const PER_LOOK = 25
/** Looks between two at what is active: 10 minutes at a public network's rhythm. */
const ACTIVE_EVERY = 20

export function createLook({ context, sources, select }: LookOptions): Look {
  const known = new Map<string, { proposal: Proposal; timeline: ProposalTimeline }>()
  let chosen: ReadonlySet<string> | undefined
  let looks = 0
  let waitingFrom = 0
  let lastFault: string | undefined

  const take = ({ proposals, timelines }: DealsDocument): void => {
    for (const [index, proposal] of proposals.entries()) {
      const timeline = timelines[index]
      if (timeline !== undefined) known.set(proposal.proposalId, { proposal, timeline })
    }
  }
  const due = (): string[] => {
    const all = [...known.values()].map(({ timeline }) => timeline)
    const waiting = all.filter(isWaiting).map(({ proposalId }) => proposalId)
    const from = waiting.length <= PER_LOOK ? 0 : waitingFrom % waiting.length
    waitingFrom += PER_LOOK
    const some = [...waiting.slice(from), ...waiting.slice(0, from)].slice(0, PER_LOOK)
    if (looks % ACTIVE_EVERY !== 0) return some
    return [...some, ...all.filter(isActive).map(({ proposalId }) => proposalId)]
  }
  const fetch = async (ids: readonly string[] | undefined): Promise<DealsDocument & Told> => {
    const gathered = await gatherTimelines(context, sources, ids)
    if (gathered.fault !== undefined && gathered.fault !== lastFault)
      sources.onFault?.(gathered.fault)
    lastFault = gathered.fault
    return { ...dealsDocument(context, gathered), told: gathered.told }
  }
  return async () => {
    let document = await fetch(looks === 0 ? undefined : due())
    looks += 1
    if (looks === 1 && select !== undefined) chosen = new Set(select(document))
    const { told } = document
    take(chosen === undefined ? document : only(document, chosen))
    const fresh = chosen === undefined ? told.filter((id) => !known.has(id)) : []
    if (fresh.length > 0) {
      document = await fetch(fresh)
      take(document)
    }
    const { version, kind, network, epoch } = document
    const all = [...known.values()]
    return {
      version,
      kind,
      network,
      epoch,
      proposals: all.map(({ proposal }) => proposal),
      timelines: all.map(({ timeline }) => timeline),
    }
  }
}

type Proposal = DealsDocument['proposals'][number]
interface Told {
  readonly told: readonly string[]
}

function only(document: DealsDocument, ids: ReadonlySet<string>): DealsDocument {
  return {
    ...document,
    proposals: document.proposals.filter(({ proposalId }) => ids.has(proposalId)),
    timelines: document.timelines.filter(({ proposalId }) => ids.has(proposalId)),
  }
}

/** Something of it is still awaited. */
export function isWaiting({ replicas }: ProposalTimeline): boolean {
  return replicas.some(({ waiting }) => waiting !== null)
}

function isActive({ replicas }: ProposalTimeline): boolean {
  return replicas.some(({ daysLeft }) => daysLeft !== null)
}
