/**
 * Filecoin's BigInt, the content of the CBOR byte string that carries an amount:
 * [sign 1: 00 plus, 01 minus][magnitude, big-endian, no leading zero]. Zero is the empty string. At most 128 bytes.
 * @see filecoin-project/ref-fvm shared/src/bigint/bigint_ser.rs (MAX_BIGINT_SIZE)
 */
import { StorageError } from '../errors.ts'

const PLUS = 0
const MINUS = 1
const MAX_SIZE = 128

/** @throws ARGUMENT_INVALID above 127 bytes of magnitude */
export function encodeBigInt(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array(0)
  const digits = (value < 0n ? -value : value).toString(16)
  const magnitude = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  if (magnitude.length + 1 > MAX_SIZE)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'the number is too large for a BigInt of the network',
      expected: `at most ${MAX_SIZE - 1} bytes`,
      got: `${magnitude.length} bytes`,
    })
  return Uint8Array.of(value < 0n ? MINUS : PLUS, ...magnitude)
}

/** @throws CBOR_INVALID for any form that `encodeBigInt` does not write */
export function decodeBigInt(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n
  const sign = bytes[0]
  if (sign !== PLUS && sign !== MINUS) throw invalid('the sign byte is neither 0 nor 1')
  if (bytes.length > MAX_SIZE) throw invalid(`it is longer than ${MAX_SIZE} bytes`)
  if (bytes.length === 1) throw invalid('zero is the empty string')
  if (bytes[1] === 0) throw invalid('the magnitude has a leading zero byte')
  const magnitude = BigInt(`0x${Buffer.from(bytes.subarray(1)).toString('hex')}`)
  return sign === MINUS ? -magnitude : magnitude
}

function invalid(why: string): StorageError {
  return new StorageError('CBOR_INVALID', { what: `a BigInt is malformed: ${why}` })
}
