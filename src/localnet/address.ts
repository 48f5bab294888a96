/**
 * The two kinds of address that the localnet's JSON-RPC takes and gives: f0 (actor ids) and f410 (Ethereum addresses).
 *
 *     f0:   t0 ‖ decimal id                         bytes: 00 ‖ LEB128(id)
 *     f410: t410f ‖ base32(20 bytes ‖ checksum)     bytes: 04 0a ‖ 20 bytes; checksum: blake2b-32 of the bytes
 *
 * A devnet prints `t`; `f` is read as well. Source: ref-fvm shared/src/address.
 */
import { blake2b } from '@noble/hashes/blake2.js'
import { base32 } from 'multiformats/bases/base32'
import { bytesOf, hexOf } from './native.ts'

const DELEGATED_ETHEREUM = [4, 10]

export function idAddress(id: bigint): Uint8Array {
  const bytes = [0]
  let rest = id
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.of(...bytes, Number(rest))
}

/** @param eth 0x address. */
export function ethAddress(eth: string): Uint8Array {
  return Uint8Array.of(...DELEGATED_ETHEREUM, ...bytesOf(eth.slice(2)))
}

/** 0x address behind f410 bytes, in lower case; undefined for any other bytes. */
export function ethOf(bytes: Uint8Array): string | undefined {
  const isEth = bytes.length === 22 && bytes[0] === 4 && bytes[1] === 10
  return isEth ? `0x${hexOf(bytes.subarray(2))}` : undefined
}

/** f0 and f410, with f or t, and 0x addresses; undefined for anything else. */
export function parseAddress(text: string): Uint8Array | undefined {
  const id = /^[ft]0(0|[1-9]\d*)$/.exec(text)?.[1]
  if (id !== undefined) return BigInt(id) < 2n ** 64n ? idAddress(BigInt(id)) : undefined
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return ethAddress(text)
  const sub = /^[ft]410f([a-z2-7]{39})$/.exec(text)?.[1]
  if (sub === undefined) return undefined
  const decoded = base32.baseDecode(sub)
  const bytes = Uint8Array.of(...DELEGATED_ETHEREUM, ...decoded.subarray(0, 20))
  return hexOf(checksum(bytes)) === hexOf(decoded.subarray(20)) ? bytes : undefined
}

/** @throws TypeError for bytes that are neither f0 nor f410. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes[0] === 0) return `t0${actorIdOf(bytes)}`
  if (bytes.length !== 22 || bytes[0] !== 4 || bytes[1] !== 10) {
    throw new TypeError(`neither an f0 nor an f410 address: ${hexOf(bytes)}`)
  }
  return `t410f${base32.baseEncode(Uint8Array.of(...bytes.subarray(2), ...checksum(bytes)))}`
}

/** @throws TypeError for bytes that are not f0. */
export function actorIdOf(bytes: Uint8Array): bigint {
  let id = 0n
  for (const [index, byte] of bytes.subarray(1).entries())
    id |= BigInt(byte & 0x7f) << BigInt(7 * index)
  if (hexOf(idAddress(id)) !== hexOf(bytes))
    throw new TypeError(`not an f0 address: ${hexOf(bytes)}`)
  return id
}

function checksum(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: 4 })
}
