/** Everything that the page shows, kept up to date while somebody looks. */
import type { Network } from '../chain/networks.ts'
import type { PieceRecord } from '../prepare/sink.ts'
import type { ProposalTimeline } from '../timeline/timeline.ts'
import { type Desk, openDesk, type Send } from './desk.ts'
import type { Problem } from './documents.ts'
import type { ChainFacts, Facts, KnownTimeline } from './facts.ts'
import { type Looking, startLooking } from './looking.ts'

/** Where facts come from. Each may fail with any error. */
export interface Sources {
  readonly chain: () => Promise<ChainFacts>
  readonly depot: () => Promise<readonly PieceRecord[]>
  readonly timeline: (proposalId: string) => Promise<ProposalTimeline>
  /** Undefined for a page that only reads. */
  readonly send: Send | undefined
}

export interface StateOptions {
  readonly network: Network
  readonly sources: Sources
  /** Milliseconds between two looks at the chain, at least. */
  readonly everyMs: number
  /** An error without secrets. */
  readonly explain: (error: unknown) => Problem
}

export interface DashboardState {
  readonly facts: () => Facts
  readonly desk: Desk | undefined
  timeline(proposalId: string): Promise<KnownTimeline>
  /** Looks at what is due. */
  tick(): void
  refresh(): Promise<void>
  /** Called after each change. Returns how to stop listening. */
  onChange(listener: () => void): () => void
}

/** Timelines that are remembered: a person looks at one, and goes back and forth between a few. */
const TIMELINES = 50

export function openState({ network, sources, everyMs, explain }: StateOptions): DashboardState {
  const listeners = new Set<() => void>()
  const changed = (): void => {
    for (const listener of listeners) listener()
  }
  const looking = { everyMs, explain, onLooked: changed }
  const chain = startLooking({ ...looking, look: sources.chain })
  const depot = startLooking({ ...looking, look: sources.depot })
  const timelines = new Map<string, Looking<ProposalTimeline>>()
  const desk =
    sources.send === undefined
      ? undefined
      : openDesk({
          network,
          send: sources.send,
          explain,
          onChange: ({ state }) => {
            changed()
            if (state === 'done') void chain.refresh()
          },
        })

  return {
    desk,
    facts: () => ({
      network,
      chain: chain.known(),
      depot: depot.known(),
      actions: desk?.list(),
    }),

    async timeline(proposalId) {
      let looked = timelines.get(proposalId)
      if (looked === undefined) {
        const [oldest] = timelines.keys()
        if (oldest !== undefined && timelines.size >= TIMELINES) timelines.delete(oldest)
        const look = () => sources.timeline(proposalId)
        looked = startLooking({ everyMs, explain, look })
        timelines.set(proposalId, looked)
      }
      if (isOlder(looked, chain)) await looked.refresh()
      return looked.known()
    },

    tick: () => {
      chain.refreshIfDue()
      depot.refreshIfDue()
    },
    refresh: async () => {
      await Promise.all([chain.refresh(), depot.refresh()])
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** A timeline is looked at anew when the chain was, not more often. */
function isOlder(one: Looking<unknown>, other: Looking<unknown>): boolean {
  return (one.known().at ?? 0) <= (other.known().at ?? 0)
}
