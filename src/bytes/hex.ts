/** Bytes as `0x`-prefixed lower-case hexadecimal text, the form that nodes, contracts and the test vectors use. */
import { StorageError } from '../errors.ts'

const HEX = /^0x[0-9a-fA-F]*$/

export function toHex(bytes: Uint8Array): `0x${string}` {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}

/**
 * The bytes of `0x…` text, either case.
 * @throws ARGUMENT_INVALID without the prefix, with an odd number of digits or another character
 */
export function fromHex(text: string): Uint8Array {
  if (!HEX.test(text) || text.length % 2 !== 0)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'the text is not hexadecimal',
      expected: '0x and an even number of digits 0-9 a-f',
      got: text.length > 80 ? `${text.slice(0, 80)}…` : text,
    })
  return Uint8Array.from(Buffer.from(text.slice(2), 'hex'))
}
