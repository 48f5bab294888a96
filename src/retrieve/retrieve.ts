/**
 * Fetches a payload back: from the first source that has it whole, verified, unpacked into the target folder. A payload that
 * lies in several pieces is joined from them. A source that fails, lies or stalls costs time and nothing else: the next one
 * is asked.
 */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { StorageError } from '../errors.ts'
import { pieceCidV1 } from '../piece/piece-cid.ts'
import type { Manifest } from '../prepare/manifest.ts'
import { type FetchedPiece, pieceWays } from './fetch-piece.ts'
import { fetchManifest, manifestIn } from './find-manifest.ts'
import { joinParts } from './join-parts.ts'
import { fromFirst, type Source, type Way } from './sources.ts'
import { emptyFolder } from './target.ts'
import { unpack } from './unpack.ts'
import { type Goal, goalOf, type Want } from './want.ts'
import {
  type Retrieved,
  type RetrieveOptions,
  type SourcesOf,
  type Delivery,
  type Work,
  workInto,
} from './work.ts'

export type { Source } from './sources.ts'
export type { Want } from './want.ts'
export type {
  Retrieved,
  RetrievedSegment,
  RetrieveOptions,
  RetrieveProgress,
  RootOf,
  SourcesOf,
} from './work.ts'

/**
 * A folder's entries are put into `target`, which is made when it does not exist; a file is put into it as `want.name` or
 * its CID. Nothing appears there before all of it is verified.
 *
 * When what is asked for is the last part of a payload, or the root of one whose manifest a source has, all of its parts
 * are fetched and joined.
 * @throws CID_INVALID, ARGUMENT_INVALID (no source), TARGET_EXISTS, TARGET_UNSAFE, DEADLINE, ABORTED, DEPOT_FULL,
 *   DEPOT_READ_ONLY; CID_NOT_FOUND when no source has it; when they fail otherwise, the code that all failures share
 *   (BLOCK_MISMATCH, PIECE_MISMATCH, CAR_INVALID, …) or FETCH_FAILED, with every reason; of parts as `retrieveParts`
 */
export async function retrieve(
  want: Want,
  sources: readonly Source[],
  target: string,
  options: RetrieveOptions = {},
): Promise<Retrieved> {
  const goal = goalOf(want)
  if (sources.length === 0)
    throw new StorageError('ARGUMENT_INVALID', {
      what: `there is no source to fetch ${want.cid} from`,
      expected: 'at least one URL of a depot or provider',
    })
  const sourcesOf = options.sourcesOf ?? (() => sources)
  return workInto(target, options, async (work) => {
    const path = join(work.folder, 'piece.car')
    const { signal } = work
    const ways: Way<FetchedPiece | Delivery>[] = [
      ...pieceWays(goal, path, { ...options, signal, onBytes: reporter(options) }),
      ...manifestWays(goal, sourcesOf, work),
    ]
    const found = await fromFirst(sources, ways, signal)
    return 'received' in found ? unpackPiece(found, path, goal, sourcesOf, work) : found
  })
}

/**
 * Joins the payload of a manifest that lists all its parts, and puts it into `target` as `retrieve` does; a file gets the
 * name in the manifest. Nothing in the manifest is believed but its root, which the whole must have.
 *
 * @param sourcesOf is asked for every part before the first is fetched
 * @throws as `retrieve`; for a manifest that lies CID_INVALID, PIECE_TOO_LARGE (a part above 64 GiB), TARGET_UNSAFE,
 *   CAR_INVALID, PIECE_MISMATCH; CID_NOT_FOUND for a part without a source
 */
export function retrieveParts(
  manifest: Manifest,
  sourcesOf: SourcesOf,
  target: string,
  options: RetrieveOptions = {},
): Promise<Retrieved> {
  return workInto(target, options, (work) => joinParts(manifest, sourcesOf, work))
}

/** For a source that has no piece of that root. */
function manifestWays({ root }: Goal, sourcesOf: SourcesOf, work: Work): Way<Delivery>[] {
  if (root === undefined) return []
  const { signal, options } = work
  return [
    {
      isLast: true,
      async get(source) {
        const manifest = await fetchManifest(source, root, { signal, stallMs: options.stallMs })
        return joinParts(manifest, sourcesOf, work)
      },
    },
  ]
}

async function unpackPiece(
  { received, source }: FetchedPiece,
  path: string,
  goal: Goal,
  sourcesOf: SourcesOf,
  work: Work,
): Promise<Delivery> {
  const { root, commitment } = received
  const pieceCid = pieceCidV1(goal.piece ?? commitment)
  await using car = await open(path)
  const manifest = await manifestIn(received, car)
  if (manifest !== undefined) {
    const { size } = commitment
    const last = { taken: received, car, pieceCid, size, source: source.name }
    return await joinParts(manifest, sourcesOf, work, last)
  }
  const name = goal.name ?? root.toString()
  await emptyFolder(work.unpacked)
  const { isFolder, bytes, files } = await unpack(received, car, work.unpacked, name, work)
  return {
    root: root.toString(),
    pieceCid,
    source: source.name,
    bytes,
    files,
    fileName: isFolder ? undefined : name,
  }
}

function reporter({ onProgress }: RetrieveOptions) {
  return (bytes: number, total: number | undefined, source: Source): void =>
    onProgress?.({ bytes, source: source.name, ...(total === undefined ? {} : { total }) })
}
