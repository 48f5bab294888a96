/** What a run of the benchmark shares: what is wanted, how large, what went wrong, and where it says what it is doing. */
import type { TextStream } from '../../src/terminal/stream.ts'
import type { RowSpec } from './report.ts'
import { speedOf } from './rows.ts'

export interface Plan {
  readonly rounds: { readonly memory: number; readonly disk: number }
  /** Rows whose id does not match are left out. */
  readonly only: RegExp
  /** Small sizes, to see that everything runs. */
  readonly quick: boolean
  /** Bytes of the one large file. */
  readonly fileSize: number
  /** With the growth from 1 MiB to 8 GiB. */
  readonly grow: boolean
}

export class Session {
  readonly plan: Plan
  readonly signal: AbortSignal
  readonly notes: string[] = []
  readonly failures: string[] = []
  readonly #failed = new Set<string>()
  readonly #stream: TextStream

  constructor(plan: Plan, signal: AbortSignal, stream: TextStream) {
    this.plan = plan
    this.signal = signal
    this.#stream = stream
  }

  wants(id: string): boolean {
    return this.plan.only.test(id)
  }

  /** Runs a row. What fails is recorded once, and the row is left alone from then on; an interruption is passed on. */
  async attempt<T>(id: string, act: () => T | Promise<T>): Promise<T | undefined> {
    if (this.#failed.has(id)) return undefined
    try {
      return await act()
    } catch (error) {
      this.signal.throwIfAborted()
      this.#failed.add(id)
      this.fail(`${id}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  fail(what: string): void {
    this.failures.push(what)
    this.tell(`FAILED ${what}`)
  }

  note(what: string): void {
    this.notes.push(what)
    this.tell(what)
  }

  tell(line: string): void {
    this.#stream.write(`${line}\n`)
  }

  tellSample({ id, bytes }: RowSpec, round: number, rounds: number, ms: number): void {
    const speed = bytes === 0 ? '' : `, ${Math.round(speedOf(bytes, ms))} MB/s`
    this.tell(`round ${round} of ${rounds}: ${id} ${Math.round(ms)} ms${speed}`)
  }
}
