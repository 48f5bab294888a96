import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import { BATCH_SIZE, BATCH_TOP, batchHasher } from '../../../src/piece/batch.ts'
import { padFr32, unpadFr32 } from '../../../src/piece/fr32.ts'
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

  it('pads a batch in WebAssembly as byte by byte, whatever was in its memory before', () => {
    const hasher = batchHasher()
    hasher.hash([new Uint8Array(BATCH_SIZE).fill(0xff)], BATCH_TOP)
    for (const size of [127, 128, 1016, 1017, 5 * 508, BATCH_SIZE - 1, BATCH_SIZE]) {
      const raw = payload({ type: 'sha256-counter', seed: `batch ${size}` }, size)
      const nodes = hasher.hash([raw.subarray(0, 100), raw.subarray(100)], BATCH_TOP)
      const filled = new Uint8Array(nodes * 1016)
      filled.set(raw)
      expect(toHex(hasher.nodes(0).subarray(0, nodes * 1024))).to.equal(toHex(padFr32(filled)))
    }
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
