/** Document of providers. */
import type { Document } from './document.ts'
import type { AskDocument } from './plan.ts'

export interface RankedProviderDocument {
  /** From 1. */
  readonly place: number
  /** f0… */
  readonly provider: string
  readonly verdict: 'usable' | 'unknown' | 'unusable'
  /** For (+), against (-), not known (?): in the order of weight. */
  readonly reasons: readonly { readonly sign: '+' | '-' | '?'; readonly text: string }[]
  /** Why it is looked at. */
  readonly sources: readonly string[]
  /** Null where the node does not tell. */
  readonly isMiner: boolean | null
  readonly urls: readonly string[] | null
  readonly ask: AskDocument | null
  /** Of this client with it; counts of deals, pushes and proposals. */
  readonly experience: {
    readonly kept: number
    readonly lost: number
    readonly pending: number
    readonly accepted: number
    readonly refused: number
    readonly unreachable: number
    readonly ignored: number
    readonly lastRefusal: string | null
    /** Epochs; null without a sample. */
    readonly toPublish: { readonly median: number; readonly n: number } | null
    readonly toActive: { readonly median: number; readonly n: number } | null
  }
}

export interface ProvidersDocument extends Document<'providers'> {
  readonly network: string
  /** Address of the client whose experience it is; null without one. */
  readonly client: string | null
  /** Best first. */
  readonly providers: readonly RankedProviderDocument[]
  /** What could not be found out. */
  readonly notes: readonly string[]
}
