/**
 * The door to the native actors of the localnet: an account sends what a wallet would sign as a native message by an
 * ordinary transaction to the actor's address,
 *
 *     handle_filecoin_method(uint64 method, uint64 codec, bytes params) → (uint32 exitCode, uint64 codec, bytes data)
 *
 * An actor that ends with an exit code reverts with ActorAbort(uint32 exitCode, string message).
 */

/** CBOR (builtin-actors actors/evm/src/lib.rs). */
export const CODEC_CBOR = 0x51n
const CODEC_NONE = 0n
const SELECTOR = '868e10c4'
/** keccak256("ActorAbort(uint32,string)"), first 4 bytes. */
const ACTOR_ABORT = '44a4ded0'
/** Panic(uint256) of Solidity. */
const PANIC = '4e487b71'
/** ref-fvm shared/src/error/mod.rs */
const USR_SERIALIZATION = 21
const USR_ASSERTION_FAILED = 24

export const INIT_ACTOR_ID = 1n
export const POWER_ACTOR_ID = 4n
export const MARKET_ACTOR_ID = 5n

export interface NativeReturn {
  exitCode: number
  codec: bigint
  data: Uint8Array
}

/** Where the EVM sees a native actor: ff ‖ 11 zero bytes ‖ uint64 id, as 0x hex. */
export function actorAddress(id: bigint): string {
  if (id < 0n || id >= 2n ** 64n)
    throw new RangeError(`${id} is not an actor id: expected 0 to 2^64 - 1`)
  return `0xff${id.toString(16).padStart(38, '0')}`
}

/**
 * Call data of a native message, as 0x hex.
 * @param params CBOR; empty for none.
 */
export function encodeNative(
  method: bigint | number,
  params: Uint8Array = new Uint8Array(),
  codec: bigint = params.length === 0 ? CODEC_NONE : CODEC_CBOR,
): string {
  const data = hexOf(params)
  const words = [BigInt(method), codec, 96n, BigInt(params.length)].map(word).join('')
  return `0x${SELECTOR}${words}${data.padEnd(Math.ceil(data.length / 64) * 64, '0')}`
}

/** What an actor answered, from the return data of the call. */
export function decodeNativeReturn(returned: string): NativeReturn {
  const text = returned.slice(2)
  const length = Number(wordAt(text, 3))
  const data = text.slice(4 * 64, 4 * 64 + 2 * length)
  if (text.length < 4 * 64 || wordAt(text, 2) !== 96n || data.length !== 2 * length) {
    throw new TypeError(`not the return of a native message: ${returned}`)
  }
  return { exitCode: Number(wordAt(text, 0)), codec: wordAt(text, 1), data: bytesOf(data) }
}

/**
 * The exit code with which a native actor ended, and why, from the revert data; undefined if there is none. What an actor
 * reverts with beside ActorAbort comes from a decoder of params (21) or is a broken assertion of its own (24).
 */
export function decodeAbort(revertData: string): { exitCode: number; message: string } | undefined {
  const selector = revertData.slice(2, 10)
  if (selector.length < 8) return undefined
  if (selector === PANIC) return { exitCode: USR_ASSERTION_FAILED, message: 'assertion failed' }
  if (selector !== ACTOR_ABORT) {
    return { exitCode: USR_SERIALIZATION, message: `params do not decode: ${revertData}` }
  }
  const text = revertData.slice(10)
  const length = Number(wordAt(text, 2))
  const message = new TextDecoder().decode(bytesOf(text.slice(3 * 64, 3 * 64 + 2 * length)))
  return { exitCode: Number(wordAt(text, 0)), message }
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

/** @param hex Without 0x. */
export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

/** 32 bytes of hex, without 0x. */
export function word(value: bigint): string {
  return value.toString(16).padStart(64, '0')
}

function wordAt(text: string, index: number): bigint {
  return BigInt(`0x${text.slice(index * 64, index * 64 + 64) || '0'}`)
}
