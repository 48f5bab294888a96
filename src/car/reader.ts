/**
 * Reads a CARv1 as a stream, strictly: shortest varints, a canonical header with exactly `roots` and `version`, bounded
 * sections, no bytes left over, and every block hashed against its CID.
 * @see https://ipld.io/specs/transport/car/carv1/
 */
import { decode, encode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { decodeVarint } from '../bytes/varint.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { ByteQueue } from './byte-queue.ts'
import { readCid, verifyBlock } from './cid.ts'

/** No larger block travels: a bitswap message holds 4 MiB (bitswap spec, "Bitswap wire protocol"). */
export const MAX_BLOCK_SIZE = 4 * 2 ** 20
const MAX_CID_SIZE = 192
/** A thousand roots and more; ours have one. */
const MAX_HEADER_SIZE = 64 * 2 ** 10
const MAX_VARINT_SIZE = 10

export interface CarBlock {
  readonly cid: CID
  readonly bytes: Uint8Array
  /** Where `bytes` start in the CAR. */
  readonly offset: number
}

export interface Car {
  readonly roots: readonly CID[]
  /** Each verified against its CID. To be read once, to the end. */
  readonly blocks: AsyncIterable<CarBlock>
}

export interface ReadCarOptions {
  /** Accept zero bytes behind the last section: a provider may serve a piece with its padding. */
  readonly padding?: boolean
}

/**
 * Reads the header at once and the blocks as they are asked for. Leaving `blocks` early ends the source.
 * @throws CAR_INVALID, BLOCK_MISMATCH
 */
export async function readCar(
  source: AsyncIterable<Uint8Array>,
  options: ReadCarOptions = {},
): Promise<Car> {
  const queue = new ByteQueue(source)
  try {
    const roots = await readHeader(queue)
    return { roots, blocks: readBlocks(queue, options.padding ?? false) }
  } catch (error) {
    await queue.close()
    throw error
  }
}

/** The one root of a CAR. @throws CAR_INVALID when it has several */
export function onlyRoot(roots: readonly CID[]): CID {
  const [root] = roots
  if (root === undefined || roots.length !== 1)
    throw new StorageError('CAR_INVALID', {
      what: 'the CAR cannot become a piece',
      expected: 'one root',
      got: `${roots.length} roots`,
    })
  return root
}

async function readHeader(queue: ByteQueue): Promise<CID[]> {
  const size = await readLength(queue)
  if (size === undefined) throw invalid('it is empty')
  if (size === 0 || size > MAX_HEADER_SIZE) throw invalid(`its header would have ${size} bytes`)
  const body = await queue.take(size)
  if (body.length < size) throw invalid('its header ends early')
  return decodeHeader(body)
}

function decodeHeader(body: Uint8Array): CID[] {
  let header: unknown
  try {
    header = decode(body)
    if (Buffer.compare(encode(header), body) !== 0) throw invalid('its header is not canonical')
  } catch (cause) {
    if (isStorageError(cause)) throw cause
    throw invalid('its header is not DAG-CBOR', cause)
  }
  if (isRecord(header) && header['version'] === 2)
    throw new StorageError('CAR_INVALID', {
      what: 'the CAR is of version 2, which cannot become a piece',
      expected: 'version 1',
      got: 'version 2',
      hint: 'make it again as version 1, as `ipfs-car pack` and `ipfs dag export` write it',
    })
  if (!isRecord(header) || Object.keys(header).toSorted().join() !== 'roots,version')
    throw invalid('its header has not exactly the fields "roots" and "version"')
  const { roots, version } = header
  if (version !== 1) throw invalid('its version is not 1')
  if (!Array.isArray(roots) || roots.length === 0) throw invalid('it names no root')
  return roots.map((root: unknown) => {
    const cid = CID.asCID(root)
    if (cid === null) throw invalid('a root is not a CID')
    const { next } = readCid(cid.bytes)
    if (next !== cid.byteLength) throw invalid('a root has bytes behind its CID')
    return cid
  })
}

async function* readBlocks(queue: ByteQueue, padding: boolean): AsyncGenerator<CarBlock> {
  try {
    for (;;) {
      const start = queue.offset
      const size = await readLength(queue)
      if (size === undefined) return
      if (size === 0 && padding) return await requireZeros(queue)
      if (size === 0 || size > MAX_BLOCK_SIZE + MAX_CID_SIZE)
        throw invalid(`the section at byte ${start} would have ${size} bytes`)
      const section = await queue.take(size)
      if (section.length < size) throw invalid(`it ends inside the section at byte ${start}`)
      const { cid, next } = readCid(section)
      const bytes = section.subarray(next)
      if (bytes.length > MAX_BLOCK_SIZE)
        throw invalid(`the block at byte ${start} has ${bytes.length} bytes`)
      verifyBlock(cid, bytes)
      yield { cid, bytes, offset: queue.offset - bytes.length }
    }
  } finally {
    await queue.close()
  }
}

/** The length in front of a section; undefined at the end of the stream. */
async function readLength(queue: ByteQueue): Promise<number | undefined> {
  const ahead = await queue.peek(MAX_VARINT_SIZE)
  if (ahead.length === 0) return undefined
  const { value, next } = decodeVarint(ahead, 0, 'CAR_INVALID')
  await queue.take(next)
  return Number(value)
}

async function requireZeros(queue: ByteQueue): Promise<void> {
  for (;;) {
    const start = queue.offset
    const bytes = await queue.take(2 ** 16)
    if (bytes.length === 0) return
    if (bytes.some((byte) => byte !== 0))
      throw invalid(`other bytes than zero stand behind its last section, after byte ${start}`)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(why: string, cause?: unknown): StorageError {
  return new StorageError('CAR_INVALID', {
    what: `the CAR is not valid: ${why}`,
    hint: 'a CARv1 with one root is needed; compare its size with the original, or make it again',
    cause,
  })
}
