/**
 * What the messages between clients and providers have beside arrays: structs as maps, pointers that may be null, links.
 * The keys of a map are text, shorter ones first and then by their bytes, as cbor-gen and DAG-CBOR both write them.
 */
import { CID } from 'multiformats/cid'
import { StorageError } from '../errors.ts'
import { bytes, type Field } from './cbor.ts'

type Fields<T> = { readonly [K in keyof T]: { readonly key: string; readonly field: Field<T[K]> } }

/** A struct: a map with exactly these keys. `fields` gives each member its key on the wire. */
export function struct<T extends object>(fields: Fields<T>): Field<T> {
  const names = Object.keys(fields) as (keyof T & string)[]
  return {
    write: (value) =>
      Object.fromEntries(
        names.map((name) => [fields[name].key, fields[name].field.write(value[name])]),
      ),
    read(value, name) {
      const given = members(value, name)
      if (given.size !== names.length)
        throw invalid(name, `it has ${given.size} members, not ${names.length}`)
      const read = names.map((member) => {
        const { key, field } = fields[member]
        if (!given.has(key)) throw invalid(name, `it has no ${key}`)
        return [member, field.read(given.get(key), `${name}: ${key}`)]
      })
      return Object.fromEntries(read) as T
    },
  }
}

export function nullable<T>(field: Field<T>): Field<T | null> {
  return {
    write: (value) => (value === null ? null : field.write(value)),
    read: (value, name) => (value === null ? null : field.read(value, name)),
  }
}

/** Any CID, as text in its usual base. */
export const link: Field<string> = {
  write: (value) => CID.parse(value),
  read(value, name) {
    const cid = CID.asCID(value)
    if (cid === null) throw invalid(name, 'it is not a CID')
    return cid.toString()
  },
}

/** A byte string of `min` to `max` bytes. */
export function bytesOf(min: number, max: number): Field<Uint8Array> {
  return {
    write: (value) => value,
    read(value, name) {
      const read = bytes.read(value, name)
      if (read.length < min || read.length > max)
        throw invalid(
          name,
          `it has ${read.length} bytes, not ${min === max ? min : `${min} to ${max}`}`,
        )
      return read
    },
  }
}

function members(value: unknown, name: string): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(name, 'it is not a map')
  if (value instanceof Uint8Array || CID.asCID(value) !== null)
    throw invalid(name, 'it is not a map')
  return new Map(Object.entries(value))
}

function invalid(name: string, why: string): StorageError {
  return new StorageError('CBOR_INVALID', { what: `${name} cannot be decoded: ${why}` })
}
