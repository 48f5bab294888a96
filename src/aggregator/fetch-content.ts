/**
 * What a request names, as a piece in the depot: found there, or fetched from the sources in turn and verified, bytes against
 * the commitment, or every block against its CID and the DAG from its root to the last leaf.
 */
import type { CID } from 'multiformats/cid'
import type { Depot } from '../depot/depot.ts'
import { type ErrorCode, isStorageError, StorageError } from '../errors.ts'
import { unpaddedCapacity } from '../piece/size.ts'
import { CarFile } from '../prepare/car-file.ts'
import { recordOf } from '../prepare/record.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { StagedCar } from '../prepare/staged-car.ts'
import { filesIn } from '../prepare/take-car.ts'
import { get, type GetRules } from './get.ts'
import { subjectOf } from './request-cid.ts'
import { takeDag } from './take-dag.ts'

export interface FetchOptions {
  readonly depot: Depot
  /** Base URLs that answer `/piece/<piece CID>`: depots and providers. */
  readonly sources: readonly string[]
  /** Base URLs of trustless gateways, which answer `/ipfs/<root>?format=car`. */
  readonly gateways: readonly string[]
  /** Raw bytes of one piece at most. */
  readonly maxBytes: number
  readonly rules: GetRules
}

/** @see https://specs.ipfs.tech/http-gateways/trustless-gateway/ */
const CAR_TYPE = 'application/vnd.ipld.car'
const PIECE_TYPES = 'application/vnd.ipld.car, application/octet-stream;q=0.9, */*;q=0.1'

/** Failures that lie here and not with a source: another one would not help. */
const OURS: ReadonlySet<ErrorCode> = new Set(['DEPOT_FULL', 'DEPOT_READ_ONLY', 'ABORTED'])

/**
 * @param cid As the contract got it.
 * @throws CID_INVALID, PIECE_TOO_LARGE: it can never be had. FETCH_FAILED: no source delivered it. DEPOT_FULL, DEPOT_READ_ONLY,
 *   ABORTED
 */
export async function fetchContent(
  cid: Uint8Array,
  options: FetchOptions,
  signal: AbortSignal,
): Promise<StoredPiece> {
  const { depot, sources, gateways } = options
  const subject = subjectOf(cid)
  if (subject.kind === 'content') {
    const { root } = subject
    return (
      (await depot.find(root.toString())) ??
      fromFirst(gateways, (base) => fetchRoot(base, root, options, signal))
    )
  }
  const size = subject.piece.size ?? 0
  if (size > options.maxBytes) throw tooLarge(size, options.maxBytes)
  const stored = await depot.find(subject.cid)
  if (stored !== undefined && stored.size > options.maxBytes)
    throw tooLarge(stored.size, options.maxBytes)
  return (
    stored ??
    fromFirst(sources, (base) => {
      const request = {
        url: `${base}/piece/${subject.cid}`,
        accept: PIECE_TYPES,
        maxBytes: subject.piece.size ?? options.maxBytes,
        signal,
      }
      return depot.put(get(request, options.rules), { pieceCid: subject.cid }, { signal })
    })
  )
}

async function fetchRoot(
  base: string,
  root: CID,
  { depot, maxBytes, rules }: FetchOptions,
  signal: AbortSignal,
): Promise<StoredPiece> {
  const request = {
    url: `${base}/ipfs/${root}?format=car`,
    accept: CAR_TYPE,
    maxBytes,
    signal,
  }
  const staged = await StagedCar.open(depot, CarFile.forBytes, {
    maxPieceSize: largestHolding(maxBytes),
    signal,
  })
  try {
    const { taken, commitment } = await takeDag(
      get(request, rules),
      { car: staged.car, path: staged.path, root },
      signal,
    )
    const files = await filesIn(staged.path, taken, signal)
    const text = root.toV1().toString()
    return await staged.commit(recordOf(text, text, files, commitment))
  } catch (error) {
    await staged.discard()
    throw error
  }
}

async function fromFirst(
  bases: readonly string[],
  fetchFrom: (base: string) => Promise<StoredPiece>,
): Promise<StoredPiece> {
  const reasons: string[] = []
  const errors: StorageError[] = []
  for (const base of bases) {
    try {
      return await fetchFrom(base)
    } catch (error) {
      if (!isStorageError(error) || OURS.has(error.code)) throw error
      reasons.push(error.message.includes(base) ? error.message : `${base}: ${error.message}`)
      errors.push(error)
    }
  }
  throw new StorageError('FETCH_FAILED', {
    what: bases.length === 0 ? 'the depot has it not, and no source is known' : reasons.join('; '),
    cause: new AggregateError(errors),
  })
}

function largestHolding(maxBytes: number): number {
  let size = 128
  while (unpaddedCapacity(size) < maxBytes) size *= 2
  return size
}

function tooLarge(got: number, maxBytes: number): StorageError {
  return new StorageError('PIECE_TOO_LARGE', {
    what: 'the piece is larger than this aggregator takes',
    expected: `at most ${maxBytes} bytes`,
    got,
  })
}
