import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { AbiCoder, Interface } from 'ethers'
import {
  actorAddress,
  decodeAbort,
  decodeNativeReturn,
  encodeNative,
} from '../../../src/localnet/native.ts'

interface Callback {
  params: string
  calldata: string
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/f05-cbor.json', import.meta.url), 'utf8'),
) as { authenticateMessage: { valid: Callback[] }; marketNotifyDeal: { valid: Callback[] } }

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.slice(2), 'hex'))

describe('localnet/native', () => {
  it('encodes call data as the EVM actor does', () => {
    for (const { params, calldata } of vectors.authenticateMessage.valid) {
      expect(encodeNative(2643134072n, bytes(params))).to.equal(calldata)
    }
    for (const { params, calldata } of vectors.marketNotifyDeal.valid) {
      expect(encodeNative(4186741094, bytes(params))).to.equal(calldata)
    }
  })

  it('encodes absent params with codec 0', () => {
    const door = new Interface(['function handle_filecoin_method(uint64,uint64,bytes)'])
    expect(encodeNative(2n)).to.equal(
      door.encodeFunctionData('handle_filecoin_method', [2, 0, '0x']),
    )
  })

  it('decodes what an actor answers', () => {
    const answer = AbiCoder.defaultAbiCoder().encode(
      ['uint32', 'uint64', 'bytes'],
      [0, 0x51, '0x8180'],
    )
    expect(decodeNativeReturn(answer)).to.deep.equal({
      exitCode: 0,
      codec: 0x51n,
      data: Uint8Array.of(0x81, 0x80),
    })
    expect(() => decodeNativeReturn('0x')).to.throw(TypeError)
    expect(() => decodeNativeReturn(answer.slice(0, -64))).to.throw(TypeError)
  })

  it('decodes how an actor aborts', () => {
    const errors = new Interface(['error ActorAbort(uint32 exitCode, string message)'])
    const data = errors.encodeErrorResult('ActorAbort', [16, 'no'])
    expect(decodeAbort(data)).to.deep.equal({ exitCode: 16, message: 'no' })
    expect(decodeAbort('0x')).to.equal(undefined)
    // CborTruncated(uint256) and Panic(uint256).
    expect(decodeAbort(`0x5c2a5bd4${'00'.repeat(32)}`)).to.include({ exitCode: 21 })
    expect(decodeAbort(`0x4e487b71${'00'.repeat(32)}`)).to.include({ exitCode: 24 })
  })

  it('knows where the EVM sees an actor', () => {
    expect(actorAddress(5n)).to.equal('0xff00000000000000000000000000000000000005')
    expect(actorAddress(1000n)).to.equal('0xff000000000000000000000000000000000003e8')
    expect(() => actorAddress(-1n)).to.throw(RangeError)
    expect(() => actorAddress(2n ** 64n)).to.throw(RangeError)
  })
})
