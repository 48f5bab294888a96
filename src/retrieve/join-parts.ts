/**
 * The parts of a payload → the payload. Each is fetched, verified, unpacked behind the one before, and its CAR removed
 * before the next is fetched: the disk holds the result and one part, and the last one where that came first.
 *
 * Parts are verified against a manifest that may lie. Only when the whole has the root that the manifest states is it known
 * to be true.
 */
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isStorageError, StorageError } from '../errors.ts'
import type { Manifest, ManifestPart } from '../prepare/manifest.ts'
import { rootOf as rootOnDisk } from '../prepare/root-of.ts'
import type { TakenCar } from '../prepare/take-car.ts'
import { type FetchedPiece, pieceWays } from './fetch-piece.ts'
import { judgeManifest, mismatch } from './judge-manifest.ts'
import { Joint } from './joint.ts'
import { fromFirst, type Source } from './sources.ts'
import { goalOf, parseRoot } from './want.ts'
import type { SourcesOf, Delivery, Work } from './work.ts'

/** The last part, where its own manifest led to the others: it is here already. */
export interface LastPart {
  readonly taken: TakenCar
  readonly car: FileHandle
  readonly pieceCid: string
  /** Bytes of the CAR. */
  readonly size: number
  /** Name of the source that had it. */
  readonly source: string
}

/**
 * Joins the parts of a manifest that lists all of them, or all but `last`.
 * @throws CID_INVALID, PIECE_TOO_LARGE, TARGET_UNSAFE, CAR_INVALID, PIECE_MISMATCH for a manifest that lies; CID_NOT_FOUND
 *   for a part that no source has; as `fromFirst` for one that none delivers; DEPOT_FULL, DEPOT_READ_ONLY, ABORTED
 */
export async function joinParts(
  manifest: Manifest,
  sourcesOf: SourcesOf,
  work: Work,
  last?: LastPart,
): Promise<Delivery> {
  const { root, count, parts } = manifest
  judgeManifest(manifest, last === undefined ? count : count - 1)
  const places = await placesOf(manifest, sourcesOf)
  const joint = await Joint.begin(manifest, work.unpacked, work.signal)
  const names = new Set(last === undefined ? [] : [last.source])
  const report = reporter(parts, last, work)
  for (const [index, part] of parts.entries())
    await inPart(nameOf(index, count), work.signal, async () => {
      work.nextPiece()
      const path = join(work.folder, 'part.car')
      const onBytes = (bytes: number, source: Source) => report(index, bytes, source)
      const { received, source } = await fetchPart(part, places[index] ?? [], path, work, onBytes)
      names.add(source.name)
      {
        await using car = await open(path)
        await joint.add(received, car, part)
      }
      await rm(path)
    })
  if (last !== undefined)
    await inPart(nameOf(count - 1, count), work.signal, () => joint.add(last.taken, last.car))
  joint.requireWhole()
  await requireRoot(root, joint.path, work)
  return {
    root,
    pieceCid: last?.pieceCid ?? parts.at(-1)?.pieceCid ?? '',
    source: [...names].join(', '),
    bytes: joint.bytes,
    files: joint.files,
    fileName: joint.fileName,
    parts: count,
  }
}

function fetchPart(
  { root: cid, pieceCid, size }: ManifestPart,
  sources: readonly Source[],
  path: string,
  { signal, options: { stallMs } }: Work,
  report: (bytes: number, source: Source) => void,
): Promise<FetchedPiece> {
  const ways = pieceWays(goalOf({ cid, pieceCid, size }), path, {
    signal,
    stallMs,
    onBytes: (bytes, _total, source) => report(bytes, source),
  })
  return fromFirst(sources, ways, signal)
}

/** @throws PIECE_MISMATCH, and as `rootOf` */
async function requireRoot(root: string, path: string, { signal, options }: Work): Promise<void> {
  const rootOf = options.rootOf ?? rootOnDisk
  const got = await rootOf(path, { signal })
  if (!parseRoot(got).toV1().equals(parseRoot(root).toV1())) throw mismatch('root', root, got)
}

/** Where to look for each part. @throws CID_NOT_FOUND when that is nowhere */
async function placesOf(
  { parts, count }: Manifest,
  sourcesOf: SourcesOf,
): Promise<(readonly Source[])[]> {
  const places: (readonly Source[])[] = []
  for (const [index, part] of parts.entries()) {
    const sources = await sourcesOf(part)
    if (sources.length === 0)
      throw new StorageError('CID_NOT_FOUND', {
        what: `no source is known for ${nameOf(index, count)}, piece ${part.pieceCid}`,
        hint: 'name a depot or provider that has all parts',
      })
    places.push(sources)
  }
  return places
}

/** Says of which part an error is. */
async function inPart(name: string, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (cause) {
    if (!isStorageError(cause) || signal.aborted) throw cause
    const { code, message, hint } = cause
    throw new StorageError(code, {
      what: `${name}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
      cause,
    })
  }
}

function nameOf(index: number, count: number): string {
  return `part ${index + 1} of ${count}`
}

/** Bytes of all parts together; of the last part in front, where it was fetched first. */
function reporter(parts: readonly ManifestPart[], last: LastPart | undefined, { options }: Work) {
  const starts = [last?.size ?? 0]
  for (const { size } of parts) starts.push((starts.at(-1) ?? 0) + size)
  const total = starts.at(-1) ?? 0
  return (index: number, bytes: number, source: Source): void =>
    options.onProgress?.({ bytes: (starts[index] ?? 0) + bytes, total, source: source.name })
}
