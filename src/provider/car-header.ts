/**
 * The first check of a downloaded piece: it starts with the header of a CAR. Providers refuse raw files.
 *
 * CARv1: [length varint][dag-cbor {roots: [CID…], version: 1}]; CARv2: the 11-byte pragma
 * [0x0a][dag-cbor {version: 2}], then offsets.
 * @see boost storagemarket/deal_commp.go:150,201; https://ipld.io/specs/transport/car/
 */
import * as dagCbor from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { decodeVarint } from '../bytes/varint.ts'
import { StorageError } from '../errors.ts'

/** Bytes. A header with one root has about 60; one with a thousand roots still fits. */
const MAX_HEADER = 64 * 1024
/** Bytes that the length can take, for a header within the limit. */
const MAX_PREFIX = 3

interface OpenedCar {
  readonly version: 1 | 2
  /** Empty for CARv2, whose roots come later. */
  readonly roots: string[]
  /** All bytes of the source, those of the header included. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** Reads as far as the header goes. CAR_INVALID when there is none. */
export async function openCar(source: AsyncIterable<Uint8Array>): Promise<OpenedCar> {
  const iterator = source[Symbol.asyncIterator]()
  let head = new Uint8Array(0)
  const have = async (count: number): Promise<void> => {
    while (head.length < count) {
      const next = await iterator.next()
      if (next.done === true) return
      head = joined(head, next.value)
    }
  }
  try {
    await have(MAX_PREFIX)
    const { value, next } = headerLength(head)
    await have(next + value)
    if (head.length < next + value)
      throw new StorageError('CAR_INVALID', {
        what: 'the bytes end within the CAR header',
        expected: next + value,
        got: head.length,
      })
    const header = decodeHeader(head.subarray(next, next + value))
    return { ...header, bytes: withHead(head, iterator) }
  } catch (error) {
    await iterator.return?.()
    throw error
  }
}

function headerLength(head: Uint8Array): { value: number; next: number } {
  const { value, next } = decodeVarint(head, 0, 'CAR_INVALID')
  if (value < 1n || value > BigInt(MAX_HEADER))
    throw new StorageError('CAR_INVALID', {
      what: 'the bytes do not start with a CAR header of a plausible length',
      expected: `1 to ${MAX_HEADER}`,
      got: value,
    })
  return { value: Number(value), next }
}

function decodeHeader(bytes: Uint8Array): { version: 1 | 2; roots: string[] } {
  let header: unknown
  try {
    header = dagCbor.decode(bytes)
  } catch (cause) {
    throw new StorageError('CAR_INVALID', { what: 'the CAR header is not dag-cbor', cause })
  }
  const { version, roots } = isRecord(header) ? header : {}
  if (version === 2 && roots === undefined) return { version, roots: [] }
  if (version === 1 && Array.isArray(roots)) {
    const cids = roots.map((root: unknown) => CID.asCID(root))
    if (cids.every((cid) => cid !== null))
      return { version, roots: cids.map((cid) => cid.toString()) }
  }
  throw new StorageError('CAR_INVALID', {
    what: 'the CAR header has neither version 1 with roots nor version 2',
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function* withHead(
  head: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield head
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
      yield next.value
  } finally {
    await iterator.return?.()
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
