import { expect } from 'chai'
import { copyBytes } from '../../../src/bytes/copy.ts'

describe('bytes/copy', () => {
  it('copies what a view has and nothing else, into, out of and within shared memory', () => {
    const memories = [() => new ArrayBuffer(300), () => new SharedArrayBuffer(300)]
    for (const makeFrom of memories)
      for (const makeTo of memories)
        for (const [start, length, into, at] of [
          [0, 300, 0, 0],
          [0, 7, 13, 5],
          [3, 200, 1, 64],
          [299, 1, 299, 0],
          [10, 0, 10, 3],
        ] as const) {
          const from = new Uint8Array(makeFrom())
          for (let i = 0; i < from.length; i++) from[i] = i % 251
          const source = new Uint8Array(from.buffer, start, length)
          const whole = new Uint8Array(makeTo()).fill(0xee)
          const expected = Array.from(whole)
          for (let i = 0; i < length; i++) expected[into + at + i] = (start + i) % 251
          copyBytes(source, new Uint8Array(whole.buffer, into), at)
          expect(Array.from(whole)).to.deep.equal(expected)
        }
  })
})
