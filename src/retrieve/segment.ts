/**
 * Fetches one small file out of an aggregate: the bytes that its receipt names, and no others. They are verified alone, by the
 * commitment of the segment; the rest of the aggregate is not needed for it.
 */
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StorageError } from '../errors.ts'
import { PieceHasher } from '../piece/hasher.ts'
import { parsePieceCid, pieceCidV1 } from '../piece/piece-cid.ts'
import { sinkFault } from '../prepare/fault.ts'
import { checkReceipt } from '../receipt/check.ts'
import type { Receipt } from '../receipt/schema.ts'
import { requireSafeName } from './names.ts'
import { downloadRange } from './ranged.ts'
import { receive } from './receive.ts'
import { fromFirst, type Source, urlAt } from './sources.ts'
import { emptyFolder } from './target.ts'
import { unpack } from './unpack.ts'
import { goalOf } from './want.ts'
import { type Delivery, type Retrieved, type RetrieveOptions, type Work, workInto } from './work.ts'

/**
 * Puts the file of a receipt into `target` as `retrieve` does; a piece that is no CAR as it is, under the receipt's name. The
 * receipt is checked first, without asking anybody.
 * @throws RECEIPT_INVALID; ARGUMENT_INVALID (no source); otherwise as `retrieve`
 */
export async function retrieveSegment(
  receipt: unknown,
  sources: readonly Source[],
  target: string,
  options: RetrieveOptions = {},
): Promise<Retrieved> {
  const checked = checkReceipt(receipt).receipt
  requireSafeName(checked.file.name)
  if (sources.length === 0)
    throw new StorageError('ARGUMENT_INVALID', {
      what: `there is no source to fetch ${checked.aggregate.pieceCid} from`,
      expected: 'at least one URL of a depot or provider',
    })
  return workInto(target, options, (work) =>
    fromFirst(sources, [{ get: (source) => fetchSegment(checked, source, work) }], work.signal),
  )
}

async function fetchSegment(receipt: Receipt, source: Source, work: Work): Promise<Delivery> {
  const { aggregate, segment, piece, file } = receipt
  const { size } = piece
  const { rawOffset } = segment
  const url = urlAt(source, `/piece/${aggregate.pieceCid}`)
  const { signal, options } = work
  const stretch = { start: rawOffset, end: rawOffset + size }
  using found = await downloadRange(url, stretch, { signal, stallMs: options.stallMs })
  const bytes = counted(found.bytes, size, source, options)
  await emptyFolder(work.unpacked)
  const content =
    file.root === null
      ? await keepRaw(receipt, bytes, work)
      : await unpackCar(receipt, file.root, bytes, work)
  return {
    ...content,
    pieceCid: piece.pieceCid,
    source: source.name,
    segment: { aggregate: aggregate.pieceCid, rawOffset, size },
  }
}

type Content = Pick<Delivery, 'root' | 'bytes' | 'files' | 'fileName'>

async function unpackCar(
  { piece, file }: Receipt,
  root: string,
  bytes: AsyncIterable<Uint8Array>,
  work: Work,
): Promise<Content> {
  const path = join(work.folder, 'segment.car')
  await creating(path, () => writeFile(path, ''))
  const goal = goalOf({ cid: root, pieceCid: piece.pieceCid, size: piece.size })
  const received = await receive({ bytes, size: piece.size }, goal, path)
  await using car = await open(path)
  const { name } = file
  const unpacked = await unpack(received, car, work.unpacked, name, work)
  return {
    root,
    bytes: unpacked.bytes,
    files: unpacked.files,
    fileName: unpacked.isFolder ? undefined : name,
  }
}

async function keepRaw(
  { piece, file }: Receipt,
  bytes: AsyncIterable<Uint8Array>,
  { unpacked }: Work,
): Promise<Content> {
  const { name } = file
  const path = join(unpacked, name)
  const hasher = new PieceHasher()
  const kept = await creating(path, () => open(path, 'wx'))
  try {
    for await (const chunk of bytes) {
      hasher.update(chunk)
      await creating(path, () => kept.writeFile(chunk))
    }
    await creating(path, () => kept.sync())
  } finally {
    await kept.close()
  }
  const { root } = hasher.digest()
  if (Buffer.compare(root, parsePieceCid(piece.pieceCid).root) !== 0)
    throw new StorageError('PIECE_MISMATCH', {
      what: 'the bytes do not have the commitment of the segment',
      expected: piece.pieceCid,
      got: pieceCidV1({ root }),
    })
  return { root: '', bytes: piece.size, files: 1, fileName: name }
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  total: number,
  source: Source,
  { onProgress }: RetrieveOptions,
): AsyncGenerator<Uint8Array> {
  let received = 0
  for await (const chunk of bytes) {
    received += chunk.length
    onProgress?.({ bytes: received, total, source: source.name })
    yield chunk
  }
}

async function creating<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw sinkFault(path, error)
  }
}
