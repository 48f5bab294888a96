/** Documents of doctor and explain. */
import type { Finding, Verdict } from '../../doctor/check.ts'
import type { Document } from './document.ts'

/** What `doctor` found, in the order in which a proposal meets the checks. */
export interface DiagnosisDocument extends Document<'diagnosis'> {
  readonly network: string
  /** Null where no proposal on chain was looked at. */
  readonly proposalId: string | null
  /** The worst of all. */
  readonly verdict: Verdict
  readonly counts: Readonly<Record<Verdict, number>>
  readonly findings: readonly Finding[]
}

/** What codes stand for. `null` where there is nothing to say of an error's code. */
export interface ExplainedDocument extends Document<'explained'> {
  readonly codes: readonly {
    readonly code: string
    readonly title: string
    readonly group: string | null
    /** Who checks it. */
    readonly by: readonly string[]
    readonly source: string | null
    readonly why: string | null
    readonly fix: string | null
  }[]
}
