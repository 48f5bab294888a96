/** Asks sources in turn until one has what is looked for, whole and true; the reasons of the others are kept. */
import { writeFile } from 'node:fs/promises'
import { type ErrorCode, isStorageError, StorageError } from '../errors.ts'
import { aborted, sinkFault } from '../prepare/fault.ts'
import { type Download, download, httpUrl } from './download.ts'
import { receive, type Received } from './receive.ts'
import type { Goal } from './want.ts'

/** An HTTP server of a depot or provider that answers `/piece/<piece CID>` or `/ipfs/<root>`. */
export interface Source {
  readonly name: string
  /** Base URL. */
  readonly url: string
}

export interface SourceOptions {
  readonly signal: AbortSignal
  readonly stallMs?: number | undefined
  /** Bytes received so far from a source. */
  readonly onBytes?: (bytes: number, total: number | undefined, source: Source) => void
}

/** Failures that lie here and not with a source: another source would not help. */
const OURS: ReadonlySet<ErrorCode> = new Set(['DEPOT_FULL', 'DEPOT_READ_ONLY', 'INTERNAL'])

interface Failure {
  readonly source: Source
  readonly error: StorageError
}

/**
 * Downloads to `path`, anew for each attempt.
 * @throws CID_NOT_FOUND when no source has it; otherwise the code that all other failures share, or FETCH_FAILED
 */
export async function fromFirst(
  goal: Goal,
  sources: readonly Source[],
  path: string,
  options: SourceOptions,
): Promise<{ received: Received; source: Source }> {
  const failures: Failure[] = []
  for (const source of sources)
    for (const way of waysTo(goal)) {
      try {
        await writeFile(path, '').catch((error: unknown) => {
          throw sinkFault(path, error)
        })
        const url = httpUrl(source.url.replace(/\/+$/, '') + way)
        const found = await download(url, options.signal, options.stallMs)
        const received = await receive(counted(found, source, options), goal, path)
        return { received, source }
      } catch (error) {
        if (options.signal.aborted) throw aborted(options.signal)
        if (!isStorageError(error) || OURS.has(error.code)) throw error
        failures.push({ source, error })
      }
    }
  throw allFailed(failures)
}

/** By piece first: its commitment can be checked. */
function waysTo({ piece, root }: Goal): string[] {
  return [
    ...(piece === undefined ? [] : [`/piece/${piece.cid}`]),
    ...(root === undefined ? [] : [`/ipfs/${root}`]),
  ]
}

function counted(found: Download, source: Source, { onBytes }: SourceOptions): Download {
  async function* count(): AsyncGenerator<Uint8Array> {
    let bytes = 0
    for await (const chunk of found.bytes) {
      bytes += chunk.length
      onBytes?.(bytes, found.size, source)
      yield chunk
    }
  }
  return { size: found.size, bytes: count() }
}

function allFailed(failures: readonly Failure[]): StorageError {
  const reasons = failures.map(({ source, error }) => `${source.name}: ${error.message}`)
  const worse = failures.filter(({ error }) => error.code !== 'CID_NOT_FOUND')
  const codes = new Set(worse.map(({ error }) => error.code))
  const [shared] = codes
  const code = codes.size === 0 ? 'CID_NOT_FOUND' : codes.size === 1 ? shared : undefined
  return new StorageError(code ?? 'FETCH_FAILED', {
    what: `no source delivered it — ${reasons.join('; ')}`,
    hint: 'name another depot or provider, or try again later',
    cause: new AggregateError(failures.map(({ error }) => error)),
  })
}
