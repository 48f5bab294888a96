/**
 * Hands sources to explorers, one contract after the other. A contract that an explorer has not seen yet is tried again; what cannot
 * be verified is told and fails nothing.
 */
import { type Clock, systemClock } from '../chain/clock.ts'
import { isStorageError, StorageError } from '../errors.ts'
import type { Verification } from './documents.ts'
import type { FlowEvent } from './events.ts'
import type { Verifiable } from './verifiable.ts'

const EXPLORERS = ['blockscout', 'sourcify'] as const
export type Explorer = (typeof EXPLORERS)[number]

/** How an explorer answered. `later`: it does not know the contract yet, or does not answer. */
export type Answer =
  { readonly kind: 'verified' } | { readonly kind: 'later' | 'refused'; readonly reason: string }

export interface VerifyOptions {
  readonly submit: (explorer: Explorer, contract: Verifiable) => Promise<Answer>
  /** For all contracts together; after it none is tried again. */
  readonly deadlineMs?: number | undefined
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: ((event: FlowEvent) => void) | undefined
}

/** Explorers follow the chain within minutes. */
const DEADLINE_MS = 600_000
/** Two compilations on the explorer's machine, and its queue. Each contract gets one try, however late it is. */
const SUBMISSION_MS = 180_000
/** An epoch. */
const PAUSE_MS = 30_000

/** @throws ABORTED */
export async function verifyContracts(
  contracts: readonly Verifiable[],
  options: VerifyOptions,
): Promise<Verification[]> {
  const { clock = systemClock, deadlineMs = DEADLINE_MS, signal, onEvent } = options
  const end = clock.now() + deadlineMs
  const verifications: Verification[] = []
  for (const one of contracts) {
    for (const explorer of EXPLORERS) {
      const { contract, address } = one
      const answer = await answerOf(explorer, one, options, end, clock)
      if (signal?.aborted === true) throw interrupted()
      const isVerified = answer.kind === 'verified'
      const reason = isVerified ? null : answer.reason
      verifications.push({ contract, address, explorer, verified: isVerified, reason })
      onEvent?.({ type: 'verify:done', contract, explorer, reason })
    }
  }
  return verifications
}

async function answerOf(
  explorer: Explorer,
  contract: Verifiable,
  { submit, signal, onEvent }: VerifyOptions,
  end: number,
  clock: Clock,
): Promise<Answer> {
  for (let hasTold = false; ; hasTold = true) {
    const answer = await within(submit(explorer, contract), signal, clock)
    if (answer.kind !== 'later' || clock.now() + PAUSE_MS > end) return answer
    if (!hasTold)
      onEvent?.({
        type: 'verify:waiting',
        contract: contract.contract,
        explorer,
        why: answer.reason,
      })
    await clock.sleep(PAUSE_MS, signal)
  }
}

/** The explorer's library waits for ever, and takes no signal. */
async function within(
  work: Promise<Answer>,
  signal: AbortSignal | undefined,
  clock: Clock,
): Promise<Answer> {
  const over = new AbortController()
  const both = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal])
  const late = clock.sleep(SUBMISSION_MS, both).then(
    (): Answer => ({ kind: 'refused', reason: 'no answer in time' }),
    (error: unknown) => {
      if (isStorageError(error, 'ABORTED') && signal?.aborted === true) throw interrupted()
      return new Promise<never>(() => {})
    },
  )
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}

function interrupted(): StorageError {
  return new StorageError('ABORTED', { what: 'the verification was interrupted' })
}
