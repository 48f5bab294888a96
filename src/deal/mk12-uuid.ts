/**
 * The UUID of a deal that a contract's proposal becomes with one provider. It follows from the two, so that whoever pushes
 * the proposal again, after a crash or from another machine, offers the same deal.
 *
 * UUID version 8 by name: the first 16 bytes of SHA-256(namespace ‖ `<proposal id>:f0<provider>`), the id as 0x and lower
 * case hex, with the bits of version 8 and of the variant.
 * @see RFC 9562, appendix B.2
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { fromHex, toHex } from '../bytes/hex.ts'

/** A namespace of our own, drawn once. */
const NAMESPACE = fromHex('0x5e0b64d1f0c24f2f9c4a3c1f6f4f7b12')
const VERSION_8 = 0x80
const VARIANT = 0x80

/** 16 bytes. */
export function dealUuidOf(proposalId: string, provider: bigint): Uint8Array {
  const name = new TextEncoder().encode(`${proposalId.toLowerCase()}:f0${provider}`)
  const uuid = sha256(Uint8Array.of(...NAMESPACE, ...name)).slice(0, 16)
  uuid[6] = ((uuid[6] ?? 0) & 0x0f) | VERSION_8
  uuid[8] = ((uuid[8] ?? 0) & 0x3f) | VARIANT
  return uuid
}

/** Lower-case hex in groups of 8-4-4-4-12. */
export function uuidText(uuid: Uint8Array): string {
  return toHex(uuid)
    .slice(2)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
