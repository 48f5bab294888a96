/** Whoever commits to the same bytes must give the same piece CID. */
import type { Session } from './session.ts'

export class Agreement {
  readonly #session: Session
  readonly #known = new Map<string, { readonly cid: string; readonly by: string }>()

  constructor(session: Session) {
    this.#session = session
  }

  /** Compares with who answered first for these bytes; a difference is a failure of the run. */
  check(bytes: string, by: string, cid: string): void {
    const first = this.#known.get(bytes)
    if (first === undefined) this.#known.set(bytes, { cid, by })
    else if (first.cid !== cid)
      this.#session.fail(`${by} and ${first.by} disagree about ${bytes}: ${cid}, ${first.cid}`)
  }
}
