/**
 * Filecoin addresses: [protocol 1][payload].
 *
 *   0  id         varint actor id (64 bits)
 *   1  secp256k1  20 bytes, hash of the key       2  actor  20 bytes, hash of the creation
 *   3  bls        48 bytes, the key
 *   4  delegated  varint namespace ‖ at most 54 bytes; namespace 10 (f410) holds a 20-byte Ethereum address
 *
 * Text: `f` or `t` ‖ protocol digit ‖ (id: decimal; 1-3: base32 of payload ‖ checksum; 4: decimal namespace ‖ `f` ‖ base32
 * of the rest ‖ checksum). The checksum is the 4-byte BLAKE2b of the address bytes. An Ethereum address stands for its
 * f410, or for an actor id when it is 0xff ‖ 11 zero bytes ‖ id as 8 bytes big-endian.
 * @see https://spec.filecoin.io/appendix/address/ and FIP-0048, FIP-0055
 */
import { blake2b } from '@noble/hashes/blake2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { StorageError } from '../errors.ts'
import { toBase32, tryFromBase32 } from './base32.ts'
import { fromHex, toHex } from './hex.ts'
import { decodeVarint, encodeVarint } from './varint.ts'

export type Protocol = 0 | 1 | 2 | 3 | 4

export interface Address {
  readonly bytes: Uint8Array
  readonly protocol: Protocol
}

const ETH_NAMESPACE = 10n
const ETH_SIZE = 20
const HASH_SIZE = 20
const BLS_SIZE = 48
const MAX_SUBADDRESS_SIZE = 54
const CHECKSUM_SIZE = 4
const MAX_UINT64 = (1n << 64n) - 1n
const MASKED_ID = /^0xff0{22}/

/** A checked copy of `bytes`. @throws ADDRESS_INVALID */
export function addressFromBytes(bytes: Uint8Array): Address {
  const protocol = bytes[0]
  switch (protocol) {
    case 0: {
      const { next } = decodeVarint(bytes, 1, 'ADDRESS_INVALID')
      if (next !== bytes.length) throw invalid('bytes follow the actor id', toHex(bytes))
      break
    }
    case 1:
    case 2:
      requirePayload(bytes, HASH_SIZE)
      break
    case 3:
      requirePayload(bytes, BLS_SIZE)
      break
    case 4: {
      const { value: namespace, next } = decodeVarint(bytes, 1, 'ADDRESS_INVALID')
      const size = bytes.length - next
      if (size > MAX_SUBADDRESS_SIZE)
        throw invalid(`the sub-address is longer than ${MAX_SUBADDRESS_SIZE} bytes`, toHex(bytes))
      if (namespace === ETH_NAMESPACE && size !== ETH_SIZE)
        throw invalid(`an f410 address holds ${ETH_SIZE} bytes`, toHex(bytes))
      break
    }
    default:
      throw invalid('the protocol is not 0 to 4', toHex(bytes))
  }
  return { bytes: bytes.slice(), protocol }
}

/** Reads `f…`, `t…` (both mean the same actor on their own network) and `0x…`. @throws ADDRESS_INVALID */
export function addressFromString(text: string): Address {
  if (text.startsWith('0x')) return addressFromEth(text)
  const parts = /^[ft]([0-4])([0-9a-z]*)$/.exec(text)
  if (parts === null) throw invalid('it is neither f…, t… nor 0x…', text)
  const [, protocol = '', body = ''] = parts
  if (protocol === '0') return addressFromBytes(idAddress(actorIdFromText(body, text)))

  let head = Uint8Array.of(Number(protocol))
  let rest = body
  if (protocol === '4') {
    const split = /^(0|[1-9][0-9]{0,19})f(.*)$/.exec(body)
    if (split === null) throw invalid('an f4 address is f4, a namespace number, f and base32', text)
    const [, namespace = '', encoded = ''] = split
    if (BigInt(namespace) > MAX_UINT64) throw invalid('the namespace exceeds 64 bits', text)
    head = Uint8Array.of(4, ...encodeVarint(BigInt(namespace)))
    rest = encoded
  }
  const tail = tryFromBase32(rest)
  if (tail === undefined) throw invalid('the text is not base32', text)
  if (tail.length < CHECKSUM_SIZE) throw invalid('it is too short to hold its checksum', text)
  const bytes = Uint8Array.of(...head, ...tail.subarray(0, -CHECKSUM_SIZE))
  if (Buffer.compare(checksum(bytes), tail.subarray(-CHECKSUM_SIZE)) !== 0)
    throw invalid('the checksum is wrong; is it copied completely?', text)
  return addressFromBytes(bytes)
}

