import { expect } from 'chai'
import { openCar } from '../../../src/provider/car-header.ts'
import { refused } from '../../support/refused.ts'
import { collect } from './support/collect.ts'
import { sampleCar } from './support/proposals.ts'

const CARV2_PRAGMA = Uint8Array.from(Buffer.from('0aa16776657273696f6e02', 'hex'))

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size)
}

const { car, root } = await sampleCar()

describe('openCar', () => {
  for (const size of [1, 2, 3, 7, 60, 5000])
    it(`gives the roots of a CARv1 and then all bytes, read in chunks of ${size}`, async () => {
      const opened = await openCar(inChunks(car, size))
      expect(opened).to.include({ version: 1 })
      expect(opened.roots).to.deep.equal([root])
      expect(await collect(opened.bytes)).to.deep.equal(car)
    })

  it('takes the pragma of a CARv2', async () => {
    const bytes = Uint8Array.of(...CARV2_PRAGMA, 1, 2, 3)
    const opened = await openCar(inChunks(bytes, 4))
    expect(opened.version).to.equal(2)
    expect(await collect(opened.bytes)).to.deep.equal(bytes)
  })

  for (const [what, bytes] of [
    ['no bytes', new Uint8Array(0)],
    ['text', new TextEncoder().encode('a file of the usual kind, without any header')],
    ['zeros', new Uint8Array(100)],
    ['a header that ends early', car.slice(0, 20)],
    ['a version 3', Uint8Array.of(...CARV2_PRAGMA.slice(0, -1), 3)],
    ['a header of an immense length', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)],
  ] as const)
    it(`refuses ${what}`, () => refused('CAR_INVALID', () => openCar(inChunks(bytes, 16))))

  it('closes the source when it refuses', async () => {
    let closed = false
    const source = (async function* () {
      try {
        yield new Uint8Array(100)
        yield new Uint8Array(100)
      } finally {
        closed = true
      }
    })()
    await refused('CAR_INVALID', () => openCar(source))
    expect(closed).to.equal(true)
  })
})
