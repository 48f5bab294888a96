/** A stream that an abort signal ends even while its source is silent. */
import { isStorageError, StorageError } from '../errors.ts'

/** Errors: DEADLINE when the signal is a timeout, a StorageError given as its reason, else ABORTED. */
export async function* abortable<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  if (signal === undefined) {
    yield* source
    return
  }
  const iterator = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      const result = await nextUnlessAborted(iterator, signal)
      if (result.done === true) return
      yield result.value
    }
  } finally {
    // a silent source answers late or never, so its end is not awaited; what it says then concerns nobody
    iterator.return?.().catch(() => undefined)
  }
}

/** One listener per item: a race with one lasting promise would keep every item in memory. */
function nextUnlessAborted<T>(
  iterator: AsyncIterator<T>,
  signal: AbortSignal,
): Promise<IteratorResult<T>> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(abortion(signal.reason))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    iterator
      .next()
      .finally(() => signal.removeEventListener('abort', stop))
      .then(resolve, reject)
  })
}

function abortion(cause: unknown): StorageError {
  if (isStorageError(cause)) return cause
  const late = cause instanceof Error && cause.name === 'TimeoutError'
  return late
    ? new StorageError('DEADLINE', { what: 'reading a piece took too long', cause })
    : new StorageError('ABORTED', { what: 'reading a piece was interrupted', cause })
}
