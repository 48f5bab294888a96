/** The journal and what it comes to, kept together: a fact is on the disk before it counts. */
import { join } from 'node:path'
import { StorageError } from '../errors.ts'
import { type Journal, openJournal } from '../journal/journal.ts'
import type { Entry, Fact } from './facts.ts'
import { apply, foldState, type State } from './state.ts'

export interface Ledger {
  readonly state: State
  /** Resolves when the fact is on the disk and in `state`. @throws as `Journal.append` */
  record(fact: Fact): Promise<void>
  close(): Promise<void>
}

export interface LedgerOptions {
  readonly folder: string
  /** What the journal is about: network, contract, account. Another journal is not taken up. */
  readonly service: string
  readonly now: () => number
  /** Between ledger and disk, for tests that pull the plug. */
  readonly through?: ((journal: Journal<Entry>) => Journal<Entry>) | undefined
  readonly onFact?: ((fact: Fact) => void) | undefined
}

/** @throws DEPOT_CORRUPT, DEPOT_FULL, DEPOT_READ_ONLY; ARGUMENT_INVALID for the journal of another keeper */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { folder, service, now, through = (journal) => journal, onFact } = options
  const { journal: file, entries } = await openJournal<Entry>(join(folder, 'journal.jsonl'))
  const journal = through(file)
  try {
    const state = foldState(entries)
    const record = async (fact: Fact): Promise<void> => {
      await journal.append({ ...fact, at: now() })
      apply(state, fact)
      onFact?.(fact)
    }
    if (state.service === undefined) await record({ kind: 'opened', version: 1, service })
    else if (state.service !== service)
      throw new StorageError('ARGUMENT_INVALID', {
        what: `the journal in ${folder} is of another keeper`,
        expected: service,
        got: state.service,
        hint: 'Name another state folder. A local chain that was started again is a new one.',
      })
    return { state, record, close: () => journal.close() }
  } catch (error) {
    await journal.close()
    throw error
  }
}
