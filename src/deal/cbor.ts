/**
 * Canonical CBOR of fixed shapes, as Filecoin's actors speak it: arrays for structs, no tags but 42, shortest heads.
 *
 * A `Field` is one value inside a message, a `Codec` a whole message. Reading is strict: the exact shape, and bytes that
 * are what writing the value gives again; so nothing indefinite, no longer head, no float, no byte too many.
 * @see filecoin-project/ref-fvm shared/src/encoding; whyrusleeping/cbor-gen
 */
import * as dagCbor from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { addressFromBytes } from '../bytes/address.ts'
import { decodeBigInt, encodeBigInt } from '../bytes/bigint.ts'
import { toHex } from '../bytes/hex.ts'
import { decodeRlePlus, encodeRlePlus } from '../bytes/rle-plus.ts'
import { StorageError } from '../errors.ts'
import { parsePieceCid } from '../piece/piece-cid.ts'

/** `read` gets the decoded value and its name, for the error. */
export interface Field<T> {
  write(value: T): unknown
  read(value: unknown, name: string): T
}

export interface Codec<T> {
  encode(value: T): Uint8Array
  /** @throws CBOR_INVALID */
  decode(bytes: Uint8Array): T
}

/** A message that is one `field`; `name` is what errors call it. */
export function codec<T>(name: string, field: Field<T>): Codec<T> {
  const encode = (value: T): Uint8Array => dagCbor.encode(field.write(value))
  return {
    encode,
    decode(bytes) {
      let decoded: unknown
      try {
        decoded = dagCbor.decode(bytes)
      } catch (cause) {
        throw invalid(name, 'it is not one CBOR value', cause)
      }
      const value = field.read(decoded, name)
      if (Buffer.compare(encode(value), bytes) !== 0)
        throw invalid(name, 'it is not in its shortest form')
      return value
    },
  }
}

const MAX_UINT64 = (1n << 64n) - 1n
const MAX_INT64 = (1n << 63n) - 1n

export const uint64: Field<bigint> = integer('an unsigned 64-bit number', 0n, MAX_UINT64)
export const int64: Field<bigint> = integer('a signed 64-bit number', -MAX_INT64 - 1n, MAX_INT64)

function integer(kind: string, min: bigint, max: bigint): Field<bigint> {
  return {
    write: (value) => value,
    read(value, name) {
      // A float that is whole decodes to the same number; comparing with the re-encoded bytes finds it.
      const number =
        typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
      if (typeof number !== 'bigint' || number < min || number > max)
        throw invalid(name, `it is not ${kind}`)
      return number
    },
  }
}

export const bool: Field<boolean> = {
  write: (value) => value,
  read(value, name) {
    if (typeof value !== 'boolean') throw invalid(name, 'it is neither true nor false')
    return value
  },
}

/** Text of at most `max` bytes of UTF-8. */
export function text(max: number): Field<string> {
  return {
    write: (value) => value,
    read(value, name) {
      if (typeof value !== 'string') throw invalid(name, 'it is not text')
      if (Buffer.byteLength(value) > max) throw invalid(name, `it is longer than ${max} bytes`)
      return value
    },
  }
}

/** A copy, so that it outlives the message. */
export const bytes: Field<Uint8Array> = {
  write: (value) => value,
  read(value, name) {
    if (!(value instanceof Uint8Array)) throw invalid(name, 'it is not a byte string')
    return new Uint8Array(value)
  },
}

/** attoFIL: a byte string with sign and magnitude. */
export const amount: Field<bigint> = mapped(bytes, encodeBigInt, decodeBigInt)

/** Bytes of a Filecoin address. */
export const address: Field<Uint8Array> = mapped(
  bytes,
  (value) => value,
  (value) => addressFromBytes(value).bytes,
)

/** Ids as RLE+, ascending. */
export const bitfield: Field<bigint[]> = mapped(bytes, encodeRlePlus, decodeRlePlus)

/** A deal's label: the market takes text and bytes. */
export const label: Field<string | Uint8Array> = {
  write: (value) => value,
  read: (value, name) => (typeof value === 'string' ? value : bytes.read(value, name)),
}

/** Piece CID v1, 39 bytes; tag 42 and a 00 byte stand before them on the wire. */
export const pieceCid: Field<Uint8Array> = {
  write: (value) => CID.decode(value),
  read(value, name) {
    const cid = CID.asCID(value)
    if (cid === null) throw invalid(name, 'it is not a CID')
    try {
      if (parsePieceCid(cid.bytes).version === 1) return new Uint8Array(cid.bytes)
    } catch (cause) {
      throw invalid(name, 'it is not a piece CID', cause)
    }
    throw invalid(name, 'it is a version 2 piece CID, the market knows version 1')
  },
}

export function list<T>(item: Field<T>): Field<T[]> {
  return {
    write: (values) => values.map((value) => item.write(value)),
    read: (value, name) =>
      elements(value, name).map((element, index) => item.read(element, `${name}[${index}]`)),
  }
}

type Fields<T> = { readonly [K in keyof T]: Field<T[K]> }

/** A struct: an array of its fields in the order of `fields`. */
export function tuple<T extends object>(fields: Fields<T>): Field<T> {
  const names = Object.keys(fields) as (keyof T & string)[]
  return {
    write: (value) => names.map((name) => fields[name].write(value[name])),
    read(value, name) {
      const given = elements(value, name)
      if (given.length !== names.length)
        throw invalid(name, `it has ${given.length} elements, not ${names.length}`)
      const read = names.map((key, index) => [
        key,
        fields[key].read(given[index], `${name}: ${key}`),
      ])
      return Object.fromEntries(read) as T
    },
  }
}

/** A whole message within a byte string. */
export function embedded<T>(inner: Codec<T>): Field<T> {
  return {
    write: (value) => inner.encode(value),
    read: (value, name) => inner.decode(bytes.read(value, name)),
  }
}

function mapped<A, B>(field: Field<A>, write: (value: B) => A, read: (value: A) => B): Field<B> {
  return {
    write: (value) => field.write(write(value)),
    read(value, name) {
      const raw = field.read(value, name)
      try {
        return read(raw)
      } catch (cause) {
        const shown = raw instanceof Uint8Array ? toHex(raw).slice(0, 80) : String(raw)
        throw invalid(name, `${cause instanceof Error ? cause.message : cause} (${shown})`, cause)
      }
    },
  }
}

function elements(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw invalid(name, 'it is not an array')
  return value
}

function invalid(name: string, why: string, cause?: unknown): StorageError {
  return new StorageError('CBOR_INVALID', { what: `${name} cannot be decoded: ${why}`, cause })
}
