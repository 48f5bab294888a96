import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import { padFr32, padFr32Words, unpadFr32 } from '../../../src/piece/fr32.ts'
import { payload } from '../../support/payload.ts'
import { refused } from '../../support/refused.ts'
import { vectors } from '../../support/vectors.ts'

describe('piece/fr32', () => {
  const quads = vectors<{ fr32: { name: string; unpadded: string; padded: string }[] }>(
    'piece-cids',
  ).fr32

  for (const { name, unpadded, padded } of quads)
    it(`pads and unpads ${name}`, () => {
      expect(toHex(padFr32(fromHex(unpadded)))).to.equal(padded)
      expect(toHex(unpadFr32(fromHex(padded)))).to.equal(unpadded)
    })

  it('pads several quads one by one', () => {
    const raw = fromHex(`0x${quads.map((quad) => quad.unpadded.slice(2)).join('')}`)
    const padded = `0x${quads.map((quad) => quad.padded.slice(2)).join('')}`
    expect(toHex(padFr32(raw))).to.equal(padded)
    expect(unpadFr32(fromHex(padded))).to.deep.equal(raw)
  })

  it('pads by words as by bytes, whatever stands in the spare word', () => {
    const groups = 5
    const raw = payload({ type: 'sha256-counter', seed: 'words' }, groups * 508)
    const memory = new Uint8Array(groups * 508 + 4).fill(0xff)
    memory.set(raw)
    const words = new Int32Array(groups * 128)
    padFr32Words(new Int32Array(memory.buffer), words, groups)
    expect(toHex(new Uint8Array(words.buffer))).to.equal(toHex(padFr32(raw)))
  })

  it('refuses parts of a quad and bits where padding belongs', async () => {
    await refused('ARGUMENT_INVALID', () => padFr32(new Uint8Array(126)))
    await refused('ARGUMENT_INVALID', () => unpadFr32(new Uint8Array(127)))
    for (const top of [31, 63, 95, 127])
      for (const bit of [0x40, 0x80]) {
        const padded = new Uint8Array(256)
        padded[128 + top] = bit
        await refused('ARGUMENT_INVALID', () => unpadFr32(padded))
      }
  })
})