export function addressToString(address: Address | Uint8Array, prefix: 'f' | 't'): string {
  const { bytes, protocol } = address instanceof Uint8Array ? addressFromBytes(address) : address
  if (protocol === 0) return `${prefix}0${decodeVarint(bytes, 1, 'ADDRESS_INVALID').value}`
  if (protocol !== 4)
    return `${prefix}${protocol}${toBase32(Uint8Array.of(...bytes.subarray(1), ...checksum(bytes)))}`
  const { value: namespace, next } = decodeVarint(bytes, 1, 'ADDRESS_INVALID')
  const tail = Uint8Array.of(...bytes.subarray(next), ...checksum(bytes))
  return `${prefix}4${namespace}f${toBase32(tail)}`
}

/** The bytes of f0`id`. @throws ADDRESS_INVALID outside 64 bits */
export function idAddress(id: bigint): Uint8Array {
  if (id < 0n || id > MAX_UINT64) throw invalid('an actor id has 64 bits', String(id))
  return Uint8Array.of(0, ...encodeVarint(id))
}

/**
 * The f410 bytes of an Ethereum account or contract.
 * @throws ADDRESS_INVALID unless 20 bytes; for a masked id (0xff00…), which names an actor by id and has no f410
 */
export function f410FromEth(eth: Uint8Array | string): Uint8Array {
  const bytes = ethBytes(eth)
  if (MASKED_ID.test(toHex(bytes)))
    throw invalid('it is an actor id in Ethereum form and has no f410 address', toHex(bytes))
  return Uint8Array.of(4, Number(ETH_NAMESPACE), ...bytes)
}

/** `0x…` in lower case: the account of an f410 address, the masked id of an f0. @throws ADDRESS_INVALID for others */
export function ethFromAddress(bytes: Uint8Array): `0x${string}` {
  addressFromBytes(bytes)
  const id = actorIdOf(bytes)
  if (id !== undefined) return `0xff${id.toString(16).padStart(38, '0')}`
  if (bytes[0] !== 4 || bytes[1] !== Number(ETH_NAMESPACE))
    throw invalid('only f0 and f410 addresses have an Ethereum form', toHex(bytes))
  return toHex(bytes.subarray(2))
}

/** The id of an f0 address, `undefined` for every other kind. @throws ADDRESS_INVALID */
export function actorIdOf(bytes: Uint8Array): bigint | undefined {
  const { protocol } = addressFromBytes(bytes)
  return protocol === 0 ? decodeVarint(bytes, 1, 'ADDRESS_INVALID').value : undefined
}

function addressFromEth(text: string): Address {
  const bytes = ethBytes(text)
  if (!MASKED_ID.test(toHex(bytes))) return addressFromBytes(f410FromEth(bytes))
  return addressFromBytes(idAddress(BigInt(toHex(bytes.subarray(12)))))
}

function ethBytes(eth: Uint8Array | string): Uint8Array {
  if (typeof eth === 'string' && !/^0x[0-9a-fA-F]{40}$/.test(eth))
    throw invalid('an Ethereum address is 0x and 40 hexadecimal digits', eth)
  const bytes = typeof eth === 'string' ? fromHex(eth) : eth
  if (bytes.length !== ETH_SIZE)
    throw invalid(`an Ethereum address has ${ETH_SIZE} bytes`, `${bytes.length} bytes`)
  if (typeof eth === 'string' && /[a-f]/.test(eth) && /[A-F]/.test(eth) && eth !== mixedCase(eth))
    throw invalid('the upper and lower case letters (EIP-55) do not fit; is it mistyped?', eth)
  return bytes
}

/** EIP-55: a letter is upper case where the Keccak-256 of the lower-case digits has a digit of 8 or more. */
function mixedCase(eth: string): string {
  const digits = eth.slice(2).toLowerCase()
  const hash = toHex(keccak_256(Buffer.from(digits, 'ascii'))).slice(2)
  const cased = Array.from(digits, (digit, i) =>
    hash.charAt(i) >= '8' ? digit.toUpperCase() : digit,
  )
  return `0x${cased.join('')}`
}

function actorIdFromText(digits: string, text: string): bigint {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(digits))
    throw invalid('an actor id is a decimal number without leading zeros', text)
  return BigInt(digits)
}

function requirePayload(bytes: Uint8Array, size: number): void {
  if (bytes.length !== 1 + size)
    throw invalid(`the payload of protocol ${bytes[0]} has ${size} bytes`, toHex(bytes))
}

function checksum(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: CHECKSUM_SIZE })
}

function invalid(why: string, got: string): StorageError {
  return new StorageError('ADDRESS_INVALID', {
    what: `the address is not valid: ${why}`,
    got,
    hint: 'use f0…, f1…, f2…, f3…, f410f…, the same with t, or 0x and 40 digits',
  })
}
