/** What holds for every codec: both directions agree, and no shorter or longer bytes are read. */
import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import type { Codec } from '../../../src/deal/cbor.ts'
import { isStorageError } from '../../../src/errors.ts'

export function agrees<T>(codec: Codec<T>, cbor: string, value: T): void {
  const bytes = fromHex(cbor)
  expect(codec.decode(bytes)).to.deep.equal(value)
  expect(toHex(codec.encode(value))).to.equal(cbor)
  refusesOtherLengths(codec, bytes)
}

export function refusesOtherLengths<T>(codec: Codec<T>, bytes: Uint8Array): void {
  for (let length = 0; length < bytes.length; length++) isRefused(codec, bytes.subarray(0, length))
  for (let byte = 0; byte < 256; byte++) isRefused(codec, Uint8Array.of(...bytes, byte))
}

export function isRefused<T>(codec: Codec<T>, bytes: Uint8Array): void {
  let failure: unknown
  try {
    codec.decode(bytes)
  } catch (error) {
    failure = error
  }
  if (!isStorageError(failure, 'CBOR_INVALID'))
    expect.fail(`expected CBOR_INVALID for ${toHex(bytes).slice(0, 200)}, got ${failure}`)
}
