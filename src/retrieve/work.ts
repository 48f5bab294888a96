/** One retrieval: what the caller says, where the work is done and until when, and what comes out. */
import { join, resolve } from 'node:path'
import type { ManifestPart } from '../prepare/manifest.ts'
import { Deadline } from './deadline.ts'
import type { Source } from './sources.ts'
import { moveInto, openWorkshop } from './target.ts'

export interface RetrieveProgress {
  /** Received so far; of a payload in several pieces, of all of them. */
  readonly bytes: number
  readonly total?: number
  /** Name of the source. */
  readonly source: string
}

/** Where to look for a part of a payload, best first. */
export type SourcesOf = (part: ManifestPart) => readonly Source[] | Promise<readonly Source[]>

/** The root CID of a file or folder on disk, as `prepare` would give it. */
export type RootOf = (path: string, options: { readonly signal: AbortSignal }) => Promise<string>

export interface RetrieveOptions {
  readonly signal?: AbortSignal
  /** For everything together; unless stated, six hours for each piece. */
  readonly deadlineMs?: number
  /** After which silence a source is given up; 30 s unless stated. */
  readonly stallMs?: number
  readonly onProgress?: (progress: RetrieveProgress) => void
  /** For the other parts when a payload turns out to have several; the same sources unless stated. */
  readonly sourcesOf?: SourcesOf
  /** What a payload of several parts is checked by. */
  readonly rootOf?: RootOf
}

export interface Retrieved {
  /** Of the whole payload, also when it was asked for by its last part; empty for a piece that is no CAR. */
  readonly root: string
  /** Of the last part when there are several. */
  readonly pieceCid: string
  /** Name of the source that had it; those of several parts are joined by a comma. */
  readonly source: string
  /** Of the files, unpacked. */
  readonly bytes: number
  readonly files: number
  /** Absolute: the target folder, or the file in it when the root is a file. */
  readonly path: string
  readonly verified: true
  /** How many pieces were joined; absent when the payload lies in one. */
  readonly parts?: number
  /** Where it was read from an aggregate. */
  readonly segment?: RetrievedSegment
}

export interface RetrievedSegment {
  /** Piece CID v1 of the aggregate. */
  readonly aggregate: string
  /** Raw bytes of the aggregate that were asked for: the first, and how many. */
  readonly rawOffset: number
  readonly size: number
}

/** Everything but where it ends up: it is verified and lies in the folder of unpacked files. */
export type Delivery = Omit<Retrieved, 'path' | 'verified'> & {
  /** The name of the file when the root is one. */
  readonly fileName: string | undefined
}

export interface Work {
  /** A folder of our own for CARs. */
  readonly folder: string
  /** The folder to unpack into; it does not exist yet. */
  readonly unpacked: string
  /** Aborts at the deadline too. */
  readonly signal: AbortSignal
  /** To be called before another piece is fetched: where the deadline is for each, it begins anew. */
  nextPiece(): void
  readonly options: RetrieveOptions
}

/** A piece of 32 GiB at 1.6 MB/s. */
const PIECE_DEADLINE_MS = 6 * 3600 * 1000

/** Puts what `act` unpacks into `target`, all or nothing; on any path no other trace is left. @throws as `retrieve` */
export async function workInto(
  target: string,
  options: RetrieveOptions,
  act: (work: Work) => Promise<Delivery>,
): Promise<Retrieved> {
  const workshop = await openWorkshop(target)
  using limit = new Deadline(options.deadlineMs ?? PIECE_DEADLINE_MS)
  const nextPiece = () => {
    if (options.deadlineMs === undefined) limit.renew()
  }
  const signal = AbortSignal.any([
    limit.signal,
    ...(options.signal === undefined ? [] : [options.signal]),
  ])
  try {
    const { folder } = workshop
    const unpacked = join(folder, 'unpacked')
    const { fileName, ...facts } = await act({ folder, unpacked, signal, nextPiece, options })
    await moveInto(unpacked, target)
    const path = fileName === undefined ? resolve(target) : join(resolve(target), fileName)
    return { ...facts, path, verified: true }
  } finally {
    await workshop.remove()
  }
}
