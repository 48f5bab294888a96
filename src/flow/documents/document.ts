/** What every JSON document of a task has, and the one that tells a failure. */

export interface Document<Kind extends string> {
  readonly version: 1
  readonly kind: Kind
}

export interface ErrorDocument extends Document<'error'> {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly next: string | null
}
