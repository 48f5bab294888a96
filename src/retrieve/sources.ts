/** Asks sources in turn until one has what is looked for, whole and true; the reasons of the others are kept. */
import { type ErrorCode, isStorageError, StorageError } from '../errors.ts'
import { aborted } from '../prepare/fault.ts'
import { httpUrl } from './download.ts'

/** An HTTP server of a depot or provider that answers `/piece/<piece CID>`, `/ipfs/<root>` or `/manifest/<root>`. */
export interface Source {
  readonly name: string
  /** Base URL. */
  readonly url: string
}

/** One way to get something from a source. */
export interface Way<T> {
  get(source: Source): Promise<T>
  /** Only for a source that has nothing by the ways before. */
  readonly isLast?: boolean
}

/** Failures that lie here and not with a source: another source would not help. */
const OURS: ReadonlySet<ErrorCode> = new Set(['DEPOT_FULL', 'DEPOT_READ_ONLY', 'INTERNAL'])

interface Failure {
  readonly source: Source
  readonly error: StorageError
}

/**
 * What the first source gives, by the first way that leads to it.
 * @throws CID_NOT_FOUND when no source has it; otherwise the code that all other failures share, or FETCH_FAILED
 */
export async function fromFirst<T>(
  sources: readonly Source[],
  ways: readonly Way<T>[],
  signal: AbortSignal,
): Promise<T> {
  const failures: Failure[] = []
  for (const source of sources) {
    const own: Failure[] = []
    for (const way of ways) {
      if (way.isLast === true && !own.every(isAbsence)) continue
      try {
        return await way.get(source)
      } catch (error) {
        if (signal.aborted) throw aborted(signal)
        if (!isStorageError(error) || OURS.has(error.code)) throw error
        own.push({ source, error })
      }
    }
    failures.push(...own)
  }
  throw allFailed(failures)
}

/** `path` on the server. @throws URL_INVALID */
export function urlAt({ url }: Source, path: string): string {
  return httpUrl(url.replace(/\/+$/, '') + path)
}

function isAbsence({ error }: Failure): boolean {
  return error.code === 'CID_NOT_FOUND'
}

function allFailed(failures: readonly Failure[]): StorageError {
  const reasons = failures.map(({ source, error }) => `${source.name}: ${error.message}`)
  const worse = failures.filter((failure) => !isAbsence(failure))
  const codes = new Set(worse.map(({ error }) => error.code))
  const [shared] = codes
  const code = codes.size === 0 ? 'CID_NOT_FOUND' : codes.size === 1 ? shared : undefined
  return new StorageError(code ?? 'FETCH_FAILED', {
    what: `no source delivered it — ${reasons.join('; ')}`,
    hint: 'name another depot or provider, or try again later',
    cause: new AggregateError(failures.map(({ error }) => error)),
  })
}
